package dev.mydocker.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppArmorProfileTest {
  /** {@code deny /path/with/globs permissions,} */
  private static final Pattern DENY = Pattern.compile("  deny (/\\S+) ([rwklx]+),");

  @ParameterizedTest
  @CsvSource({
    "/proc/1/oom_score_adj, true",
    "/proc/4711/task/4711/comm, true",
    "/proc/sys/kernel/shmmax, true",
    "/proc/sys/kernel/shm_rmid_forced, true",
    "/proc/sys/kernel/core_pattern, false",
    "/proc/sys/kernel/sched_rt_runtime_us, false",
    "/proc/sys/kernel/sysrq, false",
    "/proc/sys/kernel/random/entropy_avail, false",
    "/proc/sys/kernel/s, false",
    "/proc/sys/vm/drop_caches, false",
    "/proc/sys/net/ipv4/ip_forward, false",
    "/proc/sys/fs/binfmt_misc/register, false",
    "/proc/sysrq-trigger, false",
    "/proc/kcore, false",
    "/proc/irq/1/smp_affinity, false",
    "/proc/scsi/scsi, false",
    "/proc/sysvipc/shm, false",
    "/proc/self/comm, false", // never asked for: it is resolved to /proc/PID
    "/proc/acpi/wakeup, false",
    "/sys/fs/cgroup/memory/x/memory.limit_in_bytes, true",
    "/sys/fs/fuse/connections/40/abort, false",
    "/sys/fs/bpf/map, false",
    "/sys/firmware/efi/efivars/Boot0000, false",
    "/sys/kernel/uevent_helper, false",
    "/sys/kernel/security/apparmor/.load, false",
    "/sys/devices/virtual/powercap/intel-rapl/enabled, false",
    "/sys/class/net/eth0/mtu, false",
    "/etc/passwd, true",
    "/home/user/file, true",
    "/dev/null, true"
  })
  void writingIsForProcessesSharedMemoryAndCgroups(String path, boolean allowed) {
    assertThat(denied(path, 'w')).isEqualTo(!allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "/proc/kcore, false",
    "/sys/firmware/acpi/tables/DSDT, false",
    "/sys/devices/virtual/powercap/intel-rapl/energy_uj, false",
    "/sys/kernel/security/lsm, false",
    "/proc/sys/kernel/osrelease, true",
    "/proc/cpuinfo, true",
    "/sys/class/net/eth0/mtu, true"
  })
  void readingIsForAllButTheHostsMemoryFirmwareAndSecurity(String path, boolean allowed) {
    assertThat(denied(path, 'r')).isEqualTo(!allowed);
  }

  @Test
  void everythingElseACapabilityOrAnOwnerMayDoIsLeftAlone() {
    List<String> lines = AppArmorProfile.text().lines().toList();

    assertThat(lines)
        .contains(
            "profile mydocker-default flags=(attach_disconnected,mediate_deleted) {",
            "  network,",
            "  capability,",
            "  file,",
            "  umount,",
            "  deny mount,",
            "  deny network alg,",
            "  signal (receive) peer=unconfined,",
            "  signal (send, receive) peer=mydocker-default,",
            "  ptrace (trace, read, tracedby, readby) peer=mydocker-default,")
        .allMatch(line -> line.isBlank() || line.matches("\\s*#.*|.*[,{}]"));
  }

  private static boolean denied(String path, char permission) {
    return DENY.matcher(AppArmorProfile.text())
        .results()
        .anyMatch(
            rule -> rule.group(2).indexOf(permission) >= 0 && path.matches(regex(rule.group(1))));
  }

  /** The globs of apparmor.d(5): only two asterisks cross a slash, braces are alternatives. */
  private static String regex(String glob) {
    StringBuilder regex = new StringBuilder();
    int braces = 0;
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (glob.startsWith("**", i)) {
        // After a slash, at least one character has to follow.
        regex.append(i > 0 && glob.charAt(i - 1) == '/' ? ".+" : ".*");
        i++;
      } else if (c == '*') {
        regex.append(i > 0 && glob.charAt(i - 1) == '/' ? "[^/]+" : "[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else if (c == '{') {
        braces++;
        regex.append("(?:");
      } else if (c == '}') {
        braces--;
        regex.append(')');
      } else if (c == ',' && braces > 0) {
        regex.append('|');
      } else if (c == '[' || c == ']' || c == '^' || Character.isLetterOrDigit(c)) {
        regex.append(c);
      } else {
        regex.append('\\').append(c);
      }
    }
    return regex.toString().replace("\\-", "-");
  }
}
