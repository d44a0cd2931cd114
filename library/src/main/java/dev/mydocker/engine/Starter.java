package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.LinuxDevice;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.LaunchRequest;
import dev.mydocker.runtime.Launcher;
import dev.mydocker.runtime.MonitorSetup;
import dev.mydocker.runtime.cgroup.CgroupDirectory;
import dev.mydocker.runtime.cgroup.CgroupLayout;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import dev.mydocker.runtime.cgroup.NewCgroup;
import dev.mydocker.runtime.security.SeccompProgram;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a created or stopped container: the engine's side of {@link Launcher}.
 *
 * <p>The order is what crash safety asks for. The cleanup plan is written before anything exists
 * that it removes; the pid is written before the command can do anything; and from the moment the
 * monitor watches, every end is recorded and cleaned up by it.
 */
final class Starter {
  /** As long as what a monitor writes of an end can be. */
  private static final int EXIT_ROOM = 256;

  private final Workbench bench;
  private final FileWorker files;
  private final ContainerRecord record;
  private final String directory;
  private final String runDirectory;

  Starter(Workbench bench, ContainerRecord record) {
    this.bench = bench;
    this.files = bench.files();
    this.record = record;
    this.directory = bench.directory().container(record.id());
    this.runDirectory = bench.runDirectory(record.id());
  }

  /**
   * Starts it; returns once its command executes.
   *
   * @param lock the container's, held; closed early enough for the monitor to take it
   * @param client a connected attach client for the monitor, or -1
   * @throws MydockerException why it could not be started; nothing of this start is left then
   */
  void start(ContainerLock lock, int client) {
    String owner = record.owner();
    int lifeline = owner == null ? -1 : new Owners(bench).lifeline(owner, record.name());
    try {
      start(lock, client, lifeline);
    } finally {
      if (lifeline >= 0) {
        files.close(lifeline);
      }
    }
  }

  private void start(ContainerLock lock, int client, int lifeline) {
    Host host = Host.of(files);
    RuntimeSpec spec = specification(host);
    ProcessSpec process = spec.process();
    new AppArmor(files).ensure(process == null ? null : process.apparmorProfile(), directory);
    CgroupLayout layout = CgroupLayout.discover(files);
    String parent = parent();
    CgroupPaths paths = layout.place(parent + "/" + record.id());
    CgroupPaths monitors = layout.placeMonitors(parent + "/monitors");
    ContainerCgroup made = new ContainerCgroup(files, paths);
    write("cleanup.plan", CleanupPlan.of(bench, record, made, monitors));
    if (record.owner() != null) {
      write(Owners.PLAN, CleanupPlan.ofOrphan(bench.directory(), record, made, monitors));
    }
    files.makeDirectories(FileWorker.HOST, runDirectory, 0700);
    boolean placed = false;
    try (NewCgroup cgroup = NewCgroup.create(files, paths, monitors, resources(spec))) {
      placed = true;
      launch(lock, spec, host, cgroup, client, lifeline);
    } catch (RuntimeException | Error e) {
      // Here its descriptors are closed: for want of them this start may have failed.
      if (placed) {
        undo(e, made, monitors);
      }
      attempt(e, () -> files.deleteTree(FileWorker.HOST, runDirectory));
      if (e instanceof KernelException refused) {
        throw Confinement.named(files, refused);
      }
      throw e;
    }
  }

  /** Whatever the monitor did or did not do already: all of this may be done twice. */
  private void undo(Throwable cause, ContainerCgroup made, CgroupPaths monitors) {
    attempt(cause, made::kill);
    attempt(cause, made::remove);
    attempt(cause, () -> ContainerCgroup.removeMonitors(files, monitors));
  }

  /** What goes wrong here goes along with the cause, and hides neither it nor what comes next. */
  private static void attempt(Throwable cause, Runnable step) {
    try {
      step.run();
    } catch (MydockerException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * Makes room for the next end's record. Until the next run is recorded readers still see how the
   * last one ended.
   */
  private void forgetExit() {
    if (record.spec().removeOnExit()) {
      return;
    }
    if (record.run() != null && record.exit() != null) {
      write("config.json", record.encode());
      files.unlink(FileWorker.HOST, directory + "/" + ContainerStore.EXIT);
    }
    // Its room is taken now: on a disk that is full then, the end can still be recorded.
    SegmentBuilder b = Segment.builder();
    Value room =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text(directory + "/exit.new"),
            Value.of(
                Linux.O_WRONLY
                    | Linux.O_CREAT
                    | Linux.O_TRUNC
                    | Linux.O_NOFOLLOW
                    | Linux.O_CLOEXEC),
            Value.of(0600));
    b.syscall(Wire.SYS_WRITE, room, b.room(EXIT_ROOM), Value.of(EXIT_ROOM));
    b.syscall(Wire.SYS_CLOSE, room);
    files.performer().perform(b.build()).orThrow("write " + directory + "/exit.new");
  }

  private RuntimeSpec specification(Host host) {
    HostDevices found = new HostDevices(files);
    List<HostDevices.Given> devices = new ArrayList<>();
    SecurityOptions security = record.spec().security();
    if (security.privileged()) {
      for (LinuxDevice device : found.all()) {
        devices.add(new HostDevices.Given(device, "rwm"));
      }
    }
    for (DeviceMapping mapping : record.spec().files().devices()) {
      devices.addAll(found.resolve(mapping));
    }
    return SpecMaker.make(
        new SpecMaker.Input(
            record,
            directory,
            directory + "/rootfs",
            parent() + "/" + record.id(),
            host,
            devices,
            new PeerFinder(bench).find(record.spec().namespaces()),
            AnonymousVolumes.areWanted(record)
                ? AnonymousVolumes.made(files, record, directory)
                : List.of()));
  }

  /** The system call filter in the runtime's form. */
  static LaunchRequest.SeccompProgram seccomp(ContainerSpec spec, Host host) {
    SeccompProgram program = SpecMaker.seccomp(spec, host);
    return program == null
        ? LaunchRequest.SeccompProgram.NONE
        : new LaunchRequest.SeccompProgram(program.instructions(), program.flags());
  }

  private String parent() {
    return bench.cgroupParent(record.spec());
  }

  private void launch(
      ContainerLock lock, RuntimeSpec spec, Host host, NewCgroup cgroup, int client, int lifeline) {
    LaunchRequest request =
        new LaunchRequest(
            record.id(),
            spec,
            record.process().user(),
            ContainerTree.overlay(bench, record),
            runDirectory,
            cgroup.join(),
            cgroupMounts(cgroup.paths()),
            cgroup.monitorJoin().orElse(null),
            record.spec().process().interactive(),
            seccomp(record.spec(), host),
            record.spec().process().init(),
            record.owner() != null);
    int container = files.open(FileWorker.HOST, directory, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    int listener = MonitorConnection.listen(bench.performer(), runDirectory);
    try (Launcher launcher = new Launcher(bench.performer(), request)) {
      boolean watched = false;
      try {
        Records records =
            launcher.create(
                container,
                init -> {
                  write("bundle/config.json", Json.encodePretty(spec.toJson()));
                  return records(init, launcher.monitorPid(), cgroup.paths());
                });
        recordRunning(records);
        launcher.watch(
            new MonitorSetup(
                container,
                true,
                listener,
                client,
                lifeline,
                record.spec().process().interactive(),
                logSize(record),
                record.spec().log().maxFiles(),
                cgroup.oomEvents().orElse(-1)));
        watched = true;
        long started = bench.engine().now();
        launcher.execute();
        // The monitor tells of the end with this lock.
        EventLog.append(bench, Event.Action.START, record, "", started);
      } finally {
        lock.close();
        if (!watched) {
          launcher.abandon();
        }
      }
    } finally {
      files.close(listener);
      files.close(container);
    }
  }

  /**
   * The record of a run.
   *
   * @param running while it lasts
   * @param exited what its monitor makes of it when it has ended; empty if nothing stays
   */
  private record Records(byte[] running, byte[] exited) {}

  private Records records(long init, long monitor, CgroupPaths paths) {
    ProcessProbe probe = bench.observer().probe();
    RunRecord run =
        new RunRecord(
            probe.identify(init),
            probe.identify(monitor),
            probe.bootId(),
            bench.engine().now(),
            ContainerCgroup.freezerFile(paths),
            paths.toJson());
    ContainerRecord running = record.running(run);
    return new Records(
        running.encode(), record.spec().removeOnExit() ? new byte[0] : running.exited().encode());
  }

  /** From here on every command finds it running; it is, but for its execve. */
  private void recordRunning(Records records) {
    forgetExit();
    if (records.exited.length > 0) {
      write("config.exited.json", records.exited);
    }
    write("config.json", records.running);
  }

  private void write(String name, byte[] content) {
    files.replace(FileWorker.HOST, directory + "/" + name, content, 0600, false);
  }

  /** The size after which a container's log rotates; 0 for never. */
  static long logSize(ContainerRecord record) {
    ByteSize size = record.spec().log().maxSize();
    return size == null ? 0 : size.bytes();
  }

  private static List<LaunchRequest.CgroupMount> cgroupMounts(CgroupPaths paths) {
    List<LaunchRequest.CgroupMount> mounts = new ArrayList<>();
    for (CgroupDirectory each : paths.directories()) {
      mounts.add(new LaunchRequest.CgroupMount(paths.shownAs(each), each.path()));
    }
    return mounts;
  }

  private static LinuxResources resources(RuntimeSpec spec) {
    LinuxSpec linux = spec.linux();
    LinuxResources resources = linux == null ? null : linux.resources();
    return resources == null ? LinuxResources.NONE : resources;
  }
}
