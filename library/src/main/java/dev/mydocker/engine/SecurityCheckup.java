package dev.mydocker.engine;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.runtime.security.Capability;
import dev.mydocker.runtime.security.CapabilitySet;
import java.util.List;
import java.util.Optional;

/** What we may do, and what keeps containers in. */
final class SecurityCheckup {
  private static final String AREA = "security";

  /** Without one of these no container can be made as it should be. */
  private static final CapabilitySet NEEDED =
      CapabilitySet.DEFAULT.plus(CapabilitySet.of(Capability.SYS_ADMIN));

  private final Facts facts;
  private final Findings findings;

  SecurityCheckup(FileWorker files, Findings findings) {
    this.facts = new Facts(files);
    this.findings = findings;
  }

  void run() {
    capabilities();
    seccomp();
    memfd();
    modules();
  }

  private void capabilities() {
    String effective = facts.field("/proc/thread-self/status", "CapEff:");
    Optional<Long> last = facts.number("/proc/sys/kernel/cap_last_cap");
    if (effective.isEmpty() || last.isEmpty()) {
      findings.degraded(AREA, "capabilities", "/proc does not tell them", "mount /proc");
      return;
    }
    CapabilitySet ours = CapabilitySet.ofMask(Long.parseUnsignedLong(effective, 16));
    CapabilitySet missing = NEEDED.minus(ours);
    CapabilitySet others =
        CapabilitySet.upTo(Math.toIntExact(last.get())).minus(ours).minus(missing);
    if (!missing.isEmpty()) {
      findings.unusable(AREA, "capabilities", "without " + missing, "run as root");
    } else if (!others.isEmpty()) {
      findings.note(
          AREA,
          "capabilities",
          "without " + others + ", which containers cannot get either",
          "nothing to do unless a container asks for them");
    } else {
      findings.ok(AREA, "capabilities", "all");
    }
  }

  private void seccomp() {
    String actions = facts.text("/proc/sys/kernel/seccomp/actions_avail");
    List<String> words = List.of(actions.split(" "));
    if (words.contains("errno") && words.contains("allow")) {
      findings.ok(AREA, "seccomp", "filters system calls");
    } else {
      findings.degraded(
          AREA,
          "seccomp",
          "the kernel filters no system calls, so containers do not start by default",
          "boot a kernel with CONFIG_SECCOMP_FILTER, or use --security-opt seccomp=unconfined");
    }
    if (facts.field("/proc/thread-self/status", "Seccomp:").equals("2")) {
      findings.note(
          AREA,
          "own seccomp",
          "a filter holds for mydocker itself, and so for every container",
          "if containers do not start, start mydocker outside of the container or service");
    }
  }

  /** The helper is executed from a memory file. */
  private void memfd() {
    Optional<Long> noexec = facts.number("/proc/sys/vm/memfd_noexec");
    if (noexec.isEmpty() || noexec.get() < 2) {
      findings.ok(AREA, "memory files", "can be executed");
    } else {
      findings.unusable(
          AREA,
          "memory files",
          "vm.memfd_noexec is " + noexec.get() + ": the helper cannot be executed from one",
          "sysctl vm.memfd_noexec=1");
    }
  }

  private void modules() {
    if (facts.text("/sys/module/apparmor/parameters/enabled").equals("Y")) {
      if (AppArmor.PARSERS.stream().anyMatch(facts::exists)) {
        findings.ok(AREA, "AppArmor", "on: containers get a profile");
      } else {
        findings.degraded(
            AREA,
            "AppArmor",
            "on, but without apparmor_parser containers do not start by default",
            "install the package apparmor, or use --security-opt apparmor=unconfined");
      }
    } else {
      findings.ok(AREA, "AppArmor", "off: containers get no profile");
    }
    if (facts.text("/sys/fs/selinux/enforce").equals("1")) {
      findings.note(
          AREA,
          "SELinux",
          "enforcing: mydocker gives containers no label of their own",
          "what a bind mount shows may be refused: relabel it, or allow it in the policy");
    }
  }
}
