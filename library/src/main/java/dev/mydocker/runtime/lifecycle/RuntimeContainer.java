package dev.mydocker.runtime.lifecycle;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.ProcessStat;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.spec.ContainerState;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.StartReport;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import dev.mydocker.runtime.systemd.HeldUnit;
import java.util.Optional;

/** A container that was created, as its directory and the kernel tell. */
public final class RuntimeContainer {
  private static final int LIMIT = 1 << 24;

  /** How /proc/PID/exe names the helper: a process that is it has not been started yet. */
  private static final String HELPER = "/memfd:mydocker-helper";

  private final FileWorker files;
  private final String directory;
  private final SavedContainer saved;

  private RuntimeContainer(FileWorker files, String directory, SavedContainer saved) {
    this.files = files;
    this.directory = directory;
    this.saved = saved;
  }

  /**
   * Finds a container.
   *
   * @throws MydockerException NOT_FOUND
   */
  public static RuntimeContainer load(StateRoot root, String id) {
    return find(root, id)
        .orElseThrow(
            () ->
                MydockerException.of(
                    Category.NOT_FOUND, "load container", id, "container does not exist"));
  }

  /** Finds a container, if there is one of this id that was made to its end. */
  public static Optional<RuntimeContainer> find(StateRoot root, String id) {
    String directory = root.directory(id);
    String path = directory + "/" + SavedContainer.FILE;
    return root.files()
        .readIfThere(FileWorker.HOST, path)
        .map(
            bytes ->
                new RuntimeContainer(
                    root.files(), directory, Json.decode(bytes, path, SavedContainer::read)));
  }

  /** What is kept of it. */
  public SavedContainer saved() {
    return saved;
  }

  /** Its directory below {@code --root}. */
  public String directory() {
    return directory;
  }

  /** Its configuration, as it was created. */
  public RuntimeSpec spec() {
    String path = directory + "/config.json";
    return RuntimeSpec.parse(files.read(FileWorker.HOST, path, LIMIT), path);
  }

  /** Its cgroup. */
  public ContainerCgroup cgroup() {
    return new ContainerCgroup(files, saved.cgroup());
  }

  /** Changes the limits that are given. */
  public void update(LinuxResources resources) {
    String unit = saved.systemdUnit();
    if (unit == null) {
      cgroup().update(resources);
    } else {
      HeldUnit.update(files, unit, cgroup(), resources);
    }
  }

  /**
   * Whether its cgroup is its own still. Of a container that has ended it may have been removed, by
   * systemd or by hand, and its name be another container's by now.
   */
  private boolean ownsCgroup() {
    long now = saved.cgroupIdentity() == 0 ? 0 : cgroup().identity();
    return now == 0 || now == saved.cgroupIdentity();
  }

  /** Ends all that is in its cgroup. */
  void killCgroup() {
    if (ownsCgroup()) {
      cgroup().kill();
    }
  }

  /** Removes its cgroup, of which all processes have ended or are about to. */
  void removeCgroup() {
    if (!ownsCgroup()) {
      return;
    }
    String unit = saved.systemdUnit();
    if (unit != null) {
      HeldUnit.stop(files, unit);
    }
    cgroup().remove();
  }

  /** Where it is in its life: what the kernel says, not what is written somewhere. */
  public Status status() {
    Optional<ProcessStat> stat = ProcessStat.of(files, saved.pid());
    if (stat.isEmpty() || stat.get().hasEnded() || stat.get().startTime() != saved.startTime()) {
      return Status.STOPPED;
    }
    if (isPaused()) {
      return Status.PAUSED;
    }
    return isWaiting() ? Status.CREATED : Status.RUNNING;
  }

  private boolean isPaused() {
    String file = ContainerCgroup.freezerFile(saved.cgroup());
    return !file.isEmpty() && ContainerCgroup.frozen(files, file);
  }

  /** Whether it waits for its start still: its socket is there, and it is no other program yet. */
  private boolean isWaiting() {
    if (files.status(FileWorker.HOST, directory + "/" + StartReport.SOCKET).isEmpty()) {
      return false;
    }
    try {
      return files
          .readLink(FileWorker.HOST, "/proc/" + saved.pid() + "/exe")
          .map(link -> link.startsWith(HELPER))
          .orElse(true);
    } catch (KernelException e) {
      // Without CAP_SYS_PTRACE the link is not shown.
      return true;
    }
  }

  /** Its state, in the specification's words. */
  public ContainerState state() {
    return state(status());
  }

  ContainerState state(Status status) {
    return new ContainerState(
        RuntimeSpec.VERSION,
        saved.id(),
        status,
        status == Status.STOPPED ? 0 : (int) saved.pid(),
        saved.bundle(),
        saved.annotations(),
        JsonObject.empty());
  }

  /**
   * Sends a signal to its first process.
   *
   * @return false if it has ended
   */
  public boolean signal(int signal) {
    SegmentBuilder b = Segment.builder();
    Value pidfd = b.syscall(Wire.SYS_PIDFD_OPEN, Value.of(saved.pid()), Value.of(0));
    Reply opened = files.performer().perform(b.build());
    if (opened.error() == Errno.ESRCH || opened.error() == Errno.EINVAL) {
      return false;
    }
    int descriptor = (int) opened.orThrow("open process " + saved.pid()).result(pidfd);
    try {
      // From here on the number cannot become another process's without the descriptor telling.
      if (status() == Status.STOPPED) {
        return false;
      }
      SegmentBuilder send = Segment.builder();
      send.syscall(
          Wire.SYS_PIDFD_SEND_SIGNAL,
          Value.of(descriptor),
          Value.of(signal),
          Value.of(0),
          Value.of(0));
      Reply reply = files.performer().perform(send.build());
      if (reply.error() == Errno.ESRCH) {
        return false;
      }
      reply.orThrow("send signal " + signal + " to container " + saved.id());
      return true;
    } finally {
      files.close(descriptor);
    }
  }

  /**
   * Sends a signal to every process in its cgroup; those that have ended meanwhile are left out.
   */
  public void signalAll(int signal) {
    if (signal == Linux.SIGKILL) {
      killCgroup();
      return;
    }
    if (!ownsCgroup()) {
      return;
    }
    SegmentBuilder b = Segment.builder();
    for (int pid : cgroup().pids()) {
      b.syscall(Wire.SYS_KILL, Value.of(pid), Value.of(signal));
      b.tolerating(Errno.ESRCH);
    }
    files.performer().perform(b.build()).orThrow("send signal " + signal + " to " + saved.id());
  }

  /** Without a PID namespace of its own, the end of its first process ends nobody else: we do. */
  public void killRest() {
    if ((saved.namespaces() & Linux.CLONE_NEWPID) == 0) {
      killCgroup();
    }
  }

  /**
   * Waits until its first process has ended.
   *
   * @return false if it has not within the time
   */
  boolean awaitEnd(long milliseconds) {
    SegmentBuilder b = Segment.builder();
    Value pidfd = b.syscall(Wire.SYS_PIDFD_OPEN, Value.of(saved.pid()), Value.of(0));
    Value poll = b.longs(1L << 32);
    b.store(poll, pidfd, 4);
    Value ended =
        b.syscall(
            Wire.SYS_PPOLL,
            poll,
            Value.of(1),
            b.longs(milliseconds / 1000, milliseconds % 1000 * 1_000_000),
            Value.of(0),
            Value.of(0));
    b.syscall(Wire.SYS_CLOSE, pidfd);
    Reply reply = files.performer().perform(b.build());
    return reply.error() == Errno.ESRCH
        || reply.error() == Errno.EINVAL
        || reply.orThrow("wait for container " + saved.id()).result(ended) > 0;
  }

  /**
   * Opens its first process, which runs (pidfd_open(2)).
   *
   * @throws MydockerException CONFLICT if it has ended
   */
  public int openProcess() {
    SegmentBuilder b = Segment.builder();
    Value opened = b.syscall(Wire.SYS_PIDFD_OPEN, Value.of(saved.pid()), Value.of(0));
    Reply reply = files.performer().perform(b.build());
    int descriptor = reply.succeeded() ? (int) reply.result(opened) : -1;
    // From here on its number cannot become another's unnoticed.
    if (descriptor < 0 || status() == Status.STOPPED) {
      if (descriptor >= 0) {
        files.close(descriptor);
      }
      throw MydockerException.of(
          Category.CONFLICT, "open container", saved.id(), "container not running");
    }
    return descriptor;
  }

  /** What its files are read with. */
  public FileWorker files() {
    return files;
  }
}
