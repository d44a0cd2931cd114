package dev.mydocker.runtime.lifecycle;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.Rlimit;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.CallerStreams;
import dev.mydocker.runtime.ExecRequest;
import dev.mydocker.runtime.JoinedProcess;
import dev.mydocker.runtime.PreparedSpec;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.SubCgroups;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Runs another process in a running container. */
public final class Exec {
  private final RuntimeContainer container;
  private final FileWorker files;
  private final Wishes wishes;
  private final List<String> warnings = new ArrayList<>();

  /**
   * What the caller asks for.
   *
   * @param process what to run
   * @param consoleSocket where a terminal's master is sent, or null
   * @param pidFile where the process's number is written, or null
   * @param streams what the process gets
   * @param keyring whether it gets a session keyring of its own
   * @param cgroups where in the container's cgroup it is to be, as {@link SubCgroups} has it; empty
   *     for where its first process is
   * @param ignorePaused whether a container that is held still will do, in which the process will
   *     be held still too
   */
  public record Wishes(
      ProcessSpec process,
      @Nullable String consoleSocket,
      @Nullable String pidFile,
      CallerStreams streams,
      boolean keyring,
      List<String> cgroups,
      boolean ignorePaused) {
    /** Copies the list. */
    public Wishes {
      cgroups = List.copyOf(cgroups);
    }
  }

  public Exec(RuntimeContainer container, Wishes wishes) {
    this.container = container;
    this.files = container.files();
    this.wishes = wishes;
  }

  /**
   * Runs it, and returns once it executes its command.
   *
   * @param foreground takes over the master of a terminal that goes to no socket; null where there
   *     must be one
   * @return its process id, as we see it
   * @throws MydockerException why it does not run
   */
  public long run(@Nullable Foreground foreground) {
    String id = container.saved().id();
    checkStatus(id);
    Create.checkTerminal(
        wishes.process().terminal(), wishes.consoleSocket() != null, foreground != null);
    RuntimeSpec spec = container.spec();
    ProcessSpec process = PreparedSpec.process(completed(spec.process()), warnings);
    int pidfd = open(container.saved().pid());
    try (CgroupJoin join = join()) {
      ExecRequest request =
          new ExecRequest(
              id,
              process,
              spec.linux(),
              null,
              container.saved().namespaces(),
              join,
              null,
              container.directory(),
              false,
              SpecSeccomp.program(Create.linux(spec), container.state()));
      try (JoinedProcess joined = new JoinedProcess(files.performer(), request)) {
        if (!wishes.process().terminal()) {
          Create.ownStreams(files, wishes.streams(), wishes.process().user().uid());
        }
        long pid = joined.run(pidfd, wishes.streams(), wishes.keyring(), terminal(foreground));
        Create.writePid(files, wishes.pidFile(), pid);
        joined.release();
        return pid;
      }
    } finally {
      files.close(pidfd);
    }
  }

  /** What of the process could not be, and need not be, performed. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  private CgroupJoin join() {
    CgroupPaths paths = container.saved().cgroup();
    return wishes.cgroups().isEmpty()
        ? CgroupJoin.openBeside(files, paths, (int) container.saved().pid())
        : CgroupJoin.open(files, SubCgroups.below(paths, wishes.cgroups()));
  }

  /** As runc: what the process does not say, the container's own process says for it. */
  private ProcessSpec completed(@Nullable ProcessSpec own) {
    ProcessSpec asked = wishes.process();
    if (own == null) {
      return asked;
    }
    ProcessSpec.Builder builder = asked.toBuilder();
    if (asked.capabilities() == null) {
      builder.capabilities(own.capabilities());
    }
    if (asked.apparmorProfile() == null) {
      builder.apparmorProfile(own.apparmorProfile());
    }
    if (asked.selinuxLabel() == null) {
      builder.selinuxLabel(own.selinuxLabel());
    }
    if (asked.rlimits().isEmpty()) {
      for (Rlimit limit : own.rlimits()) {
        builder.rlimit(limit);
      }
    }
    return builder.build();
  }

  private IntConsumer terminal(@Nullable Foreground foreground) {
    String console = wishes.consoleSocket();
    return master -> {
      if (console != null) {
        ConsoleSocket.send(files, console, master);
      } else if (foreground != null) {
        foreground.takeTerminal(master);
      }
    };
  }

  private void checkStatus(String id) {
    Status status = container.status();
    if (status == Status.STOPPED) {
      throw MydockerException.of(
          Category.CONFLICT,
          "exec in container",
          id,
          "cannot exec in a stopped container: container not running");
    }
    if (status == Status.PAUSED && !wishes.ignorePaused()) {
      throw MydockerException.of(
          Category.CONFLICT,
          "exec in container",
          id,
          "cannot exec in a paused container",
          "resume it, or give --ignore-paused");
    }
  }

  private int open(long pid) {
    SegmentBuilder b = Segment.builder();
    Value opened = b.syscall(Wire.SYS_PIDFD_OPEN, Value.of(pid), Value.of(0));
    int descriptor =
        (int) files.performer().perform(b.build()).orThrow("open process " + pid).result(opened);
    // From here on its number cannot become another's unnoticed.
    if (container.status() == Status.STOPPED) {
      files.close(descriptor);
      checkStatus(container.saved().id());
    }
    return descriptor;
  }
}
