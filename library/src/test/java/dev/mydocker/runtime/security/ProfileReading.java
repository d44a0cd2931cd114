package dev.mydocker.runtime.security;

import dev.mydocker.oci.spec.LinuxSeccomp;
import dev.mydocker.oci.spec.SeccompAction;
import dev.mydocker.oci.spec.SeccompArg;
import dev.mydocker.oci.spec.SeccompSyscall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a profile says about one system call, read rule by rule: the compiler's yardstick. */
final class ProfileReading {
  private static final int KILL_PROCESS = 0x80000000;
  private static final int ENOSYS = 0x00050000 | 38;
  private static final int X32_BIT = 0x40000000;

  private final LinuxSeccomp profile;
  private final List<SeccompArchitecture> architectures;
  private final Map<SeccompArchitecture, Map<Integer, List<SeccompSyscall>>> rules =
      new HashMap<>();
  private final Map<SeccompArchitecture, Integer> last = new HashMap<>();

  ProfileReading(LinuxSeccomp profile, SeccompArchitecture machine) {
    this.profile = profile;
    architectures =
        machine.runnable().stream()
            .filter(a -> a == machine || profile.architectures().contains(a.ociName()))
            .toList();
    for (SeccompArchitecture architecture : architectures) {
      Map<Integer, List<SeccompSyscall>> byNumber = new TreeMap<>();
      Map<String, Integer> numbers = SyscallTable.of(architecture).numbers();
      for (SeccompSyscall rule : profile.syscalls()) {
        boolean saysNothing =
            rule.args().isEmpty()
                && result(rule.action(), rule.errnoRet())
                    == result(profile.defaultAction(), profile.defaultErrnoRet());
        for (String name : rule.names()) {
          Integer number = numbers.get(name);
          if (number != null && !saysNothing) {
            byNumber.computeIfAbsent(number, n -> new ArrayList<>()).add(rule);
          }
        }
      }
      rules.put(architecture, byNumber);
      byNumber.keySet().stream()
          .filter(number -> number < 0xF0000 && architecture != SeccompArchitecture.X32)
          .max(Integer::compare)
          .ifPresent(number -> last.put(architecture, number));
    }
  }

  int evaluate(SeccompArchitecture architecture, int number, long[] args) {
    boolean x32 =
        architecture == SeccompArchitecture.X86_64
            && Integer.compareUnsigned(number, X32_BIT) >= 0
            && number != -1;
    if (!architectures.contains(x32 ? SeccompArchitecture.X32 : architecture)) {
      return KILL_PROCESS;
    }
    boolean sharesX32 = architectures.contains(SeccompArchitecture.X32);
    int own = sharesX32 && architecture == SeccompArchitecture.X86_64 ? number & ~X32_BIT : number;
    List<SeccompSyscall> applicable = rules(architecture).get(own);
    if (applicable == null && sharesX32 && architecture == SeccompArchitecture.X86_64) {
      applicable = rules(SeccompArchitecture.X32).get(own);
    }
    if (applicable == null) {
      Integer known = last.get(architecture);
      boolean isNew = known != null && Integer.compareUnsigned(own, known) > 0;
      return isNew && defaultRefuses() ? ENOSYS : byDefault();
    }
    for (SeccompSyscall rule : applicable) {
      if (rule.args().isEmpty()) {
        return result(rule.action(), rule.errnoRet());
      }
    }
    long bits = architecture.wide() ? -1 : 0xFFFF_FFFFL;
    for (SeccompSyscall rule : applicable) {
      boolean alternatives =
          rule.args().stream().map(SeccompArg::index).distinct().count() < rule.args().size();
      boolean met =
          alternatives
              ? rule.args().stream().anyMatch(arg -> holds(arg, args, bits))
              : rule.args().stream().allMatch(arg -> holds(arg, args, bits));
      if (met) {
        return result(rule.action(), rule.errnoRet());
      }
    }
    return byDefault();
  }

  private Map<Integer, List<SeccompSyscall>> rules(SeccompArchitecture architecture) {
    return rules.getOrDefault(architecture, Map.of());
  }

  private int byDefault() {
    return result(profile.defaultAction(), profile.defaultErrnoRet());
  }

  private boolean defaultRefuses() {
    return switch (profile.defaultAction()) {
      case ALLOW, LOG, TRACE -> false;
      case ERRNO, KILL, KILL_THREAD, KILL_PROCESS, TRAP, NOTIFY -> true;
    };
  }

  private static boolean holds(SeccompArg arg, long[] args, long bits) {
    long actual = args[arg.index()];
    long value = arg.value() & bits;
    int order = Long.compareUnsigned(actual, value);
    return switch (arg.op()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
      case MASKED_EQUAL -> (actual & value) == (arg.valueTwo() & value);
    };
  }

  private static int result(SeccompAction action, @Nullable Integer errno) {
    int data = errno == null ? 1 : errno;
    return switch (action) {
      case KILL_PROCESS -> KILL_PROCESS;
      case KILL, KILL_THREAD -> 0;
      case TRAP -> 0x30000;
      case ERRNO -> 0x50000 + data;
      case NOTIFY -> 0x7FC00000;
      case TRACE -> 0x7FF00000 + data;
      case LOG -> 0x7FFC0000;
      case ALLOW -> 0x7FFF0000;
    };
  }

  /** Every number with a meaning somewhere, and some without. */
  static int[] numbers() {
    IntStream plain = IntStream.range(0, 560);
    IntStream marked = IntStream.range(X32_BIT, X32_BIT + 560);
    IntStream odd =
        IntStream.of(
            -1,
            -2,
            0xF0000,
            0xF0001,
            0xF0002,
            0xF0005,
            0xF0006,
            0xF0007,
            0x3FFFFFFF,
            0x7FFFFFFF,
            0x80000000,
            0x80000001);
    return IntStream.concat(IntStream.concat(plain, marked), odd).toArray();
  }
}
