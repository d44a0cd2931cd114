package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.spec.LinuxDevice;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxPersonality;
import dev.mydocker.oci.spec.LinuxSeccomp;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.MountSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.Rlimit;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.oci.spec.SeccompAction;
import dev.mydocker.oci.spec.SeccompSyscall;
import dev.mydocker.runtime.rootfs.MountOptions;
import dev.mydocker.runtime.security.RlimitNames;
import java.util.List;

/**
 * What a {@code config.json} must be beyond the types of its members: values that contradict each
 * other, or that nothing would come of. Each refusal names the member by its path.
 */
final class SpecRules {
  private static final List<String> CLOCKS = List.of("monotonic", "boottime");
  private static final List<String> PROPAGATIONS =
      List.of(
          "private",
          "rprivate",
          "slave",
          "rslave",
          "shared",
          "rshared",
          "unbindable",
          "runbindable");

  private final RuntimeSpec spec;
  private final LinuxSpec linux;

  private SpecRules(RuntimeSpec spec) {
    this.spec = spec;
    this.linux = Specs.linux(spec);
  }

  /**
   * Checks a whole specification.
   *
   * @throws FieldException naming the first member that is wrong
   */
  static void check(RuntimeSpec spec) {
    checkVersion(spec.ociVersion());
    Specs.root(spec);
    checkProcess(Specs.process(spec), "process.");
    SpecRules rules = new SpecRules(spec);
    rules.checkNamespaces();
    rules.checkUserNamespace();
    rules.checkPersonality();
    rules.checkTime();
    rules.checkMounts();
    rules.checkDevices();
    rules.checkSeccomp();
    rules.checkNetwork();
    SysctlRules.check(spec, rules.linux);
    rules.refuseUnsupported();
  }

  private void refuseUnsupported() {
    if (linux.intelRdt() != null) {
      throw MydockerException.said(
          Category.UNSUPPORTED,
          "linux.intelRdt: classes of service of resctrl are not supported",
          "check",
          "linux.intelRdt",
          "classes of service of resctrl are not supported",
          "leave it out, or move the process into one from outside");
    }
  }

  /** What holds for the process of a container, and for one that is executed in it. */
  static void checkProcess(ProcessSpec process, String path) {
    Fields.require(!process.args().isEmpty(), path + "args", "no command");
    Fields.requireText(path + "args[0]", process.args().get(0));
    for (int i = 0; i < process.rlimits().size(); i++) {
      Rlimit limit = process.rlimits().get(i);
      Fields.require(
          RlimitNames.number(limit.type()).isPresent(),
          path + "rlimits[" + i + "].type",
          "unknown resource \"" + limit.type() + "\"");
    }
  }

  /** Any version of 1, earlier and later ones: later ones only add. */
  private static void checkVersion(String version) {
    String[] parts = version.split("[-+]", 2)[0].split("\\.", -1);
    boolean numbers = parts.length == 3;
    for (String part : parts) {
      numbers &=
          !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
    }
    Fields.require(numbers, "ociVersion", "not a version such as 1.3.0: \"" + version + "\"");
    Fields.require(
        parts[0].equals("1"),
        "ociVersion",
        "version " + version + " is not supported, only those of 1");
  }

  private void checkNamespaces() {
    Fields.require(
        has(LinuxNamespace.Type.MOUNT),
        "linux.namespaces",
        "a namespace of type mount is missing; without one the container's mounts were the host's");
    boolean uts = has(LinuxNamespace.Type.UTS);
    Fields.require(spec.hostname() == null || uts, "hostname", "needs a namespace of type uts");
    Fields.require(spec.domainname() == null || uts, "domainname", "needs a namespace of type uts");
    String propagation = linux.rootfsPropagation();
    if (propagation != null) {
      Fields.requireOneOf("linux.rootfsPropagation", propagation, PROPAGATIONS);
    }
    checkPaths("linux.maskedPaths", linux.maskedPaths());
    checkPaths("linux.readonlyPaths", linux.readonlyPaths());
  }

  private static void checkPaths(String name, List<String> paths) {
    for (int i = 0; i < paths.size(); i++) {
      Fields.requireAbsolute(name + "[" + i + "]", paths.get(i));
    }
  }

  private void checkUserNamespace() {
    LinuxNamespace user = linux.namespace(LinuxNamespace.Type.USER);
    boolean uids = !linux.uidMappings().isEmpty();
    boolean gids = !linux.gidMappings().isEmpty();
    if (user == null) {
      Fields.require(!uids, "linux.uidMappings", "needs a namespace of type user");
      Fields.require(!gids, "linux.gidMappings", "needs a namespace of type user");
    } else if (user.path() == null) {
      Fields.require(uids, "linux.uidMappings", "missing: the user namespace would have no users");
      Fields.require(gids, "linux.gidMappings", "missing: the user namespace would have no groups");
    }
  }

  private void checkPersonality() {
    LinuxPersonality personality = linux.personality();
    Fields.require(
        personality == null || personality.flags().isEmpty(),
        "linux.personality.flags",
        "none is defined");
  }

  private void checkTime() {
    for (String clock : linux.timeOffsets().keySet()) {
      String path = "linux.timeOffsets." + clock;
      Fields.require(CLOCKS.contains(clock), path, "unknown clock, expected monotonic, boottime");
      Fields.require(
          Specs.isNew(linux, LinuxNamespace.Type.TIME), path, "needs a new namespace of type time");
    }
  }

  private void checkMounts() {
    for (int i = 0; i < spec.mounts().size(); i++) {
      try {
        checkMount(spec.mounts().get(i));
      } catch (FieldException e) {
        throw e.within("mounts[" + i + "]");
      }
    }
  }

  private void checkMount(MountSpec mount) {
    MountOptions options = MountOptions.of(mount);
    boolean uids = !mount.uidMappings().isEmpty();
    boolean gids = !mount.gidMappings().isEmpty();
    Fields.require(gids || !uids, "gidMappings", "missing beside uidMappings");
    Fields.require(uids || !gids, "uidMappings", "missing beside gidMappings");
    boolean mapped = options.idMapped();
    Fields.require(mapped || !uids, "uidMappings", "needs the option idmap or ridmap");
    Fields.require(
        !mapped || uids || has(LinuxNamespace.Type.USER),
        "options",
        "idmap needs uidMappings and gidMappings, or a namespace of type user");
    if (options.bind()) {
      checkBindOptions(mount.options());
      Fields.require(mount.source() != null, "source", "missing for a bind mount");
      Fields.require(!options.copyUp(), "options", "tmpcopyup is for tmpfs only");
    } else {
      String type = mount.type();
      Fields.require(type != null, "type", "missing for a mount that is no bind mount");
      Fields.require(
          !options.copyUp() || "tmpfs".equals(type), "options", "tmpcopyup is for tmpfs only");
      Fields.require(!mapped, "options", "idmap is for bind mounts only");
    }
  }

  /** The kernel takes no notice of a file system's options where no file system is made. */
  private static void checkBindOptions(List<String> options) {
    for (int i = 0; i < options.size(); i++) {
      Fields.require(
          MountOptions.of(List.of(options.get(i))).data().isEmpty(),
          "options[" + i + "]",
          "unknown option of a bind mount \"" + options.get(i) + "\"");
    }
  }

  private void checkDevices() {
    List<LinuxDevice> devices = linux.devices();
    for (int i = 0; i < devices.size(); i++) {
      for (int j = 0; j < i; j++) {
        Fields.require(
            !devices.get(j).path().equals(devices.get(i).path()),
            "linux.devices[" + i + "].path",
            "a second device " + devices.get(i).path());
      }
    }
  }

  private void checkSeccomp() {
    LinuxSeccomp seccomp = linux.seccomp();
    if (seccomp == null) {
      return;
    }
    Fields.require(
        seccomp.listenerMetadata() == null || seccomp.listenerPath() != null,
        "linux.seccomp.listenerMetadata",
        "nobody is told it without a listenerPath");
    for (int i = 0; i < seccomp.syscalls().size(); i++) {
      SeccompSyscall rule = seccomp.syscalls().get(i);
      Fields.require(
          rule.action() != SeccompAction.NOTIFY || seccomp.listenerPath() != null,
          "linux.seccomp.syscalls[" + i + "].action",
          "SCMP_ACT_NOTIFY needs a listenerPath");
    }
  }

  private void checkNetwork() {
    for (String name : linux.netDevices().keySet()) {
      String path = "linux.netDevices." + name;
      Fields.require(has(LinuxNamespace.Type.NETWORK), path, "needs a namespace of type network");
      String inside = linux.netDevices().get(name).name();
      checkInterface(path, name, false);
      if (inside != null) {
        checkInterface(path + ".name", inside, true);
      }
    }
  }

  /** As the kernel's dev_valid_name(): at most 15 bytes, no slash, colon or space. */
  private static void checkInterface(String path, String name, boolean pattern) {
    boolean valid =
        !name.isEmpty() && name.length() < 16 && !name.equals(".") && !name.equals("..");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      valid &= c > ' ' && c != '/' && c != ':' && (c != '%' || pattern && name.indexOf("%d") == i);
    }
    Fields.require(valid, path, "not the name of a network device: \"" + name + "\"");
  }

  private boolean has(LinuxNamespace.Type type) {
    return linux.namespace(type) != null;
  }
}
