package dev.mydocker.engine;

import org.jspecify.annotations.Nullable;

/**
 * The processes of a container held still while its files are read; closing it lets them go on, as
 * does the end of this JVM, unless by SIGKILL. A container that was paused before stays so.
 */
final class Stillness implements AutoCloseable {
  private final Engine engine;
  private final @Nullable RunRecord run;
  private final @Nullable Thread hook;

  private Stillness(Engine engine, @Nullable RunRecord run) {
    this.engine = engine;
    this.run = run;
    this.hook = run == null ? null : new Thread(this::thaw, "thaw");
  }

  /**
   * Holds a container still if it runs.
   *
   * @param wanted if not, this does nothing
   */
  static Stillness of(Workbench bench, ContainerRecord record, boolean wanted) {
    RunRecord run = record.run();
    boolean runs = wanted && run != null && bench.observer().status(record) == Status.RUNNING;
    Stillness stillness = new Stillness(bench.engine(), runs ? run : null);
    stillness.begin(bench);
    return stillness;
  }

  private void begin(Workbench bench) {
    if (run == null || hook == null) {
      return;
    }
    Runtime.getRuntime().addShutdownHook(hook);
    boolean still = false;
    try {
      bench.cgroup(run).freeze();
      still = true;
    } finally {
      if (!still) {
        close();
      }
    }
  }

  private void thaw() {
    if (run == null) {
      return;
    }
    // An interrupted thread could talk to no co-process, and the one in use may be what failed.
    boolean interrupted = Thread.interrupted();
    try (Workbench bench = engine.bench()) {
      bench.cgroup(run).thaw();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void forgetHook() {
    if (hook != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // It runs right now.
      }
    }
  }

  @Override
  public void close() {
    try {
      thaw();
    } finally {
      forgetHook();
    }
  }
}
