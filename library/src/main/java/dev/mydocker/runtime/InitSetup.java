package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Session;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.oci.spec.Hooks;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.runtime.network.NetDevices;
import dev.mydocker.runtime.plan.Plan;
import dev.mydocker.runtime.process.Accounts;
import dev.mydocker.runtime.security.HostLabels;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A container's init from its birth to where it sees only the container and has still to become its
 * command: the same for the engine and for the OCI runtime's callers.
 */
final class InitSetup {
  private final Performer performer;
  private final LaunchRequest request;
  private final Session parent;
  private final long parentPid;
  private final List<Integer> ours;
  private Monitors.Child child = new Monitors.Child(-1, -1, -1);
  private List<Monitors.Namespace> joined = List.of();
  private Monitors.@Nullable Spawning spawning;
  private @Nullable Session session;
  private @Nullable SetupPlan plan;
  private @Nullable Reply reply;
  private @Nullable Reply accountsReply;

  /**
   * The container's terminal.
   *
   * @param master our descriptor of its master
   * @param shared our descriptor of its slave
   * @param own init's descriptor of its slave
   */
  record Terminal(int master, int shared, long own) {}

  /**
   * @param parent the helper whose child init is, and its process id
   * @param ours where our descriptors are noted, to be closed by the caller
   */
  InitSetup(
      Performer performer,
      LaunchRequest request,
      Session parent,
      long parentPid,
      List<Integer> ours) {
    this.performer = performer;
    this.request = request;
    this.parent = parent;
    this.parentPid = parentPid;
    this.ours = ours;
  }

  /**
   * Has init made, and does not wait for that: what it is to do is put together meanwhile.
   *
   * @param directory the container's directory, whose cleanup.plan is performed should we end early
   * @throws MydockerException with the step that failed
   */
  void begin(int directory) {
    LinuxSpec linux = Specs.linux(request.spec());
    HostLabels.require(performer, Specs.process(request.spec()));
    Namespaces namespaces = Namespaces.open(performer, linux);
    ours.addAll(namespaces.descriptors());
    LinuxNamespace users = linux.namespace(LinuxNamespace.Type.USER);
    String usersPath = users == null ? null : users.path();
    boolean foreignUsers = usersPath != null;
    if (usersPath != null && !linux.uidMappings().isEmpty()) {
      UserMaps.requireSame(performer, usersPath, linux.uidMappings(), linux.gidMappings());
    }
    joined = foreignUsers ? List.of() : namespaces.forInit();
    if (TimeOffsets.needed(linux)) {
      TimeOffsets.set(parent, linux);
    }
    Monitors.Birth birth =
        new Monitors.Birth(
            request.monitorCgroup(),
            foreignUsers ? namespaces.all() : namespaces.forMonitor(),
            Specs.cloneFlags(linux),
            request.cgroup().directory(),
            directory);
    String what = "start the init of container " + request.id();
    if (foreignUsers) {
      born(UserNamespaceEntry.spawn(performer, parent, birth, what));
    } else {
      Monitors.Spawning asked = Monitors.ask(parent, birth, what);
      spawning = asked;
      session = new Session(performer, asked.socket(), "init");
    }
  }

  /**
   * Has init set itself up.
   *
   * @param meanwhile what else there is to do while the container's process sets itself up, by its
   *     process id
   * @return what came of that
   * @throws MydockerException with the step that failed
   */
  <T> T perform(LongFunction<T> meanwhile) {
    int root = keep(request.root().mount(performer));
    int pidfd = keep(Helper.pidfd(performer, parentPid));
    SetupPlan setup = new SetupPlan(performer, request, root, pidfd, joined);
    plan = setup;
    try {
      awaitBirth();
      LinuxSpec linux = Specs.linux(request.spec());
      if (Specs.isNew(linux, LinuxNamespace.Type.USER)) {
        UserMaps.write(performer, child.pid(), linux.uidMappings(), linux.gidMappings());
      }
      Session init = done(session);
      Segment steps = setup.plan().segment();
      init.send(steps);
      T made = meanwhile.apply(child.pid());
      Optional<Reply> answer = init.receive(steps);
      if (answer.isEmpty()) {
        throw new KernelException("set up container " + request.id(), Errno.ECONNRESET);
      }
      Reply done = checked(setup.plan(), answer.get(), linux);
      reply = done;
      if (!linux.netDevices().isEmpty()) {
        NetDevices.move(performer, init, child.pid(), linux.netDevices());
      }
      Plan rest = setup.rest();
      if (rest != null) {
        runHooks(init);
        accountsReply = rest.check(init.call(rest.segment()));
      } else {
        accountsReply = done;
      }
      return made;
    } finally {
      setup.close();
    }
  }

  private static Reply checked(Plan plan, Reply reply, LinuxSpec linux) {
    try {
      return plan.check(reply);
    } catch (KernelException e) {
      throw LockedMounts.explained(e, linux);
    }
  }

  private void awaitBirth() {
    Monitors.Spawning asked = spawning;
    spawning = null;
    if (asked != null) {
      born(asked.await());
    }
  }

  private void born(Monitors.Child init) {
    child = init;
    keep(init.pidfd());
    if (session == null) {
      session = new Session(performer, init.socket(), "init");
    }
  }

  /** After a failure: whoever was asked for is there, or is not, and is known to be given up. */
  void settle() {
    try {
      awaitBirth();
    } catch (MydockerException e) {
      // There is none, and something else failed before that could.
      return;
    }
  }

  /** The hooks of the creation, in the order of the specification. */
  private void runHooks(Session init) {
    HookRunner runner = new HookRunner(performer, request.state(Status.CREATING, child.pid()));
    Hooks hooks = request.spec().hooks();
    runner.run("prestart", hooks.prestart());
    runner.run("createRuntime", hooks.createRuntime());
    runner.runBelow(init, "createContainer", hooks.createContainer());
  }

  /** Init's ids, and its socket. */
  Monitors.Child child() {
    return child;
  }

  /** Where init serves segments; null before there is one. */
  @Nullable Session session() {
    return session;
  }

  /** The terminal that was made, if the specification asks for one. */
  Terminal terminal() {
    Reply made = done(reply);
    return new Terminal(
        keep(made.descriptors()[0]),
        keep(made.descriptors()[1]),
        made.result(done(plan).terminal().slave()));
  }

  /** The users and groups that the container's root file system knows. */
  Accounts accounts() {
    return done(plan).accounts().accounts(done(accountsReply));
  }

  private static <T> T done(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not set up");
    }
    return part;
  }

  private int keep(int descriptor) {
    ours.add(descriptor);
    return descriptor;
  }
}
