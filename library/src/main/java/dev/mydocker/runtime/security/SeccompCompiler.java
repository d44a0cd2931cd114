package dev.mydocker.runtime.security;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.spec.LinuxSeccomp;
import dev.mydocker.oci.spec.SeccompAction;
import dev.mydocker.oci.spec.SeccompSyscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the seccomp profile of an OCI configuration to a classic BPF program (seccomp(2)).
 *
 * <p>What a profile means, where the specification leaves it open:
 *
 * <ul>
 *   <li>Of several rules for a call, the first one without conditions decides it alone; otherwise
 *       the first one whose conditions hold; otherwise the default action. A rule without
 *       conditions whose action is the default one says nothing. (As libseccomp has it, through
 *       which runc and crun go; among rules with conditions it promises no order.)
 *   <li>Conditions on one argument twice in a rule are alternatives, as in runc.
 *   <li>A name that an architecture does not have is ignored there.
 *   <li>A call above the largest number that the profile names is newer than the profile: it fails
 *       with ENOSYS instead of a default action that refuses, so that programs fall back to older
 *       calls; as in runc. Actions that let calls through, and a default of ENOSYS, stay as they
 *       are.
 *   <li>The machine's own architecture is always included. A call by one that is not kills the
 *       process: its numbers mean other calls.
 *   <li>On 32-bit x86, a rule without conditions for a call that also goes through socketcall(2) or
 *       ipc(2) holds on that way too, as in libseccomp.
 *   <li>On 32-bit architectures only the lower halves of values count, as in libseccomp.
 *   <li>x32 shares the tree of x86-64: no number is used by both for different calls. Its arguments
 *       are compared with all the 64 bits that the kernel gets.
 * </ul>
 */
public final class SeccompCompiler {
  /** The flags that a profile may name. */
  public static final List<String> FLAGS =
      List.of(
          "SECCOMP_FILTER_FLAG_TSYNC",
          "SECCOMP_FILTER_FLAG_LOG",
          "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
          "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");

  private static final int RET_KILL_PROCESS = 0x80000000;
  private static final int RET_KILL_THREAD = 0;
  private static final int RET_TRAP = 0x00030000;
  private static final int RET_ERRNO = 0x00050000;
  private static final int RET_USER_NOTIF = 0x7FC00000;
  private static final int RET_TRACE = 0x7FF00000;
  private static final int RET_LOG = 0x7FFC0000;
  private static final int RET_ALLOW = 0x7FFF0000;

  private static final int EPERM = 1;
  private static final int ENOSYS = 38;

  private static final int NUMBER_OFFSET = 0;
  private static final int ARCHITECTURE_OFFSET = 4;

  private static final int X32_BIT = 0x40000000;
  private static final long X32_LAST = 0xFFFFFFFEL;

  /** From here on x86-64 numbers the calls of x32, and ARM its private ones. */
  private static final int X32_OWN = 512;

  private static final int ARM_PRIVATE = 0xF0000;

  private final FilterAssembler assembler = new FilterAssembler();
  private final int defaultResult;
  private final boolean unknownIsNew;
  private final List<SeccompRule> rules = new ArrayList<>();
  private boolean notifies;

  private SeccompCompiler(LinuxSeccomp profile) {
    defaultResult = result("defaultAction", profile.defaultAction(), profile.defaultErrnoRet());
    unknownIsNew = refuses(profile.defaultAction()) && defaultResult != (RET_ERRNO | ENOSYS);
    if (profile.defaultAction() == SeccompAction.NOTIFY) {
      throw invalid("defaultAction: SCMP_ACT_NOTIFY would ask for the call that sends the answer");
    }
    for (SeccompSyscall syscall : profile.syscalls()) {
      int result = result(syscall.names().getFirst(), syscall.action(), syscall.errnoRet());
      notifies |= syscall.action() == SeccompAction.NOTIFY;
      if (result != defaultResult || !syscall.args().isEmpty()) {
        SeccompRule.addTo(rules, syscall.names(), result, syscall.args());
      }
    }
  }

  /**
   * Compiles {@code profile} for a machine.
   *
   * @throws MydockerException if it contradicts itself, or is too long for the kernel
   */
  public static SeccompProgram compile(LinuxSeccomp profile, SeccompArchitecture machine) {
    SeccompCompiler compiler = new SeccompCompiler(profile);
    byte[] instructions = compiler.program(included(profile, machine));
    return new SeccompProgram(instructions, flags(profile.flags(), compiler.notifies));
  }

  /** The architectures of the profile that the machine has, its own first. */
  private static List<SeccompArchitecture> included(
      LinuxSeccomp profile, SeccompArchitecture machine) {
    for (String name : profile.architectures()) {
      if (!name.startsWith("SCMP_ARCH_")) {
        throw invalid("architectures: unknown architecture \"" + name + "\"");
      }
    }
    List<SeccompArchitecture> included = new ArrayList<>();
    for (SeccompArchitecture architecture : machine.runnable()) {
      if (architecture == machine || profile.architectures().contains(architecture.ociName())) {
        included.add(architecture);
      }
    }
    return included;
  }

  private static int flags(List<String> names, boolean notifies) {
    int flags = notifies ? SeccompProgram.FLAG_NEW_LISTENER : 0;
    for (String name : names) {
      flags |=
          switch (name) {
            // The process that installs the filter has one thread: there is none to bring along.
            case "SECCOMP_FILTER_FLAG_TSYNC" -> 0;
            case "SECCOMP_FILTER_FLAG_LOG" -> SeccompProgram.FLAG_LOG;
            case "SECCOMP_FILTER_FLAG_SPEC_ALLOW" -> SeccompProgram.FLAG_SPEC_ALLOW;
            case "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" -> SeccompProgram.FLAG_WAIT_KILLABLE_RECV;
            default -> throw invalid("flags: unknown flag \"" + name + "\"");
          };
    }
    if (!notifies && (flags & SeccompProgram.FLAG_WAIT_KILLABLE_RECV) != 0) {
      throw invalid("flags: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV without a rule that notifies");
    }
    // As runc does where a profile names no flag: before kernel 5.16 a filter would otherwise slow
    // everything down by a mitigation that makes sense for JIT compilers only.
    return names.isEmpty() ? flags | SeccompProgram.FLAG_SPEC_ALLOW : flags;
  }

  private byte[] program(List<SeccompArchitecture> architectures) {
    int otherwise = assembler.returning(RET_KILL_PROCESS);
    boolean x32 = architectures.contains(SeccompArchitecture.X32);
    for (int i = architectures.size() - 1; i >= 0; i--) {
      SeccompArchitecture architecture = architectures.get(i);
      if (architecture != SeccompArchitecture.X32) {
        int calls = calls(architecture, x32);
        otherwise = assembler.jump(FilterAssembler.JEQ, architecture.auditArch(), calls, otherwise);
      }
    }
    byte[] program = assembler.program(assembler.load(ARCHITECTURE_OFFSET, otherwise));
    if (assembler.size() > FilterAssembler.MAX_INSTRUCTIONS) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "compile seccomp profile",
          "",
          assembler.size() + " instructions, the kernel takes " + FilterAssembler.MAX_INSTRUCTIONS,
          "write fewer conditions on arguments");
    }
    return program;
  }

  /** Emits what looks at the number of a call. */
  private int calls(SeccompArchitecture architecture, boolean x32) {
    NavigableMap<Integer, List<SeccompRule>> byNumber = byNumber(architecture, x32);
    int fallback = assembler.returning(defaultResult);
    NumberRanges ranges = new NumberRanges(fallback);
    Integer lastKnown =
        byNumber.lowerKey(architecture == SeccompArchitecture.X86_64 ? X32_OWN : ARM_PRIVATE);
    if (unknownIsNew && lastKnown != null) {
      ranges.set(lastKnown + 1, 0xFFFF_FFFFL, assembler.returning(RET_ERRNO | ENOSYS));
    }
    if (architecture == SeccompArchitecture.X86_64 && !x32) {
      // All but -1: that is what a tracer puts there to skip a call.
      ranges.set(X32_BIT, X32_LAST, assembler.returning(RET_KILL_PROCESS));
    }
    ConditionEmitter conditions = new ConditionEmitter(assembler, architecture.wide(), fallback);
    int first = -1;
    int last = -1;
    int label = -1;
    for (Map.Entry<Integer, List<SeccompRule>> call : byNumber.entrySet()) {
      int number = call.getKey();
      int decision = conditions.emit(call.getValue());
      if (number != last + 1 || decision != label) {
        ranges.set(first, last, label);
        first = number;
      }
      last = number;
      label = decision;
    }
    ranges.set(first, last, label);
    int tree = ranges.emit(assembler);
    boolean masked = x32 && architecture == SeccompArchitecture.X86_64;
    return assembler.load(NUMBER_OFFSET, masked ? assembler.and(~X32_BIT, tree) : tree);
  }

  /** The rules for each call, in their order. */
  private NavigableMap<Integer, List<SeccompRule>> byNumber(
      SeccompArchitecture architecture, boolean x32) {
    NavigableMap<Integer, List<SeccompRule>> byNumber = new TreeMap<>();
    SyscallTable table = SyscallTable.of(architecture);
    SyscallTable second =
        x32 && architecture == SeccompArchitecture.X86_64
            ? SyscallTable.of(SeccompArchitecture.X32)
            : SyscallTable.NONE;
    for (SeccompRule rule : rules) {
      for (String name : rule.names()) {
        add(byNumber, table.number(name), rule);
        add(byNumber, second.number(name), rule);
        if (architecture == SeccompArchitecture.X86 && rule.args().isEmpty()) {
          MultiplexedCall call = MultiplexedCall.of(name);
          if (call != null) {
            add(byNumber, OptionalInt.of(call.number()), rule.when(call.condition()));
          }
        }
      }
    }
    return byNumber;
  }

  private static void add(
      Map<Integer, List<SeccompRule>> byNumber, OptionalInt number, SeccompRule rule) {
    if (number.isPresent()) {
      List<SeccompRule> rules = byNumber.get(number.getAsInt());
      if (rules == null) {
        rules = new ArrayList<>(1);
        byNumber.put(number.getAsInt(), rules);
      }
      rules.add(rule);
    }
  }

  /** What the filter returns for an action. */
  private static int result(String what, SeccompAction action, @Nullable Integer errno) {
    int data = errno == null ? EPERM : errno;
    int result =
        switch (action) {
          case KILL, KILL_THREAD -> RET_KILL_THREAD;
          case KILL_PROCESS -> RET_KILL_PROCESS;
          case TRAP -> RET_TRAP;
          case ERRNO -> RET_ERRNO | data;
          case TRACE -> RET_TRACE | data;
          case ALLOW -> RET_ALLOW;
          case LOG -> RET_LOG;
          case NOTIFY -> RET_USER_NOTIF;
        };
    if (errno != null && action != SeccompAction.ERRNO && action != SeccompAction.TRACE) {
      throw invalid(what + ": " + action.word() + " has no error number");
    }
    return result;
  }

  private static boolean refuses(SeccompAction action) {
    return switch (action) {
      case KILL, KILL_THREAD, KILL_PROCESS, TRAP, ERRNO, NOTIFY -> true;
      // A tracer is expected to know new calls.
      case TRACE, ALLOW, LOG -> false;
    };
  }

  private static MydockerException invalid(String problem) {
    return MydockerException.of(Category.INVALID, "compile seccomp profile", "", problem);
  }
}
