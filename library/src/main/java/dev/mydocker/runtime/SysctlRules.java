package dev.mydocker.runtime;

import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which kernel parameters a container may set: those that belong to a namespace of its own, as runc
 * has it. Any other would change the host.
 */
final class SysctlRules {
  private static final Set<String> OF_IPC =
      Set.of(
          "kernel.msgmax",
          "kernel.msgmnb",
          "kernel.msgmni",
          "kernel.sem",
          "kernel.shmall",
          "kernel.shmmax",
          "kernel.shmmni",
          "kernel.shm_rmid_forced");

  private SysctlRules() {}

  static void check(RuntimeSpec spec, LinuxSpec linux) {
    for (Map.Entry<String, String> parameter : linux.sysctl().entrySet()) {
      String key = parameter.getKey();
      String problem = problem(spec, linux, dotted(key), parameter.getValue());
      if (problem != null) {
        throw new FieldException("linux.sysctl." + key, problem);
      }
    }
  }

  /** A name with dots as separators: sysctl(8) takes either, and the first one tells which. */
  private static String dotted(String key) {
    int slash = key.indexOf('/');
    int dot = key.indexOf('.');
    boolean slashes = slash >= 0 && (dot < 0 || slash < dot);
    return slashes ? key.replace('.', '\0').replace('/', '.').replace('\0', '/') : key;
  }

  private static @Nullable String problem(
      RuntimeSpec spec, LinuxSpec linux, String key, String value) {
    if (key.isEmpty() || key.startsWith(".") || key.contains("..") || key.indexOf('\0') >= 0) {
      return "not the name of a kernel parameter";
    }
    if (OF_IPC.contains(key) || key.startsWith("fs.mqueue.")) {
      return owned(linux, LinuxNamespace.Type.IPC);
    }
    if (key.startsWith("net.")) {
      return owned(linux, LinuxNamespace.Type.NETWORK);
    }
    if (key.equals("kernel.hostname")) {
      return "set \"hostname\" instead";
    }
    if (key.equals("kernel.domainname")) {
      String domainname = spec.domainname();
      return domainname == null || domainname.equals(value)
          ? owned(linux, LinuxNamespace.Type.UTS)
          : "\"domainname\" is set too, to another value";
    }
    return "it belongs to no namespace, so it would change the host";
  }

  private static @Nullable String owned(LinuxSpec linux, LinuxNamespace.Type type) {
    return linux.namespace(type) != null
        ? null
        : "it would change the host: the container has no " + type.word() + " namespace of its own";
  }
}
