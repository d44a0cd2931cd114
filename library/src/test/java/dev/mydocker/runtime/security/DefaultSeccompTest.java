package dev.mydocker.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.oci.spec.LinuxSeccomp;
import dev.mydocker.oci.spec.SeccompAction;
import dev.mydocker.oci.spec.SeccompSyscall;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DefaultSeccompTest {
  private static final int ALLOWED = 0x7FFF0000;
  private static final int EPERM = 0x00050001;
  private static final int ENOSYS = 0x00050026;

  @ParameterizedTest
  @CsvSource({
    "DEFAULT, X86_64, ''",
    "DEFAULT, AARCH64, ''",
    "NONE, X86_64, ALL",
    "NONE, AARCH64, ALL",
    "ADMIN, X86_64, SYS_ADMIN",
    "ADMIN, AARCH64, SYS_ADMIN",
    "PTRACE, X86_64, SYS_PTRACE",
    "PTRACE, AARCH64, SYS_PTRACE"
  })
  void thePrecompiledProgramIsWhatTheCompilerMakes(
      String variant, SeccompArchitecture machine, String changed) {
    List<String> change = changed.isEmpty() ? List.of() : List.of(changed);
    CapabilitySet capabilities =
        variant.equals("NONE")
            ? CapabilitySet.DEFAULT.adjusted(List.of("NET_ADMIN"), change, CapabilitySet.ALL)
            : CapabilitySet.DEFAULT.adjusted(change, List.of("KILL"), CapabilitySet.ALL);
    LinuxSeccomp profile = DefaultSeccomp.profile(capabilities, machine);
    SeccompProgram compiled = SeccompCompiler.compile(profile, machine);
    SeccompProgram precompiled =
        Objects.requireNonNull(
            PrecompiledSeccomp.program(DefaultSeccomp.granting(capabilities), machine));

    assertThat(text(precompiled))
        .as("PrecompiledSeccomp.%s_%s", machine, variant)
        .isEqualTo(text(compiled));
    assertThat(precompiled.flags()).isEqualTo(compiled.flags());
    assertThat(text(DefaultSeccomp.program(profile, capabilities, machine)))
        .isEqualTo(text(compiled));
  }

  @Test
  void anyOtherProfileIsCompiledWhateverItHasInCommonWithTheDefault() {
    SeccompArchitecture machine = SeccompArchitecture.X86_64;
    LinuxSeccomp ours = DefaultSeccomp.profile(CapabilitySet.DEFAULT, machine);
    List<SeccompSyscall> fewer = ours.syscalls().subList(0, ours.syscalls().size() - 1);
    List<SeccompSyscall> other = new ArrayList<>(ours.syscalls());
    other.set(2, SeccompSyscall.of(List.of("personality"), SeccompAction.ALLOW, List.of()));
    for (List<SeccompSyscall> rules : List.of(fewer, other)) {
      LinuxSeccomp theirs = LinuxSeccomp.of(ours.defaultAction(), 1, ours.architectures(), rules);
      assertThat(text(DefaultSeccomp.program(theirs, CapabilitySet.DEFAULT, machine)))
          .isEqualTo(text(SeccompCompiler.compile(theirs, machine)))
          .isNotEqualTo(text(DefaultSeccomp.program(CapabilitySet.DEFAULT, machine)));
    }
  }

  private static String text(SeccompProgram program) {
    return Base64.getEncoder().encodeToString(program.instructions());
  }

  @ParameterizedTest
  @EnumSource(names = {"X86_64", "AARCH64"})
  void theProgramDoesWhatTheProfileSays(SeccompArchitecture machine) {
    long[][] arguments = {
      {0, 0, 0, 0, 0, 0},
      {8, 0, 0, 0, 0, 0},
      {38, 0, 0, 0, 0, 0},
      {40, 0, 0, 0, 0, 0},
      {0x20008, 0, 0, 0, 0, 0},
      {0x1200011, 0, 0, 0, 0, 0},
      {0x10000000, 0, 0, 0, 0, 0},
      {0xFFFFFFFFL, -1, -1, -1, -1, -1}
    };
    for (CapabilitySet capabilities :
        List.of(
            CapabilitySet.NONE,
            CapabilitySet.DEFAULT,
            CapabilitySet.of(Capability.SYS_ADMIN, Capability.SYS_PTRACE, Capability.SYSLOG),
            CapabilitySet.ALL)) {
      LinuxSeccomp profile = DefaultSeccomp.profile(capabilities, machine);
      ProfileReading reading = new ProfileReading(profile, machine);
      ClassicBpf filter =
          new ClassicBpf(DefaultSeccomp.program(capabilities, machine).instructions());
      for (SeccompArchitecture architecture : SeccompArchitecture.values()) {
        for (int number : ProfileReading.numbers()) {
          for (long[] args : arguments) {
            assertThat(filter.run(architecture.auditArch(), number, args))
                .as("%s with %s: call %s of %s", machine, capabilities, number, architecture)
                .isEqualTo(
                    reading.evaluate(
                        architecture == SeccompArchitecture.X32
                            ? SeccompArchitecture.X86_64
                            : architecture,
                        number,
                        args));
          }
        }
      }
    }
  }

  @Test
  void theProgramIsShortAndACallTakesFewInstructions() {
    SeccompProgram program =
        DefaultSeccomp.program(CapabilitySet.DEFAULT, SeccompArchitecture.X86_64);
    ClassicBpf filter = new ClassicBpf(program.instructions());

    assertThat(program.length()).isLessThanOrEqualTo(170);
    for (int number = 0; number < 600; number++) {
      filter.run(SeccompArchitecture.X86_64.auditArch(), number, new long[6]);
      assertThat(filter.steps()).as("call %s", number).isLessThanOrEqualTo(18);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', mount unshare setns bpf reboot init_module clock_settime keyctl, EPERM",
    "'', read write execve ptrace chroot process_vm_readv openat2 statmount, ALLOWED",
    "'', clone3 open_tree_attr listns, ENOSYS",
    "'', io_uring_setup userfaultfd kexec_load swapon pivot_root acct vhangup, EPERM",
    "SYS_ADMIN, mount unshare setns bpf clone3 perf_event_open syslog umount2, ALLOWED",
    "SYS_ADMIN, pivot_root io_uring_setup keyctl reboot, EPERM",
    "SYS_TIME, clock_settime settimeofday, ALLOWED",
    "SYS_MODULE, init_module finit_module delete_module, ALLOWED",
    "SYS_NICE, mbind set_mempolicy, ALLOWED",
    "SYS_PTRACE, kcmp pidfd_getfd process_madvise, ALLOWED",
    "SYS_BOOT, reboot, ALLOWED",
    "SYS_PACCT, acct, ALLOWED",
    "SYS_RAWIO, iopl ioperm, ALLOWED",
    "SYS_TTY_CONFIG, vhangup, ALLOWED",
    "DAC_READ_SEARCH, open_by_handle_at, ALLOWED",
    "SYSLOG, syslog, ALLOWED",
    "BPF, bpf, ALLOWED",
    "PERFMON, perf_event_open, ALLOWED"
  })
  void whatIsAllowedFollowsTheCapabilities(String capability, String names, String expected) {
    CapabilitySet capabilities =
        CapabilitySet.DEFAULT.plus(
            capability.isEmpty()
                ? CapabilitySet.NONE
                : CapabilitySet.of(Capability.valueOf(capability)));
    Map<String, Integer> numbers = SyscallTable.of(SeccompArchitecture.X86_64).numbers();
    ClassicBpf filter = filter(capabilities);

    for (String name : names.split(" ")) {
      assertThat(numbers).containsKey(name);
      assertThat(name(run(filter, numbers.getOrDefault(name, 0), 0))).as(name).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x01200011, ALLOWED", // fork
    "0x003D0F00, ALLOWED", // pthread_create
    "0x00020011, EPERM", // CLONE_NEWNS
    "0x10000011, EPERM", // CLONE_NEWUSER
    "0x40000000, EPERM", // CLONE_NEWNET
    "0x02000000, EPERM", // CLONE_NEWCGROUP
  })
  void cloneMakesProcessesButNoNamespaces(String flags, String expected) {
    assertThat(name(run(filter(CapabilitySet.DEFAULT), 56, Long.decode(flags))))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "1, ALLOWED", // AF_UNIX
    "10, ALLOWED", // AF_INET6
    "16, ALLOWED", // AF_NETLINK
    "37, ALLOWED", // AF_CAIF
    "38, EPERM", // AF_ALG
    "39, ALLOWED", // AF_NFC
    "40, EPERM", // AF_VSOCK
    "41, ALLOWED", // AF_KCM
    "45, ALLOWED", // AF_MCTP
    "0x100000026, EPERM", // AF_ALG to the kernel, which takes an int
    "0xFFFFFFFF00000028, EPERM",
    "0x100000002, ALLOWED", // AF_INET
  })
  void socketsAreOfEveryFamilyButAlgAndVsock(String family, String expected) {
    long value =
        Long.parseUnsignedLong(family.replace("0x", ""), family.startsWith("0x") ? 16 : 10);
    assertThat(name(run(filter(CapabilitySet.DEFAULT), 41, value))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, ALLOWED",
    "8, ALLOWED",
    "0x20000, ALLOWED",
    "0x20008, ALLOWED",
    "0xFFFFFFFF, ALLOWED",
    "0x40000, EPERM", // ADDR_NO_RANDOMIZE
    "0x100000000, EPERM"
  })
  void personalityKeepsAddressesRandom(String value, String expected) {
    assertThat(name(run(filter(CapabilitySet.DEFAULT), 135, Long.decode(value))))
        .isEqualTo(expected);
  }

  @Test
  void everyNameOfTheProfileIsASystemCallOfSomeArchitecture() {
    TreeSet<String> known = new TreeSet<>(List.of("riscv_hwprobe"));
    for (SeccompArchitecture architecture : SeccompArchitecture.values()) {
      known.addAll(SyscallTable.of(architecture).numbers().keySet());
    }
    for (SeccompArchitecture machine :
        List.of(SeccompArchitecture.X86_64, SeccompArchitecture.AARCH64)) {
      DefaultSeccomp.profile(CapabilitySet.ALL, machine)
          .syscalls()
          .forEach(rule -> assertThat(known).containsAll(rule.names()));
    }
  }

  private static ClassicBpf filter(CapabilitySet capabilities) {
    return new ClassicBpf(
        DefaultSeccomp.program(capabilities, SeccompArchitecture.X86_64).instructions());
  }

  private static int run(ClassicBpf filter, int number, long first) {
    return filter.run(
        SeccompArchitecture.X86_64.auditArch(), number, new long[] {first, 0, 0, 0, 0, 0});
  }

  private static String name(int result) {
    return switch (result) {
      case ALLOWED -> "ALLOWED";
      case EPERM -> "EPERM";
      case ENOSYS -> "ENOSYS";
      default -> Integer.toHexString(result);
    };
  }
}
