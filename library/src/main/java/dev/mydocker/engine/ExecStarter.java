package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.LinuxCapabilities;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.Exec;
import dev.mydocker.runtime.ExecRequest;
import dev.mydocker.runtime.LaunchRequest.SeccompProgram;
import dev.mydocker.runtime.MonitorSetup;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.security.CapabilitySet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts another process in a running container: the engine's side of {@link Exec}. */
final class ExecStarter {
  /** Between the end of what a container has and that of its first process. */
  private static final Duration ENDING = Duration.ofMillis(100);

  private static final int LIMIT = 1 << 24;
  private static final int CLOEXEC = 02000000;

  private final Workbench bench;
  private final FileWorker files;
  private final String id;

  ExecStarter(Workbench bench, String id) {
    this.bench = bench;
    this.files = bench.files();
    this.id = id;
  }

  /**
   * Starts it; returns once it executes its command.
   *
   * @param attached whether a connection to its streams is wanted
   * @param bound whether it is killed when that connection's performer ends
   */
  Optional<Attachment> start(ExecSpec spec, boolean attached, boolean bound) {
    if (spec.command().isEmpty()) {
      throw MydockerException.of(Category.INVALID, "exec", "", "no command specified");
    }
    ContainerRecord record = bench.read(id);
    Status status = bench.observer().status(record);
    if (status == Status.PAUSED) {
      throw MydockerException.of(
          Category.CONFLICT,
          "exec in container",
          record.name(),
          "it is paused",
          "unpause it: mydocker unpause " + record.name());
    }
    RunRecord run = record.run();
    if (status != Status.RUNNING || run == null) {
      throw LastOutput.in(Engine.notRunning("exec in", record), bench, record);
    }
    String exec = ContainerIds.random(files);
    String directory = bench.runDirectory(id) + "/exec-" + ContainerIds.shortId(exec);
    try (InitProcess init =
        InitProcess.open(bench.performer(), run)
            .orElseThrow(
                () -> LastOutput.in(Engine.notRunning("exec in", record), bench, record))) {
      ExecEvents events =
          EventLog.isHeard(bench) ? ExecEvents.begin(bench, record, exec, spec) : null;
      boolean started = false;
      try {
        files.makeDirectory(FileWorker.HOST, directory, 0700);
        Optional<Attachment> attachment =
            start(spec, record, run, init, directory, events, attached, bound);
        if (events != null) {
          events.started();
        }
        started = true;
        return attachment;
      } catch (MydockerException e) {
        throw why(e, init, run, record);
      } finally {
        if (events != null) {
          close(events, started);
        }
        // Both ends of its streams are open: nobody needs their names.
        files.deleteTree(FileWorker.HOST, directory);
      }
    }
  }

  private static void close(ExecEvents events, boolean started) {
    try (events) {
      if (!started) {
        events.failed();
      }
    }
  }

  /** Whatever goes wrong in a container that ends meanwhile goes wrong because it ends. */
  private MydockerException why(
      MydockerException e, InitProcess init, RunRecord run, ContainerRecord record) {
    if (e.category() == Category.COMMAND_NOT_FOUND
        || !init.await(ENDING) && !bench.observer().probe().isEnding(run.init())) {
      return e;
    }
    MydockerException ended = LastOutput.in(Engine.notRunning("exec in", record), bench, record);
    ended.addSuppressed(e);
    return ended;
  }

  private Optional<Attachment> start(
      ExecSpec spec,
      ContainerRecord record,
      RunRecord run,
      InitProcess init,
      String directory,
      @Nullable ExecEvents events,
      boolean attached,
      boolean bound) {
    String bundle = bench.directory().container(id) + "/bundle/config.json";
    RuntimeSpec container = RuntimeSpec.parse(files.read(FileWorker.HOST, bundle, LIMIT), bundle);
    CgroupPaths paths =
        Json.decode(run.cgroups(), "the cgroups of container " + record.name(), CgroupPaths::read);
    int[] pair = attached ? MonitorConnection.pair(bench.performer()) : new int[] {-1, -1};
    int[] lifeline = bound ? pipe() : new int[] {-1, -1};
    boolean done = false;
    try (CgroupJoin join = CgroupJoin.openBeside(files, paths, (int) run.init().pid());
        CgroupJoin monitors = CgroupJoin.openMonitors(files, bench.monitors(record))) {
      ProcessSpec process = process(spec, record, container);
      SeccompProgram seccomp =
          spec.privileged() ? SeccompProgram.NONE : Starter.seccomp(record.spec(), Host.of(files));
      String user = spec.user() == null ? record.process().user() : spec.user();
      ExecRequest request =
          new ExecRequest(
              record.name(),
              process,
              null,
              user,
              Namespaces.flags(container),
              join,
              monitors,
              directory,
              spec.interactive(),
              seccomp);
      try (Exec exec = new Exec(bench.performer(), request)) {
        int told = events == null ? -1 : events.directory();
        exec.run(
            init.pidfd(), new MonitorSetup(told, false, -1, pair[1], lifeline[0], true, 0, 0, -1));
      } catch (MydockerException e) {
        throw cannotRun(e);
      }
      done = true;
    } finally {
      if (pair[1] >= 0) {
        files.close(pair[1]);
      }
      if (bound) {
        files.close(lifeline[0]);
      }
      if (!done && pair[0] >= 0) {
        files.close(pair[0]);
      }
      if (!done && bound) {
        files.close(lifeline[1]);
      }
    }
    return attached
        ? Optional.of(
            new Attachment(
                bench,
                new MonitorConnection(bench.performer(), pair[0]),
                record.name(),
                spec.terminal(),
                lifeline[1]))
        : Optional.empty();
  }

  /** Nobody gets its write end but us, and so it closes with us: each start has its own. */
  private int[] pipe() {
    SegmentBuilder b = Segment.builder();
    Value ends = b.returned(8);
    b.syscall(Wire.SYS_PIPE2, ends, Value.of(CLOEXEC));
    Reply reply = bench.performer().perform(b.build()).orThrow("make a pipe");
    return new int[] {(int) reply.number(ends, 4), (int) reply.number(ends.plus(4), 4)};
  }

  /** Docker's exit code is 126 also where the user or the working directory is not there. */
  private static MydockerException cannotRun(MydockerException e) {
    boolean asked =
        e.category() == Category.NOT_FOUND
            || e.category() == Category.INVALID
            || e instanceof KernelException kernel
                && (kernel.error() == Errno.ENOTDIR || kernel.error() == Errno.EACCES);
    if (!asked) {
      return e;
    }
    return MydockerException.said(
        Category.NOT_EXECUTABLE,
        String.valueOf(e.getMessage()),
        e.operation().orElse("execute a process"),
        e.object().orElse(""),
        e.reason(),
        e.suggestion().orElse(null),
        e);
  }

  private static ProcessSpec process(ExecSpec spec, ContainerRecord record, RuntimeSpec container) {
    ProcessSpec first = container.process();
    if (first == null) {
      throw MydockerException.of(
          Category.INVALID, "exec in container", record.name(), "its config.json has no process");
    }
    List<String> environment = new ArrayList<>(first.env());
    if (spec.terminal()) {
      Variables.put(environment, "TERM=xterm");
    }
    for (String variable : spec.environment()) {
      Variables.put(environment, variable);
    }
    ProcessSpec.Builder builder =
        first.toBuilder().terminal(spec.terminal()).args(spec.command()).env(environment);
    String directory = spec.workingDirectory();
    if (directory != null) {
      builder.cwd(directory);
    }
    if (spec.privileged()) {
      builder.capabilities(LinuxCapabilities.of(CapabilitySet.ALL.names(), true));
    }
    return builder.build();
  }
}
