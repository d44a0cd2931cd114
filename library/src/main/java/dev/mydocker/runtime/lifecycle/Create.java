package dev.mydocker.runtime.lifecycle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.ProcessStat;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.kernel.UnixSockets;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.spec.ContainerState;
import dev.mydocker.oci.spec.Hook;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.CallerStreams;
import dev.mydocker.runtime.Creation;
import dev.mydocker.runtime.ExecRequest;
import dev.mydocker.runtime.HookRunner;
import dev.mydocker.runtime.LastHooks;
import dev.mydocker.runtime.LaunchRequest;
import dev.mydocker.runtime.RootDirectory;
import dev.mydocker.runtime.StartReport;
import dev.mydocker.runtime.cgroup.CgroupDirectory;
import dev.mydocker.runtime.cgroup.CgroupLayout;
import dev.mydocker.runtime.cgroup.CgroupPaths;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import dev.mydocker.runtime.cgroup.NewCgroup;
import dev.mydocker.runtime.systemd.HeldUnit;
import dev.mydocker.runtime.systemd.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Creates a container from a bundle: afterwards its process is there, sees only the container, and
 * waits for its start.
 *
 * <p>What removes everything is written down before anything exists, and is performed by the helper
 * should we be killed on the way.
 */
public final class Create {
  static final String CLEANUP = "cleanup.plan";

  private final StateRoot root;
  private final FileWorker files;
  private final Wishes wishes;
  private List<String> warnings = List.of();

  /**
   * What the caller asks for.
   *
   * @param id the new container's
   * @param bundle absolute
   * @param config the file with its configuration, absolute
   * @param consoleSocket where a terminal's master is sent, or null
   * @param pidFile where the process's number is written, or null
   * @param streams what the process gets
   * @param sockets how many of the descriptors that are passed on are listening sockets, which the
   *     process is told of (sd_listen_fds(3))
   * @param keyring whether it gets a session keyring of its own
   * @param systemd whether systemd makes its cgroup
   */
  public record Wishes(
      String id,
      String bundle,
      String config,
      @Nullable String consoleSocket,
      @Nullable String pidFile,
      CallerStreams streams,
      int sockets,
      boolean keyring,
      boolean systemd) {}

  public Create(StateRoot root, Wishes wishes) {
    this.root = root;
    this.files = root.files();
    this.wishes = wishes;
  }

  /**
   * Creates it.
   *
   * @param foreground takes over the master of a terminal that goes to no socket; null where there
   *     must be one
   * @throws MydockerException why it cannot be created; nothing is left then
   */
  public RuntimeContainer create(@Nullable Foreground foreground) {
    String id = wishes.id();
    root.directory(id);
    Bundle bundle = Bundle.read(files, wishes.bundle(), wishes.config());
    warnings = bundle.warnings();
    checkTerminal(bundle.spec(), foreground != null);
    String directory = root.claim(id);
    boolean created = false;
    try (DirectoryLock lock =
        DirectoryLock.take(files, directory)
            .orElseThrow(() -> new KernelException("lock " + directory, Errno.ENOENT))) {
      make(bundle, directory, lock.descriptor(), foreground);
      created = true;
    } finally {
      if (!created) {
        files.deleteTree(FileWorker.HOST, directory);
      }
    }
    return RuntimeContainer.load(root, id);
  }

  /** What of the configuration could not be, and need not be, performed. */
  public List<String> warnings() {
    return warnings;
  }

  private void checkTerminal(RuntimeSpec spec, boolean foreground) {
    ProcessSpec process = spec.process();
    checkTerminal(
        process != null && process.terminal(), wishes.consoleSocket() != null, foreground);
  }

  static void checkTerminal(boolean terminal, boolean socket, boolean foreground) {
    if (terminal && !socket && !foreground) {
      throw MydockerException.invalid(
          "console socket",
          "",
          "cannot allocate tty if the runtime will detach without setting console socket",
          "give --console-socket");
    }
    if (!terminal && socket) {
      throw MydockerException.invalid(
          "console socket",
          "",
          "cannot use console socket if the runtime will not detach or allocate tty",
          null);
    }
  }

  private void make(Bundle bundle, String directory, int opened, @Nullable Foreground foreground) {
    RuntimeSpec spec = bundle.spec();
    LinuxSpec linux = linux(spec);
    String asked = linux.cgroupsPath();
    Unit unit = wishes.systemd() ? Unit.of(asked, wishes.id()) : null;
    String place =
        unit != null ? unit.path() : asked == null || asked.isEmpty() ? wishes.id() : asked;
    CgroupPaths paths = CgroupLayout.discover(files).place(place);
    ContainerCgroup cgroup = new ContainerCgroup(files, paths);
    write(directory, CLEANUP, cleanup(cgroup, directory, bundle));
    write(directory, "config.json", Json.encode(spec.toJson()));
    LinuxResources given = linux.resources();
    LinuxResources resources = given == null ? LinuxResources.NONE : given;
    Making making = new Making(bundle, directory, opened, foreground, cgroup);
    if (unit == null) {
      launch(making, NewCgroup.create(files, paths, null, resources), null);
    } else {
      makeIn(unit, making, resources);
    }
  }

  /**
   * What one creation goes by.
   *
   * @param bundle what is made
   * @param directory the container's
   * @param opened a descriptor of it
   * @param foreground as in {@link #create}
   * @param cgroup where the container will be
   */
  private record Making(
      Bundle bundle,
      String directory,
      int opened,
      @Nullable Foreground foreground,
      ContainerCgroup cgroup) {}

  private void makeIn(Unit unit, Making making, LinuxResources resources) {
    CgroupPaths paths = making.cgroup.paths();
    Map<String, String> annotations = making.bundle.spec().annotations();
    try (HeldUnit held =
        HeldUnit.start(files, unit, wishes.id(), making.cgroup, resources, annotations)) {
      NewCgroup made = NewCgroup.within(files, paths, HeldUnit.ours(paths), held.early());
      launch(making, made, held);
      held.keep();
    }
  }

  private void launch(Making making, NewCgroup made, @Nullable HeldUnit held) {
    boolean created = false;
    try (made) {
      try {
        launch(making.bundle, making.directory, making.opened, made, making.foreground, held);
        created = true;
      } finally {
        if (!created) {
          cleanUp(making);
        }
      }
    }
  }

  private void launch(
      Bundle bundle,
      String directory,
      int opened,
      NewCgroup cgroup,
      @Nullable Foreground foreground,
      @Nullable HeldUnit held) {
    LaunchRequest request =
        new LaunchRequest(
            wishes.id(),
            told(bundle.spec()),
            null,
            RootDirectory.of(bundle.spec()),
            directory,
            cgroup.join(),
            mounts(cgroup.paths()),
            null,
            false,
            SpecSeccomp.program(
                linux(bundle.spec()), state(bundle, ContainerState.Status.CREATING)),
            false,
            false,
            bundle.path());
    SegmentBuilder listening = Segment.builder();
    int listener = UnixSockets.listen(files.performer(), listening, directory, StartReport.SOCKET);
    try (Creation creation = new Creation(files.performer(), request)) {
      ownStreams(bundle.spec());
      StartReport report = creation.create(opened, listener, wishes.streams(), wishes.keyring());
      if (held != null) {
        held.settle();
      }
      String console = wishes.consoleSocket();
      if (console != null) {
        ConsoleSocket.send(files, console, creation.master());
      } else if (foreground != null && creation.master() >= 0) {
        foreground.takeTerminal(creation.master());
      }
      save(bundle, directory, cgroup.paths(), held, creation.pid(), report);
      writePid(files, wishes.pidFile(), creation.pid());
      if (foreground == null) {
        creation.release();
      } else {
        foreground.takeGuard(creation.handOver());
      }
    } finally {
      files.close(listener);
    }
  }

  /** Tells the process of its sockets; others that are executed later have none. */
  private RuntimeSpec told(RuntimeSpec spec) {
    ProcessSpec process = spec.process();
    if (wishes.sockets() == 0 || process == null) {
      return spec;
    }
    List<String> env = new ArrayList<>(process.env());
    env.add("LISTEN_FDS=" + wishes.sockets());
    env.add("LISTEN_PID=1");
    return spec.toBuilder().process(process.toBuilder().env(env).build()).build();
  }

  private ContainerState state(Bundle bundle, ContainerState.Status status) {
    return ContainerState.of(wishes.id(), status, 0, bundle.path(), bundle.spec().annotations());
  }

  /** Does what the plan says, unless the helper has: the directory is gone then. */
  private void cleanUp(Making making) {
    if (files.status(FileWorker.HOST, making.directory + "/" + CLEANUP).isEmpty()) {
      return;
    }
    making.cgroup.kill();
    making.cgroup.remove();
    files.deleteTree(FileWorker.HOST, making.directory);
    new HookRunner(files.performer(), state(making.bundle, ContainerState.Status.STOPPED))
        .runAll("poststop", making.bundle.spec().hooks().poststop());
  }

  /**
   * Gives the caller's streams to the container's user, who may want to open /dev/stdout; never
   * /dev/null, which is everybody's.
   */
  private void ownStreams(RuntimeSpec spec) {
    ProcessSpec process = spec.process();
    if (process == null || process.terminal()) {
      return;
    }
    ownStreams(files, wishes.streams(), process.user().uid());
  }

  static void ownStreams(FileWorker files, CallerStreams streams, long uid) {
    if (uid == 0) {
      return;
    }
    SegmentBuilder b = Segment.builder();
    for (int stream : new int[] {streams.in(), streams.out(), streams.err()}) {
      FileStatus status = files.status(stream);
      if (status.deviceMajor() != 1 || status.deviceMinor() != 3) {
        b.syscall(Wire.SYS_FCHOWN, Value.of(stream), Value.of(uid), Value.of(-1));
        b.ignoringErrors();
      }
    }
    files.performer().perform(b.build());
  }

  private void save(
      Bundle bundle,
      String directory,
      CgroupPaths paths,
      @Nullable HeldUnit held,
      long pid,
      StartReport report) {
    long startTime =
        ProcessStat.of(files, pid)
            .map(ProcessStat::startTime)
            .orElseThrow(() -> new KernelException("look at process " + pid, Errno.ESRCH));
    SavedContainer saved =
        new SavedContainer(
            SavedContainer.VERSION,
            wishes.id(),
            bundle.path(),
            bundle.rootfs(),
            pid,
            startTime,
            Timestamp.now(),
            files.status(FileWorker.HOST, directory).map(FileStatus::user).orElse(0),
            bundle.spec().annotations(),
            ExecRequest.namespaces(linux(bundle.spec())),
            paths,
            new ContainerCgroup(files, paths).identity(),
            held == null ? null : held.name(),
            report,
            JsonObject.empty());
    write(directory, SavedContainer.FILE, Json.encode(saved.toJson()));
  }

  /** The number alone, without a line's end, put in place by a rename: somebody may wait for it. */
  static void writePid(FileWorker files, @Nullable String path, long pid) {
    if (path != null) {
      files.replace(FileWorker.HOST, path, Long.toString(pid).getBytes(US_ASCII), 0644, false);
    }
  }

  private void write(String directory, String name, byte[] content) {
    files.replace(FileWorker.HOST, directory + "/" + name, content, 0600, false);
  }

  private byte[] cleanup(ContainerCgroup cgroup, String directory, Bundle bundle) {
    SegmentBuilder b = Segment.builder();
    b.placeholder();
    if (wishes.systemd()) {
      // systemd removes what it has made, once it has seen that it is empty.
      cgroup.addCleanup(b, HeldUnit.ours(cgroup.paths()));
    } else {
      cgroup.addCleanup(b);
    }
    b.operation(Wire.OP_DELETE_TREE, Value.of(FileWorker.HOST), b.text(directory));
    b.ignoringErrors();
    List<Hook> hooks = bundle.spec().hooks().poststop();
    if (!hooks.isEmpty()) {
      LastHooks.add(b, hooks, state(bundle, ContainerState.Status.STOPPED), files);
    }
    return b.build().message();
  }

  static LinuxSpec linux(RuntimeSpec spec) {
    LinuxSpec linux = spec.linux();
    if (linux == null) {
      throw MydockerException.said(
          MydockerException.Category.INVALID,
          "config.json: linux is missing",
          "read",
          "config.json",
          "linux is missing",
          null);
    }
    return linux;
  }

  private static List<LaunchRequest.CgroupMount> mounts(CgroupPaths paths) {
    List<LaunchRequest.CgroupMount> mounts = new ArrayList<>();
    for (CgroupDirectory each : paths.directories()) {
      mounts.add(new LaunchRequest.CgroupMount(paths.shownAs(each), each.path()));
    }
    return mounts;
  }
}
