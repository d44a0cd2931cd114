package dev.mydocker.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.spec.LinuxSeccomp;
import dev.mydocker.oci.spec.SeccompAction;
import dev.mydocker.oci.spec.SeccompArg;
import dev.mydocker.oci.spec.SeccompOperator;
import dev.mydocker.oci.spec.SeccompSyscall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SeccompCompilerTest {
  private static final int ALLOWED = 0x7FFF0000;
  private static final int EPERM = 0x00050001;
  private static final int ENOSYS = 0x00050026;
  private static final int KILLED = 0x80000000;
  private static final long[] INTERESTING = {
    0,
    1,
    2,
    38,
    0x7FFF_FFFFL,
    0x8000_0000L,
    0xFFFF_FFFEL,
    0xFFFF_FFFFL,
    0x1_0000_0000L,
    0x1_0000_0001L,
    0x1_0000_0026L,
    0x7FFF_FFFF_FFFF_FFFFL,
    0x8000_0000_0000_0000L,
    -2,
    -1
  };

  @ParameterizedTest
  @EnumSource(names = {"X86_64", "AARCH64"})
  void aRandomProfileDoesWhatItsRulesSay(SeccompArchitecture machine) {
    Random random = new Random(20261122);
    int[] numbers = ProfileReading.numbers();
    for (int round = 0; round < 150; round++) {
      LinuxSeccomp profile = randomProfile(random, machine, round);
      ProfileReading reading = new ProfileReading(profile, machine);
      ClassicBpf filter = new ClassicBpf(SeccompCompiler.compile(profile, machine).instructions());
      // x32 is x86-64 to the kernel, with marked numbers.
      for (SeccompArchitecture architecture :
          EnumSet.complementOf(EnumSet.of(SeccompArchitecture.X32))) {
        for (int number : numbers) {
          for (int i = 0; i < 3; i++) {
            long[] args = randomArgs(random, architecture);
            int expected = reading.evaluate(architecture, number, args);
            if (filter.run(architecture.auditArch(), number, args) != expected) {
              assertThat(filter.run(architecture.auditArch(), number, args))
                  .as("round %s: call %s of %s with %s", round, number, architecture, args)
                  .isEqualTo(expected);
            }
          }
        }
      }
    }
  }

  private static LinuxSeccomp randomProfile(Random random, SeccompArchitecture machine, int round) {
    List<SeccompSyscall> rules = new ArrayList<>();
    List<String> names = new ArrayList<>(SyscallTable.of(machine).numbers().keySet());
    names.addAll(List.of("socket", "semtimedop", "clone", "no_such_call", "set_tls", "waitpid"));
    // Without the names that also go through socketcall and ipc: those have a test of their own.
    names.removeIf(name -> MultiplexedCall.of(name) != null);
    names.sort(null);
    int count = random.nextInt(round % 3 == 0 ? 400 : 60);
    for (int i = 0; i < count; i++) {
      List<String> some = new ArrayList<>();
      for (int j = random.nextInt(8); j >= 0; j--) {
        some.add(names.get(random.nextInt(random.nextBoolean() ? 20 : names.size())));
      }
      List<SeccompArg> args = new ArrayList<>();
      for (int j = random.nextInt(3); j > 0 && random.nextInt(4) > 0; j--) {
        args.add(randomArg(random));
      }
      SeccompAction action = randomAction(random);
      boolean numbered = action == SeccompAction.ERRNO || action == SeccompAction.TRACE;
      rules.add(
          new SeccompSyscall(
              some,
              action,
              numbered && random.nextBoolean() ? random.nextInt(5000) : null,
              args,
              JsonObject.empty()));
    }
    SeccompAction byDefault = randomAction(random);
    List<String> architectures =
        switch (random.nextInt(3)) {
          case 0 -> List.of();
          case 1 -> machine.runnable().stream().map(SeccompArchitecture::ociName).toList();
          default -> List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_S390X");
        };
    return LinuxSeccomp.of(
        byDefault == SeccompAction.NOTIFY ? SeccompAction.ERRNO : byDefault,
        null,
        architectures,
        rules);
  }

  private static SeccompAction randomAction(Random random) {
    SeccompAction[] actions = SeccompAction.values();
    return switch (random.nextInt(4)) {
      case 0 -> SeccompAction.ALLOW;
      case 1 -> SeccompAction.ERRNO;
      default -> actions[random.nextInt(actions.length)];
    };
  }

  private static SeccompArg randomArg(Random random) {
    SeccompOperator[] operators = SeccompOperator.values();
    long mask =
        switch (random.nextInt(3)) {
          case 0 -> 0xFFFF_FFFFL & -(1L << random.nextInt(33));
          case 1 -> INTERESTING[random.nextInt(INTERESTING.length)];
          default -> random.nextLong();
        };
    long value = INTERESTING[random.nextInt(INTERESTING.length)];
    SeccompOperator operator = operators[random.nextInt(operators.length)];
    int index = random.nextInt(4) == 0 ? random.nextInt(6) : 0;
    return operator == SeccompOperator.MASKED_EQUAL
        ? SeccompArg.masked(index, mask, value)
        : SeccompArg.of(index, operator, value);
  }

  private static long[] randomArgs(Random random, SeccompArchitecture architecture) {
    long[] args = new long[6];
    for (int i = 0; i < args.length; i++) {
      args[i] = INTERESTING[random.nextInt(INTERESTING.length)] + random.nextInt(3) - 1;
      if (!architecture.wide()) {
        args[i] &= 0xFFFF_FFFFL;
      }
    }
    return args;
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_EQUAL, 5, 0, 5, false",
    "NOT_EQUAL, 5, 0, 0x100000005, true",
    "LESS, 5, 0, 4, true",
    "LESS, 5, 0, 5, false",
    "LESS, 5, 0, 0x100000000, false",
    "LESS, 0x100000000, 0, 0xFFFFFFFF, true",
    "LESS_OR_EQUAL, 0x200000005, 0, 0x200000005, true",
    "LESS_OR_EQUAL, 0x200000005, 0, 0x200000006, false",
    "LESS_OR_EQUAL, 0x200000005, 0, 0x1FFFFFFFF, true",
    "EQUAL, 0x200000005, 0, 0x200000005, true",
    "EQUAL, 0x200000005, 0, 5, false",
    "GREATER_OR_EQUAL, 5, 0, 5, true",
    "GREATER_OR_EQUAL, 5, 0, 0x100000000, true",
    "GREATER, 5, 0, 5, false",
    "GREATER, 0x200000005, 0, 0x300000000, true",
    "GREATER, 0x200000005, 0, 0x100000009, false",
    "MASKED_EQUAL, 0x7E020000, 0, 0x100000011, true",
    "MASKED_EQUAL, 0x7E020000, 0, 0x20011, false",
    "MASKED_EQUAL, 0xF00000000, 0x300000000, 0x300000001, true",
    "MASKED_EQUAL, 0xF00000000, 0x300000000, 0x400000000, false",
  })
  void comparesArgumentsAsUnsignedNumbersOf64Bits(
      SeccompOperator operator, String value, String valueTwo, String argument, boolean holds) {
    SeccompArg arg =
        new SeccompArg(3, Long.decode(value), Long.decode(valueTwo), operator, JsonObject.empty());
    ClassicBpf filter = filter(List.of(allow(List.of("read"), arg)), List.of());

    long[] args = {0, 0, 0, Long.decode(argument), 0, 0};
    assertThat(filter.run(0xC000003E, 0, args)).isEqualTo(holds ? ALLOWED : EPERM);
  }

  @Test
  void aCallThatTheProfileIsTooOldToKnowDoesNotExist() {
    ClassicBpf filter = filter(List.of(allow(List.of("read", "openat2"))), List.of());

    assertThat(run(filter, 436)).isEqualTo(EPERM);
    assertThat(run(filter, 437)).isEqualTo(ALLOWED);
    assertThat(run(filter, 438)).isEqualTo(ENOSYS);
    assertThat(run(filter, -1)).isEqualTo(ENOSYS);
  }

  @Test
  void x32AndOtherArchitecturesDieUnlessTheProfileHasThem() {
    List<SeccompSyscall> rules = List.of(allow(List.of("read", "execve")));
    ClassicBpf without = filter(rules, List.of("SCMP_ARCH_X86_64"));
    ClassicBpf with = filter(rules, List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X32", "SCMP_ARCH_X86"));

    assertThat(run(without, 0x40000000)).isEqualTo(KILLED);
    assertThat(run(with, 0x40000000)).isEqualTo(ALLOWED);
    assertThat(run(with, 0x40000000 + 520)).as("execve of x32").isEqualTo(ALLOWED);
    assertThat(run(with, 0x40000000 + 521)).isEqualTo(ENOSYS);
    int i386 = SeccompArchitecture.X86.auditArch();
    assertThat(without.run(i386, 3, new long[6])).isEqualTo(KILLED);
    assertThat(with.run(i386, 3, new long[6])).as("read of i386").isEqualTo(ALLOWED);
    assertThat(with.run(i386, 0, new long[6])).isEqualTo(EPERM);
  }

  @Test
  void forbiddingSocketOn32BitX86ForbidsItThroughSocketcallToo() {
    LinuxSeccomp profile =
        LinuxSeccomp.of(
            SeccompAction.ALLOW,
            null,
            List.of("SCMP_ARCH_X86"),
            List.of(SeccompSyscall.of(List.of("socket", "semop"), SeccompAction.ERRNO, List.of())));
    ClassicBpf filter = compiled(profile);

    int i386 = SeccompArchitecture.X86.auditArch();
    assertThat(filter.run(i386, 102, new long[] {1, 0, 0, 0, 0, 0})).isEqualTo(EPERM);
    assertThat(filter.run(i386, 102, new long[] {2, 0, 0, 0, 0, 0})).isEqualTo(ALLOWED);
    assertThat(filter.run(i386, 117, new long[] {0x10001, 0, 0, 0, 0, 0})).isEqualTo(EPERM);
    assertThat(filter.run(i386, 117, new long[] {2, 0, 0, 0, 0, 0})).isEqualTo(ALLOWED);
    assertThat(filter.run(0xC000003E, 102, new long[] {1, 0, 0, 0, 0, 0}))
        .as("getuid of x86-64")
        .isEqualTo(ALLOWED);
  }

  @Test
  void aFilterTooLongForTheKernelIsRefused() {
    List<SeccompSyscall> rules = new ArrayList<>();
    for (int i = 0; i < 1200; i++) {
      rules.add(
          allow(
              List.of("ioctl"),
              SeccompArg.masked(1, 0x5555_0000_5555L, 0x1000_0000_0000L + i),
              SeccompArg.of(2, SeccompOperator.EQUAL, i)));
    }
    assertThatThrownBy(() -> filter(rules, List.of()))
        .isInstanceOf(MydockerException.class)
        .hasMessageMatching("compile seccomp profile: \\d+ instructions, the kernel takes 4096");
  }

  @Test
  void longListsOfConditionsJumpFartherThan255Instructions() {
    List<SeccompSyscall> rules = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      rules.add(allow(List.of("ioctl"), SeccompArg.masked(1, 0x5555_0000_0000_0055L, i & 0x55)));
      rules.add(allow(List.of("fcntl"), SeccompArg.of(1, SeccompOperator.NOT_EQUAL, 7)));
    }
    ClassicBpf filter = filter(rules, List.of());

    assertThat(filter.run(0xC000003E, 16, new long[] {0, 0xAA55, 0, 0, 0, 0})).isEqualTo(ALLOWED);
    assertThat(filter.run(0xC000003E, 16, new long[] {0, 1L << 62, 0, 0, 0, 0})).isEqualTo(EPERM);
    assertThat(filter.run(0xC000003E, 72, new long[] {0, 7, 0, 0, 0, 0})).isEqualTo(EPERM);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}"
            + "|defaultAction: SCMP_ACT_NOTIFY would ask for the call that sends the answer",
        "{\"defaultAction\":\"SCMP_ACT_KILL\",\"defaultErrnoRet\":1}"
            + "|defaultAction: SCMP_ACT_KILL has no error number",
        "{\"defaultAction\":\"SCMP_ACT_KILL\",\"architectures\":[\"x86\"]}"
            + "|architectures: unknown architecture \"x86\"",
        "{\"defaultAction\":\"SCMP_ACT_KILL\",\"flags\":[\"LOG\"]}|flags: unknown flag \"LOG\"",
        "{\"defaultAction\":\"SCMP_ACT_KILL\",\"syscalls\":"
            + "[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"errnoRet\":1}]}"
            + "|read: SCMP_ACT_ALLOW has no error number"
      })
  void aContradictoryProfileIsRefused(String json, String problem) {
    LinuxSeccomp profile = LinuxSeccomp.parse(json.getBytes(StandardCharsets.UTF_8), "profile");

    assertThatThrownBy(() -> SeccompCompiler.compile(profile, SeccompArchitecture.X86_64))
        .hasMessage("compile seccomp profile: " + problem);
  }

  @ParameterizedTest
  @CsvSource({
    "'', SCMP_ACT_ALLOW, 4",
    "SECCOMP_FILTER_FLAG_LOG, SCMP_ACT_ALLOW, 2",
    "SECCOMP_FILTER_FLAG_TSYNC, SCMP_ACT_ALLOW, 0",
    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, SCMP_ACT_NOTIFY, 40",
    "'', SCMP_ACT_NOTIFY, 12"
  })
  void theFlagsOfTheProfileBecomeThoseOfTheCall(String flag, String action, int expected) {
    String json =
        "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"flags\":["
            + (flag.isEmpty() ? "" : "\"" + flag + "\"")
            + "],\"syscalls\":[{\"names\":[\"mount\"],\"action\":\""
            + action
            + "\"}]}";
    SeccompProgram program =
        SeccompCompiler.compile(
            LinuxSeccomp.parse(json.getBytes(StandardCharsets.UTF_8), "profile"),
            SeccompArchitecture.X86_64);

    assertThat(program.flags()).isEqualTo(expected);
    assertThat(program.notifies()).isEqualTo(action.equals("SCMP_ACT_NOTIFY"));
  }

  private static int run(ClassicBpf filter, int number) {
    return filter.run(0xC000003E, number, new long[6]);
  }

  private static SeccompSyscall allow(List<String> names, SeccompArg... args) {
    return SeccompSyscall.of(names, SeccompAction.ALLOW, List.of(args));
  }

  private static ClassicBpf filter(List<SeccompSyscall> rules, List<String> architectures) {
    return compiled(LinuxSeccomp.of(SeccompAction.ERRNO, null, architectures, rules));
  }

  private static ClassicBpf compiled(LinuxSeccomp profile) {
    return new ClassicBpf(
        SeccompCompiler.compile(profile, SeccompArchitecture.X86_64).instructions());
  }
}
