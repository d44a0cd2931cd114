package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.runtime.rootfs.Overlay;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whether the kernel is new enough and has what every container needs. */
final class KernelCheckup {
  private static final String AREA = "kernel";
  private static final List<String> NEEDED = List.of("mnt", "pid", "uts", "ipc", "net", "cgroup");
  private static final List<String> OPTIONAL = List.of("user", "time");
  private static final int MAJOR = 5;
  private static final int MINOR = 14;

  /** Below it a machine with some containers runs into the limit. */
  private static final long FEW = 64;

  private final Workbench bench;
  private final Facts facts;
  private final Findings findings;

  KernelCheckup(Workbench bench, Findings findings) {
    this.bench = bench;
    this.facts = new Facts(bench.files());
    this.findings = findings;
  }

  void run() {
    version();
    findings.guard(AREA, "overlay", this::overlay);
    int before = findings.all().size();
    for (String name : NEEDED) {
      namespace(name, true);
    }
    for (String name : OPTIONAL) {
      namespace(name, false);
    }
    if (findings.all().size() == before) {
      findings.ok(AREA, "namespaces", String.join(" ", NEEDED) + " " + String.join(" ", OPTIONAL));
    }
    keys();
  }

  private void version() {
    String release = facts.text("/proc/sys/kernel/osrelease");
    if (isAtLeast(release, MAJOR, MINOR)) {
      findings.ok(AREA, "version", release);
    } else {
      findings.unusable(
          AREA,
          "version",
          release.isEmpty()
              ? "/proc/sys/kernel/osrelease cannot be read"
              : release + " is too old: " + MAJOR + "." + MINOR + " is needed",
          release.isEmpty()
              ? "mount /proc"
              : "boot a kernel of version " + MAJOR + "." + MINOR + " or later");
    }
  }

  /** Whether a release such as {@code 6.1.0-56-amd64} is that version or a later one. */
  static boolean isAtLeast(String release, int major, int minor) {
    int dot = release.indexOf('.');
    if (dot < 0) {
      return false;
    }
    int end = dot + 1;
    while (end < release.length() && Character.isDigit(release.charAt(end))) {
      end++;
    }
    Optional<Long> first = Facts.parse(release.substring(0, dot));
    Optional<Long> second = Facts.parse(release.substring(dot + 1, end));
    return first.isPresent()
        && second.isPresent()
        && (first.get() > major || first.get() == major && second.get() >= minor);
  }

  /** Two directories that are always there make an overlay, read-only: nothing is written. */
  private void overlay() {
    try {
      Overlay overlay = new Overlay(List.of("/dev", "/"), null, null, false);
      bench.files().close(overlay.mount(bench.performer()));
      findings.ok(AREA, "overlay", "can be mounted");
    } catch (MydockerException e) {
      findings.unusable(AREA, "overlay", e);
    }
  }

  private void namespace(String name, boolean needed) {
    String subject = name + " namespaces";
    String limit = "/proc/sys/user/max_" + name + "_namespaces";
    if (!facts.exists("/proc/self/ns/" + name)) {
      bad(needed, subject, "the kernel has none", "boot a kernel with CONFIG_" + config(name));
      return;
    }
    Optional<Long> most = facts.number(limit);
    String sysctl = "sysctl user.max_" + name + "_namespaces=10000";
    if (most.isPresent() && most.get() == 0) {
      bad(needed, subject, limit + " is 0: none can be made", sysctl);
    } else if (most.isPresent() && most.get() < FEW) {
      findings.degraded(AREA, subject, limit + " is only " + most.get(), sysctl);
    }
  }

  private static String config(String name) {
    return switch (name) {
      case "mnt" -> "NAMESPACES";
      case "cgroup" -> "CGROUPS";
      default -> name.toUpperCase(Locale.ROOT) + "_NS";
    };
  }

  private void bad(boolean needed, String subject, String message, String fix) {
    if (needed) {
      findings.unusable(AREA, subject, message, fix);
    } else {
      findings.note(AREA, subject, message, fix);
    }
  }

  /** Every container has a session keyring of its own; root's share of keys is limited. */
  private void keys() {
    // proc(5): "uid: usage nkeys/nikeys qnkeys/maxkeys qnbytes/maxbytes"
    String line = facts.field("/proc/key-users", "0:");
    String[] fields = line.split(" +");
    if (fields.length < 4) {
      findings.note(
          AREA,
          "keys",
          "/proc/key-users says nothing: containers share the session keyring of who starts them",
          "boot a kernel with CONFIG_KEYS");
      return;
    }
    String[] number = fields[2].split("/", -1);
    Optional<Long> used = Facts.parse(number[0]);
    Optional<Long> most = Facts.parse(number[number.length - 1]);
    if (used.isPresent() && most.isPresent() && used.get() * 10 >= most.get() * 9) {
      findings.degraded(
          AREA,
          "keys",
          "root has " + used.get() + " of " + most.get() + " keys: the next containers get none",
          "sysctl kernel.keys.root_maxkeys=1000000");
    } else {
      findings.ok(AREA, "keys", "root has " + number[0] + " of " + number[number.length - 1]);
    }
  }
}
