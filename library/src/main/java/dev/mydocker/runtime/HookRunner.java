package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Tried;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.ContainerState;
import dev.mydocker.oci.spec.Hook;
import dev.mydocker.oci.spec.ProcessSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs hooks (config.md, "POSIX-platform Hooks"): programs that read the container's state on
 * standard input. A helper starts each as its child, waits for it and ends it when its time is
 * over.
 *
 * <p>In the runtime's namespaces that is a helper made for it. In the container's it is init
 * itself, before it has moved into its root: there the program's path is still the host's.
 */
public final class HookRunner {
  /** So much of what a hook wrote is told when it fails. */
  private static final int TOLD = 512;

  private final Performer performer;
  private final ContainerState state;

  /**
   * @param state what the hooks are told
   */
  public HookRunner(Performer performer, ContainerState state) {
    this.performer = performer;
    this.state = state;
  }

  /**
   * Runs hooks in the runtime's namespaces, one after the other.
   *
   * @param list the member of {@code hooks} that they are of, for messages
   * @throws MydockerException why one failed; those behind it are not run
   */
  public void run(String list, List<Hook> hooks) {
    if (hooks.isEmpty()) {
      return;
    }
    Helper.Started helper = Helper.monitor(performer);
    try (Session session = helper.session()) {
      runBelow(session, list, hooks);
      session.endAndAwait();
    }
  }

  /**
   * Runs hooks that may fail: poststop.
   *
   * @return why which of them failed
   */
  public List<String> runAll(String list, List<Hook> hooks) {
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < hooks.size(); i++) {
      Helper.Started helper = Helper.monitor(performer);
      try (Session session = helper.session()) {
        run(session, list + " hook #" + i, hooks.get(i));
        session.endAndAwait();
      } catch (MydockerException e) {
        failures.add(e.getMessage());
      }
    }
    return failures;
  }

  /**
   * Runs hooks as children of a helper, in its namespaces.
   *
   * @throws MydockerException why one failed
   */
  void runBelow(Session parent, String list, List<Hook> hooks) {
    for (int i = 0; i < hooks.size(); i++) {
      run(parent, list + " hook #" + i, hooks.get(i));
    }
  }

  /**
   * Runs hooks as processes of a container that waits for its start, with its user, capabilities
   * and filter: their programs come from the container, which is not to be trusted with more. One
   * without an environment has that of the container's command, as with runc.
   *
   * @param init a descriptor of the container's first process
   * @throws MydockerException why one failed
   */
  public void runInside(String list, List<Hook> hooks, ExecRequest container, int init) {
    for (int i = 0; i < hooks.size(); i++) {
      Hook hook = hooks.get(i);
      ProcessSpec process =
          container.process().toBuilder()
              .terminal(false)
              .args(arguments(hook))
              .env(hook.env().isEmpty() ? container.process().env() : hook.env())
              .cwd("/")
              .build();
      String what = "run " + list + " hook #" + i + " " + hook.path();
      perform(
          what,
          (input, output) -> {
            CallerStreams streams = new CallerStreams(input, output, output, List.of());
            try (JoinedProcess joined =
                new JoinedProcess(performer, container.withProcess(process))) {
              return joined.runToEnd(init, streams, hook.path(), hook.timeout(), what);
            }
          });
    }
  }

  private static List<String> arguments(Hook hook) {
    return hook.args().isEmpty() ? List.of(hook.path()) : hook.args();
  }

  /** A program with what it reads and writes; its exit code. */
  private interface Program {
    int run(int input, int output);
  }

  private void run(Session parent, String which, Hook hook) {
    String what = "run " + which + " " + hook.path();
    perform(
        what,
        (input, output) -> {
          Monitors.Child child = Monitors.spawnBelow(parent, what);
          try {
            execute(child, hook, what, input, output);
            return await(parent, child.pidfd(), hook.timeout(), what);
          } finally {
            new FileWorker(performer).close(child.pidfd());
          }
        });
  }

  private void perform(String what, Program program) {
    FileWorker files = new FileWorker(performer);
    int input = memory();
    int output = memory();
    try {
      files.write(input, Json.encode(state.toJson()));
      SegmentBuilder rewind = Segment.builder();
      rewind.syscall(Wire.SYS_LSEEK, Value.of(input), Value.of(0), Value.of(0));
      performer.perform(rewind.build()).orThrow(what);
      int status = program.run(input, output);
      if (status != 0) {
        String how = status > 128 ? "killed by signal " + (status - 128) : "exit status " + status;
        throw Tried.of(what).failed(Category.INTERNAL, how + told(files, output));
      }
    } finally {
      files.close(input);
      files.close(output);
    }
  }

  private int memory() {
    SegmentBuilder b = Segment.builder();
    Value file = b.syscall(Wire.SYS_MEMFD_CREATE, b.text("hook"), Value.of(Linux.MFD_CLOEXEC));
    return (int) performer.perform(b.build()).orThrow("prepare a hook").result(file);
  }

  private void execute(Monitors.Child child, Hook hook, String what, int input, int output) {
    try (Session session = new Session(performer, child.socket(), "hook")) {
      SegmentBuilder b = Segment.builder();
      b.about("start", what, "asked for in the configuration");
      b.syscall(Wire.SYS_SETSID);
      b.tolerating(Errno.EPERM);
      Value written = b.descriptor(output);
      b.syscall(Wire.SYS_DUP3, b.descriptor(input), Value.of(0), Value.of(0));
      b.syscall(Wire.SYS_DUP3, written, Value.of(1), Value.of(0));
      b.syscall(Wire.SYS_DUP3, written, Value.of(2), Value.of(0));
      b.syscall(Wire.SYS_CHDIR, b.text(state.bundle()));
      b.syscall(Wire.SYS_CLOSE_RANGE, Value.of(4), Value.of(0xFFFFFFFFL), Value.of(0));
      b.syscall(
          Wire.SYS_EXECVE,
          b.text(hook.path()),
          b.strings(arguments(hook)),
          b.strings(HookEnvironment.of(new FileWorker(performer), hook)));
      Segment segment = b.build();
      session.send(segment);
      Optional<Reply> reply = session.receive(segment);
      if (reply.isPresent()) {
        reply.get().orThrow(what);
      }
    }
  }

  /** Waits for a hook's end; its exit code, or 128 and the number of the signal that killed it. */
  static int await(Session parent, int pidfd, @Nullable Integer seconds, String what) {
    SegmentBuilder b = Segment.builder();
    Value status = b.returned(8);
    b.operation(
        Wire.OP_WAIT,
        b.descriptor(pidfd),
        Value.of(seconds == null ? -1 : 1000L * seconds),
        status);
    Reply reply = parent.call(b.build());
    if (reply.error() == Errno.ETIMEDOUT) {
      throw Tried.of(what).failed(Category.TIMEOUT, "not done after " + seconds + " s, and killed");
    }
    return (int) reply.orThrow(what).number(status, 4);
  }

  private static String told(FileWorker files, int output) {
    int size = (int) Math.min(TOLD, files.status(output).size());
    String text = Bytes.decode(files.readAt(output, 0, size)).strip().replace('\n', ' ');
    return text.isEmpty() ? "" : ": " + text;
  }
}
