package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.spec.IoPriority;
import dev.mydocker.oci.spec.LinuxCapabilities;
import dev.mydocker.oci.spec.LinuxMemoryPolicy;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxPersonality;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.Rlimit;
import dev.mydocker.oci.spec.Scheduler;
import dev.mydocker.oci.spec.UserSpec;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.plan.Plan;
import dev.mydocker.runtime.plan.Step;
import dev.mydocker.runtime.process.Accounts;
import dev.mydocker.runtime.process.Commands;
import dev.mydocker.runtime.process.Execution;
import dev.mydocker.runtime.process.ProcessSteps;
import dev.mydocker.runtime.process.SettingSteps;
import dev.mydocker.runtime.process.StartSteps;
import dev.mydocker.runtime.security.CapabilitySet;
import dev.mydocker.runtime.security.RlimitNames;
import dev.mydocker.runtime.security.SeccompFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The last plan of a container's process, init's or an exec's: streams, limits, privileges, execve.
 *
 * <p>The order is runc's, for its reasons: without no_new_privs, loading a filter takes
 * CAP_SYS_ADMIN, so it comes before capabilities go; with it, it comes as late as possible, for the
 * calls between need not be allowed by it then.
 */
final class FinalPlan {
  private final Plan plan;
  private final Execution execution = new Execution();
  private final String command;

  /**
   * Whose streams the process gets: three descriptors of ours that go along, or the number of a
   * terminal that it holds already.
   *
   * @param terminal the slave's number in the process, or -1
   * @param isTerminal whether the streams, descriptors or not, are a terminal
   */
  record Connection(int in, int out, int err, long terminal, boolean isTerminal) {}

  /**
   * What the caller of an OCI runtime asks for beyond the specification.
   *
   * @param gate a listening socket of ours on which the process waits for its start, or -1
   * @param passed descriptors of ours that it gets as 3 and so on
   * @param keyring whether it gets a session keyring of its own
   * @param ownStreams whether the streams are the container's, and so its user's; else the caller's
   * @param program what is executed, absolute, where the first argument does not say it; its
   *     environment is taken as it is
   * @param listener who gets the descriptor of a system call filter that hands calls over, or null
   */
  record Wishes(
      int gate,
      List<Integer> passed,
      boolean keyring,
      boolean ownStreams,
      @Nullable String program,
      SeccompListener.@Nullable Connected listener) {
    /** Wishes of an ordinary process. */
    Wishes(int gate, List<Integer> passed, boolean keyring, boolean ownStreams) {
      this(gate, passed, keyring, ownStreams, null, null);
    }

    /** Those of the engine. */
    static final Wishes NONE = new Wishes(-1, List.of(), true, true);
  }

  /**
   * @param linux the container's, for what holds for each of its processes, or null
   * @param parent a pidfd of the monitor, with which the process ends, or -1 if it outlives it
   * @param explained whether it reports how it went, before nobody is left who could
   * @param wishes of an OCI runtime's caller
   */
  FinalPlan(
      String id,
      ProcessSpec process,
      @Nullable LinuxSpec linux,
      @Nullable String user,
      Accounts accounts,
      Connection connection,
      LaunchRequest.SeccompProgram seccomp,
      int parent,
      boolean explained,
      Wishes wishes) {
    if (process.args().isEmpty()) {
      throw MydockerException.of(
          Category.INVALID,
          "start a container",
          "",
          "no command specified",
          "give one after the image");
    }
    String program = wishes.program();
    this.command = program == null ? process.args().get(0) : program;
    SegmentBuilder b = Segment.builder();
    Plan.Builder plan = new Plan.Builder(new Lowering(b, Value.of(-1)));
    Accounts.Identity identity =
        user == null
            ? new Accounts.Identity(process.user(), accounts.home(process.user().uid()))
            : accounts.identify(user);
    UserSpec who = identity.user();
    addStreams(plan, b, connection, wishes.ownStreams() ? who : UserSpec.ROOT);
    if (wishes.keyring()) {
      plan.add(ProcessSteps.joinKeyring(id));
    }
    String profile = process.apparmorProfile();
    if (profile != null) {
      plan.add(ProcessSteps.confine(profile));
    }
    addLimits(plan, process);
    addSettings(plan, process, linux);
    boolean mapped = linux != null && linux.namespace(LinuxNamespace.Type.USER) != null;
    SeccompListener.Connected listener = wishes.listener();
    Value listening = listener == null ? null : b.descriptor(listener.socket());
    boolean filtered = seccomp.filter().length > 0;
    boolean late = process.noNewPrivileges();
    plan.add(ProcessSteps.closeOthers());
    boolean reportsLate = late || !explained || letsReport(seccomp);
    if (explained && !reportsLate) {
      plan.add(ProcessSteps.report(Group.SECURITY));
    }
    addPrivileges(
        plan,
        process,
        who,
        mapped,
        user != null,
        filtered && !late ? filter(Group.SECURITY, seccomp, wishes, listening) : null);
    plan.add(ProcessSteps.enterDirectory(process.cwd()));
    // After the user has changed, which would undo it: prctl(2).
    plan.add(
        parent < 0
            ? ProcessSteps.outliveParent()
            : ProcessSteps.endWithParent(
                Group.START, "nobody else would read its output, or end it", b.descriptor(parent)));
    if (explained && reportsLate) {
      plan.add(ProcessSteps.report(Group.START));
    }
    List<String> environment =
        program == null ? withHome(process.env(), identity.home()) : process.env();
    List<String> candidates = Commands.candidates(command, environment);
    if (wishes.gate() >= 0) {
      plan.add(StartSteps.lookUp(execution, candidates));
      plan.add(StartSteps.reportCreated());
      plan.add(StartSteps.awaitStart(b.descriptor(wishes.gate())));
    }
    if (!wishes.passed().isEmpty()) {
      List<Value> passed = new ArrayList<>();
      for (int descriptor : wishes.passed()) {
        passed.add(b.descriptor(descriptor));
      }
      plan.add(StartSteps.passOn(execution, passed, filtered && late ? listening : null));
      listening = execution.listener();
    }
    if (filtered && late) {
      plan.add(filter(Group.START, seccomp, wishes, listening));
    }
    plan.add(ProcessSteps.execute(execution, candidates, process.args(), environment));
    this.plan = plan.build();
  }

  /** Whether a filter leaves what only an explained start does: else that comes before. */
  private static boolean letsReport(LaunchRequest.SeccompProgram seccomp) {
    if (seccomp.filter().length == 0) {
      return true;
    }
    SeccompFilter filter = new SeccompFilter(seccomp.filter());
    return filter.allows(Wire.SYS_WRITE) && filter.allows(Wire.SYS_CLOCK_GETTIME);
  }

  Plan plan() {
    return plan;
  }

  /**
   * Has the process become the command: the end of the session is its success.
   *
   * @throws MydockerException why it did not
   */
  void perform(Session session) {
    session.send(plan.segment());
    Optional<Reply> reply = session.receive(plan.segment());
    if (reply.isPresent()) {
      MydockerException failure = failure(reply.get());
      end(session, failure.category() == Category.COMMAND_NOT_FOUND ? 127 : 126);
      throw failure;
    }
    session.close();
  }

  /** The process ends as a shell would that cannot execute a command. */
  private static void end(Session session, int code) {
    SegmentBuilder b = Segment.builder();
    b.operation(Wire.OP_EXIT, Value.of(code));
    session.send(b.build());
    session.close();
  }

  /** How another process reads what comes of the steps behind the gate. */
  StartReport startReport() {
    List<Long> attempts = new ArrayList<>();
    for (int attempt : execution.attempts()) {
      attempts.add((long) attempt);
    }
    List<StartReport.Remaining> steps = new ArrayList<>();
    List<Step> all = plan.steps();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).group() == Group.START) {
        steps.add(
            new StartReport.Remaining(
                plan.instructionsOf(i)[0], all.get(i).what(), JsonObject.empty()));
      }
    }
    return new StartReport(
        plan.segment().instructions(),
        plan.segment().returnLength(),
        command,
        attempts,
        steps,
        JsonObject.empty());
  }

  /** Why it did not come to its end. */
  MydockerException failure(Reply reply) {
    MydockerException failed;
    try {
      plan.check(reply);
      failed = MydockerException.of(Category.INTERNAL, "execute", command, "no answer");
    } catch (MydockerException e) {
      failed = e;
    }
    return Commands.failure(command, execution, reply, failed);
  }

  private static void addStreams(
      Plan.Builder plan, SegmentBuilder b, Connection connection, UserSpec user) {
    if (connection.terminal() >= 0) {
      Value slave = Value.of(connection.terminal());
      plan.add(ProcessSteps.streams(slave, slave, slave, true, user));
      return;
    }
    Value in = connection.in() >= 0 ? b.descriptor(connection.in()) : ProcessSteps.openNull(b);
    Value out = b.descriptor(connection.out());
    Value err = b.descriptor(connection.err());
    plan.add(ProcessSteps.streams(in, out, err, connection.isTerminal(), user));
  }

  private static void addLimits(Plan.Builder plan, ProcessSpec process) {
    for (Rlimit limit : process.rlimits()) {
      OptionalInt resource = RlimitNames.number(limit.type());
      if (resource.isEmpty()) {
        throw MydockerException.of(
            Category.INVALID, "set the limit", limit.type(), "unknown resource");
      }
      plan.add(ProcessSteps.limit(limit, resource.getAsInt()));
    }
  }

  private static void addSettings(
      Plan.Builder plan, ProcessSpec process, @Nullable LinuxSpec linux) {
    String label = process.selinuxLabel();
    if (label != null) {
      plan.add(SettingSteps.label(label));
    }
    Scheduler scheduler = process.scheduler();
    if (scheduler != null) {
      plan.add(SettingSteps.schedule(scheduler));
    }
    IoPriority priority = process.ioPriority();
    if (priority != null) {
      plan.add(SettingSteps.ioPriority(priority));
    }
    LinuxPersonality personality = linux == null ? null : linux.personality();
    if (personality != null) {
      plan.add(SettingSteps.personality(personality));
    }
    LinuxMemoryPolicy memory = linux == null ? null : linux.memoryPolicy();
    if (memory != null) {
      plan.add(SettingSteps.memoryPolicy(memory));
    }
  }

  /** Loads the filter: early, or with no_new_privs as late as possible. */
  private static Step filter(
      Group group, LaunchRequest.SeccompProgram seccomp, Wishes wishes, @Nullable Value listening) {
    SeccompListener.Connected listener = wishes.listener();
    if (listener == null || listening == null) {
      return ProcessSteps.loadSeccomp(group, seccomp.filter(), seccomp.flags());
    }
    return ProcessSteps.loadNotifyingSeccomp(
        group, seccomp.filter(), seccomp.flags(), listening, listener.message());
  }

  private static void addPrivileges(
      Plan.Builder plan,
      ProcessSpec process,
      UserSpec who,
      boolean mapped,
      boolean named,
      @Nullable Step filter) {
    if (process.noNewPrivileges()) {
      plan.add(ProcessSteps.noNewPrivileges());
    } else if (filter != null) {
      plan.add(filter);
    }
    LinuxCapabilities capabilities = process.capabilities();
    if (capabilities != null) {
      plan.add(ProcessSteps.boundCapabilities(mask(capabilities.bounding()), CAPABILITIES - 1));
    }
    plan.add(ProcessSteps.becomeUser(who, mapped));
    if (capabilities != null) {
      // As Docker: a user other than root has none, unless the specification itself says so.
      boolean none = named && who.uid() != 0;
      plan.add(
          ProcessSteps.setCapabilities(
              none ? 0 : mask(capabilities.effective()),
              none ? 0 : mask(capabilities.permitted()),
              mask(capabilities.inheritable()),
              mask(capabilities.ambient())));
    }
  }

  private static final int CAPABILITIES = 41;

  private static long mask(List<String> names) {
    return CapabilitySet.parse("set capabilities", names).mask();
  }

  private static List<String> withHome(List<String> environment, String home) {
    if (Commands.variable(environment, "HOME") != null) {
      return environment;
    }
    List<String> more = new ArrayList<>(environment);
    more.add("HOME=" + home);
    return more;
  }
}
