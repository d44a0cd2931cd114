package dev.mydocker.runtime;

import dev.mydocker.oci.spec.LinuxCapabilities;
import dev.mydocker.oci.spec.LinuxDevice;
import dev.mydocker.oci.spec.LinuxDeviceCgroup;
import dev.mydocker.oci.spec.LinuxResources;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.MountSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RootSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.rootfs.MountOptions;
import dev.mydocker.runtime.security.Capability;
import dev.mydocker.runtime.security.DefaultDevices;
import java.util.ArrayList;
import java.util.List;

/**
 * A specification that somebody else wrote, made ready to be performed: checked, with what every
 * container has (config-linux.md, "Default Devices"), and with paths of the bundle in full. The
 * engine's own specifications are so from the beginning.
 *
 * @param spec what is performed
 * @param warnings what cannot be, and need not, as the specification has it
 */
public record PreparedSpec(RuntimeSpec spec, List<String> warnings) {
  /** Copies the list. */
  public PreparedSpec {
    warnings = List.copyOf(warnings);
  }

  /**
   * Prepares the specification of a bundle.
   *
   * @param bundle its directory, absolute
   * @throws dev.mydocker.MydockerException naming the member that is wrong
   */
  public static PreparedSpec of(RuntimeSpec spec, String bundle) {
    SpecRules.check(spec);
    List<String> warnings = new ArrayList<>();
    LinuxSpec linux = Specs.linux(spec);
    RootSpec root = Specs.root(spec);
    RuntimeSpec.Builder builder =
        spec.toBuilder()
            .root(absolute(bundle, root.path()), root.readonly())
            .process(known(Specs.process(spec), warnings))
            .linux(complete(linux, hasHostDevices(spec.mounts())))
            .replaceMounts(mounts(spec.mounts(), bundle));
    return new PreparedSpec(builder.build(), warnings);
  }

  /**
   * Prepares a process that is executed in a container.
   *
   * @param warnings what cannot be performed, and need not, is added here
   * @throws dev.mydocker.MydockerException naming the member that is wrong
   */
  public static ProcessSpec process(ProcessSpec process, List<String> warnings) {
    SpecRules.checkProcess(process, "");
    return known(process, warnings);
  }

  private static String absolute(String bundle, String path) {
    return path.startsWith("/") ? path : bundle + "/" + path;
  }

  private static List<MountSpec> mounts(List<MountSpec> mounts, String bundle) {
    List<MountSpec> all = new ArrayList<>(mounts.size());
    for (MountSpec mount : mounts) {
      String source = mount.source();
      boolean bind = MountOptions.of(mount).bind();
      String destination = mount.destination();
      all.add(
          new MountSpec(
              destination.startsWith("/") ? destination : "/" + destination,
              mount.type(),
              bind && source != null ? absolute(bundle, source) : source,
              mount.options(),
              mount.uidMappings(),
              mount.gidMappings(),
              mount.rest()));
    }
    return all;
  }

  /**
   * Leaves capabilities out that nobody knows: the specification wants a warning, not a failure.
   */
  private static ProcessSpec known(ProcessSpec process, List<String> warnings) {
    LinuxCapabilities given = process.capabilities();
    if (given == null) {
      // As runc: a process whose capabilities are not listed has none.
      return process.toBuilder().capabilities(LinuxCapabilities.NONE).build();
    }
    LinuxCapabilities known =
        new LinuxCapabilities(
            known(given.bounding(), warnings),
            known(given.effective(), warnings),
            known(given.inheritable(), warnings),
            known(given.permitted(), warnings),
            known(given.ambient(), warnings),
            given.rest());
    return process.toBuilder().capabilities(known).build();
  }

  private static List<String> known(List<String> names, List<String> warnings) {
    List<String> known = new ArrayList<>(names.size());
    for (String name : names) {
      if (Capability.isKnown(name)) {
        known.add(name);
      } else {
        String warning = "ignore the unknown capability " + name;
        if (!warnings.contains(warning)) {
          warnings.add(warning);
        }
      }
    }
    return known;
  }

  /** Whether /dev is a directory of the host, in which nothing may be replaced. */
  private static boolean hasHostDevices(List<MountSpec> mounts) {
    for (MountSpec mount : mounts) {
      if (Lowering.relative(mount.destination()).equals("dev") && MountOptions.of(mount).bind()) {
        return true;
      }
    }
    return false;
  }

  private static LinuxSpec complete(LinuxSpec linux, boolean hostDevices) {
    LinuxSpec.Builder builder = linux.toBuilder();
    for (LinuxDevice node : DefaultDevices.NODES) {
      boolean given = hostDevices;
      for (LinuxDevice device : linux.devices()) {
        given |= device.path().equals(node.path());
      }
      if (!given) {
        builder.device(node);
      }
    }
    LinuxResources resources = linux.resources();
    return builder.resources(complete(resources == null ? LinuxResources.NONE : resources)).build();
  }

  /**
   * Nothing is allowed but what is said, and the default devices whatever is said, as in runc: who
   * denies all devices means all others.
   */
  private static LinuxResources complete(LinuxResources resources) {
    List<LinuxDeviceCgroup> rules = new ArrayList<>();
    rules.add(LinuxDeviceCgroup.denyAll());
    rules.addAll(resources.devices());
    rules.addAll(DefaultDevices.RULES.subList(1, DefaultDevices.RULES.size()));
    return resources.toBuilder().devices(rules).build();
  }
}
