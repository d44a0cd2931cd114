package dev.mydocker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.CoProcess;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * SIGKILL for each process that takes part in an operation, between any two of its steps: every
 * instruction of every plan, the engine's own file operations among them, and the monitor's steps
 * at the end. It is for a build of the helper that can be held at a step (native/fault.h).
 *
 * <p>The engine is the process that performs for one operation of the library, or the command line
 * itself: with it all its descriptors, sessions and locks go at once, and nothing that the
 * library's JVM does afterwards reaches the kernel.
 *
 * <p>After each: whoever looks next sees the truth, nothing is locked, what runs goes on running,
 * and when it is removed and repaired nothing is left. A few of the steps are chosen by a fixed
 * seed; {@code -Dfaults.stride=1} takes all.
 */
@ExtendWith(SandboxExtension.class)
@Requires(
    value = {Need.ROOT, Need.OVERLAY, Need.BUSYBOX},
    tools = {"gcc", "make"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultInjectionIT {
  private static final int STRIDE = Integer.getInteger("faults.stride", 101);
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final Sandbox sandbox;
  private final Random random = new Random(4);
  private Path home;
  private FaultPage page;
  private Engine faulty;
  private Engine healthy;
  private Aftermath after;

  FaultInjectionIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  enum Victim {
    ENGINE,
    MONITOR,
    CHILD,
    ENGINE_AND_MONITOR;

    int[] roles() {
      return switch (this) {
        case ENGINE -> new int[] {FaultPage.ENGINE};
        case MONITOR -> new int[] {FaultPage.MONITOR};
        case CHILD -> new int[] {FaultPage.CHILD};
        case ENGINE_AND_MONITOR -> new int[] {FaultPage.ENGINE, FaultPage.MONITOR};
      };
    }
  }

  enum Operation {
    CREATE("create --name victim busybox sleep 600"),
    RUN("run -d --name victim busybox sleep 600"),
    START("start victim"),
    EXEC("exec victim true"),
    STOP("stop -t 0 victim"),
    REMOVE("rm -f victim"),
    ADOPT("ps -a");

    private final String command;

    Operation(String command) {
      this.command = command;
    }
  }

  /** Who performs an operation. */
  private enum Actor {
    LIBRARY,
    COMMAND
  }

  @BeforeAll
  void build() throws IOException {
    home = Files.createDirectories(sandbox.directory().resolve("faults"));
    Command.of(
            "make",
            "-C",
            Checkout.directory() + "/native",
            "faults",
            "OUT=" + home,
            "PAGE=" + home + "/page",
            "JAVA_HOME=" + System.getProperty("java.home"))
        .run()
        .orThrow();
    page = new FaultPage(home.resolve("page"));
    StateDirectory state = new StateDirectory(sandbox.root().toString(), sandbox.run().toString());
    faulty = engine(state, CoProcess.start(home.toString()));
    healthy = engine(state, CoProcess.start());
    after = new Aftermath(sandbox, healthy);
    assertThat(healthy.run(ContainerSpec.of("busybox").command("true")).exit().succeeded())
        .isTrue();
  }

  private Engine engine(StateDirectory state, CoProcess process) {
    return new Engine(state, sandbox.environment(), new CoProcesses(process), _ -> {});
  }

  @AfterAll
  void close() {
    faulty.close();
    healthy.close();
  }

  @ParameterizedTest
  @EnumSource
  void whoeverIsKilledAtAnyStep(Operation operation) {
    kill(Actor.LIBRARY, operation, List.of(Victim.values()));
  }

  @ParameterizedTest
  @EnumSource
  void aCommandThatIsKilledAtAnyStep(Operation operation) {
    kill(Actor.COMMAND, operation, List.of(Victim.ENGINE, Victim.ENGINE_AND_MONITOR));
  }

  private void kill(Actor actor, Operation operation, List<Victim> victims) {
    long steps = steps(actor, operation);
    int injected = 0;
    List<String> failures = new ArrayList<>();
    for (long step = random.nextInt((int) Math.min(STRIDE, steps)); step < steps; step += STRIDE) {
      for (Victim victim : victims) {
        String what =
            actor + " " + operation + ", " + victim + " killed at step " + step + " of " + steps;
        try {
          injected += inject(actor, operation, victim, step);
        } catch (AssertionError | RuntimeException e) {
          failures.add(what + ": " + e);
          after.sweep();
        }
      }
    }
    assertThat(failures).as(operation + ": " + steps + " steps").isEmpty();
    System.out.println(
        actor + " " + operation + ": " + injected + " kills over " + steps + " steps");
  }

  /**
   * Who is stopped (SIGSTOP) keeps nobody from removing the container by force: helpers of ours and
   * the command that holds its lock are made to go on, or are killed.
   */
  @ParameterizedTest
  @EnumSource(names = {"START", "EXEC", "STOP"})
  void whoeverIsStoppedAtAnyStep(Operation operation) {
    long steps = steps(Actor.LIBRARY, operation);
    List<String> failures = new ArrayList<>();
    int stopped = 0;
    for (long step = random.nextInt((int) Math.min(2L * STRIDE, steps));
        step < steps;
        step += 2L * STRIDE) {
      for (Victim victim : List.of(Victim.ENGINE, Victim.MONITOR, Victim.CHILD)) {
        try {
          stopAndRemove(operation, victim, step);
          stopped++;
        } catch (AssertionError | RuntimeException e) {
          failures.add(operation + ", " + victim + " stopped at step " + step + ": " + e);
          after.sweep();
        }
      }
    }
    assertThat(failures).as(operation + ": " + steps + " steps").isEmpty();
    System.out.println(operation + ": " + stopped + " stops over " + steps + " steps");
  }

  private void stopAndRemove(Operation operation, Victim victim, long step) {
    Scene scene = prepare(operation);
    arm(operation, scene, step);
    Thread thread = Thread.ofPlatform().start(() -> attempt(Actor.LIBRARY, operation, scene));
    List<Long> stopped = new ArrayList<>();
    if (page.isReached(thread)) {
      for (int role : victim.roles()) {
        long pid = page.pid(role);
        if (pid > 0 && FaultPage.isAlive(pid)) {
          signal(pid, 19);
          stopped.add(pid);
        }
      }
    }
    page.release();
    List<Throwable> problems = new ArrayList<>();
    Thread removal =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((_, e) -> problems.add(e))
            .start(after::removeAll);
    try {
      join(removal);
      assertThat(problems).isEmpty();
    } finally {
      stopped.stream().filter(FaultPage::isAlive).forEach(pid -> signal(pid, 18));
      join(thread);
    }
    after.sweep();
    after.verifyNothingIsLeft();
  }

  private void signal(long pid, int number) {
    try (Workbench bench = healthy.bench()) {
      SegmentBuilder b = Segment.builder();
      b.syscall(Wire.SYS_KILL, Value.of(pid), Value.of(number));
      b.ignoringErrors();
      bench.performer().perform(b.build());
    }
  }

  private void arm(Operation operation, Scene scene, long step) {
    page.arm(step);
    if (operation == Operation.STOP || operation == Operation.REMOVE) {
      page.setPid(FaultPage.MONITOR, scene.monitor());
    }
    if (operation != Operation.EXEC) {
      page.setPid(FaultPage.CHILD, scene.init());
    }
  }

  /** How many steps it has when nobody is killed. */
  private long steps(Actor actor, Operation operation) {
    Scene scene = prepare(operation);
    page.arm(-1);
    perform(actor, operation, scene);
    Aftermath.settle("the monitor", () -> page.count() > 0 && isQuiet());
    long steps = page.count();
    page.release();
    after.sweep();
    assertThat(steps).isPositive();
    return steps;
  }

  private boolean isQuiet() {
    long before = page.count();
    LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    return page.count() == before;
  }

  /** What there is when an operation begins. */
  private record Scene(@Nullable Container container, long init, long monitor) {
    Container there() {
      if (container == null) {
        throw new IllegalStateException("no container");
      }
      return container;
    }
  }

  private static ContainerSpec spec() {
    return ContainerSpec.of("busybox").name("victim").command("sleep", "600");
  }

  private Scene prepare(Operation operation) {
    return switch (operation) {
      case CREATE, RUN -> new Scene(null, 0, 0);
      case START -> new Scene(faulty.create(spec()), 0, 0);
      case EXEC, STOP, REMOVE, ADOPT -> {
        Container container = faulty.start(spec());
        long init = container.info().pid();
        long monitor = parent(init);
        if (operation == Operation.ADOPT) {
          page.setPid(FaultPage.MONITOR, monitor);
          page.kill(FaultPage.MONITOR);
        }
        yield new Scene(container, init, monitor);
      }
    };
  }

  private static long parent(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1]);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void perform(Actor actor, Operation operation, Scene scene) {
    if (actor == Actor.COMMAND) {
      // Whatever it says: what matters is what the next command finds.
      command(operation.command.split(" ")).limit(LIMIT).run();
      return;
    }
    switch (operation) {
      case CREATE -> faulty.create(spec());
      case RUN -> faulty.start(spec());
      case START -> scene.there().start();
      case EXEC -> scene.there().exec("true");
      case STOP -> scene.there().stop(Duration.ZERO);
      case REMOVE -> scene.there().remove(true);
      case ADOPT -> faulty.list();
    }
  }

  /** The command line with the helper and the bridge that can be held. */
  private Command command(String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dmydocker.home=" + home,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.mydocker.cli.Main"));
    line.addAll(List.of(arguments));
    return new Command(line).environment(sandbox.environment());
  }

  /** Returns how many processes it killed. */
  private int inject(Actor actor, Operation operation, Victim victim, long step) {
    Scene scene = prepare(operation);
    arm(operation, scene, step);
    Thread thread = Thread.ofPlatform().start(() -> attempt(actor, operation, scene));
    List<Long> killed = List.of();
    try {
      if (page.isReached(thread)) {
        killed = page.kill(victim.roles());
      }
    } finally {
      page.release();
    }
    join(thread);
    verify(operation, scene, killed);
    after.sweep();
    after.verifyNothingIsLeft();
    return killed.size();
  }

  private void attempt(Actor actor, Operation operation, Scene scene) {
    try {
      perform(actor, operation, scene);
    } catch (MydockerException expected) {
      // Somebody was killed: what matters is what the next command finds.
      return;
    }
  }

  private static void join(Thread thread) {
    try {
      if (!thread.join(LIMIT)) {
        StringBuilder where = new StringBuilder();
        for (StackTraceElement frame : thread.getStackTrace()) {
          where.append("\n    ").append(frame);
        }
        thread.interrupt();
        fail("it does not come back" + where);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void verify(Operation operation, Scene scene, List<Long> killed) {
    List<MydockerException> problems = new ArrayList<>();
    List<ContainerInfo> infos = healthy.list(problems::add);
    assertThat(problems).isEmpty();
    boolean untouched = operation == Operation.EXEC || operation == Operation.ADOPT;
    if (untouched && !killed.contains(scene.init())) {
      assertThat(infos).hasSize(1);
      assertThat(infos.get(0).status()).isEqualTo(Status.RUNNING);
      assertThat(infos.get(0).pid()).isEqualTo(scene.init());
    }
    for (ContainerInfo info : infos) {
      Container container = healthy.container(info.id());
      if (info.status() == Status.RUNNING) {
        runsOn(container, info.pid());
      } else {
        Aftermath.settle("the end of its processes", () -> after.processes(info.id()).isEmpty());
      }
    }
  }

  /** What is said to run does, as long as nobody who is asked to end it does so. */
  private void runsOn(Container container, long pid) {
    if (!FaultPage.isAlive(pid)) {
      // Its monitor is about to record the end.
      Aftermath.settle("the end", () -> container.info().status() != Status.RUNNING);
      return;
    }
    try {
      assertThat(container.exec("echo", "here").stdout()).isEqualTo("here\n");
      container.stop(Duration.ZERO);
    } catch (MydockerException e) {
      // Killed while it was started or stopped, its end was not recorded yet when it was listed.
      Aftermath.settle("the end after " + e, () -> container.info().status() != Status.RUNNING);
      return;
    }
    assertThat(container.info().status()).isEqualTo(Status.EXITED);
  }
}
