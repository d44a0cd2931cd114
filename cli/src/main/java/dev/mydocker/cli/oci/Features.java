package dev.mydocker.cli.oci;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectWriter;
import dev.mydocker.oci.spec.LinuxMemoryPolicy;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.oci.spec.SeccompAction;
import dev.mydocker.oci.spec.SeccompOperator;
import dev.mydocker.runtime.rootfs.MountOptions;
import dev.mydocker.runtime.security.Capability;
import dev.mydocker.runtime.security.SeccompCompiler;
import java.util.ArrayList;
import java.util.List;

/** {@code features} (features.md of the specification), and {@code --version}. */
final class Features {
  private static final List<String> ARCHITECTURES =
      List.of(
          "SCMP_ARCH_AARCH64",
          "SCMP_ARCH_ARM",
          "SCMP_ARCH_X32",
          "SCMP_ARCH_X86",
          "SCMP_ARCH_X86_64");

  private Features() {}

  static String version() {
    return "mydocker-oci version 0.1.0\nspec: " + RuntimeSpec.VERSION + "\n";
  }

  static void print(OciCall call) {
    JsonObject linux =
        new ObjectWriter()
            .putStrings(
                "namespaces",
                List.of("cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"))
            .putStrings("capabilities", capabilities())
            .put(
                "cgroup",
                (JsonValue)
                    new ObjectWriter()
                        .put("v1", true)
                        .put("v2", true)
                        .put("systemd", true)
                        .put("systemdUser", false)
                        .put("rdma", true)
                        .finish())
            .put("seccomp", (JsonValue) seccomp())
            .put("apparmor", (JsonValue) enabled(true))
            .put("selinux", (JsonValue) enabled(true))
            .put("memoryPolicy", (JsonValue) memoryPolicy())
            .put("intelRdt", (JsonValue) enabled(false))
            .put("netDevices", (JsonValue) enabled(true))
            .put(
                "mountExtensions",
                (JsonValue) new ObjectWriter().put("idmap", (JsonValue) enabled(true)).finish())
            .finish();
    JsonObject all =
        new ObjectWriter()
            .put("ociVersionMin", "1.0.0")
            .put("ociVersionMax", RuntimeSpec.VERSION)
            .putStrings(
                "hooks",
                List.of(
                    "prestart",
                    "createRuntime",
                    "createContainer",
                    "startContainer",
                    "poststart",
                    "poststop"))
            .putStrings("mountOptions", MountOptions.WORDS)
            .put("linux", (JsonValue) linux)
            .finish();
    call.invocation().out().println(Json.pretty(all));
  }

  private static JsonObject enabled(boolean enabled) {
    return new ObjectWriter().put("enabled", enabled).finish();
  }

  private static JsonObject memoryPolicy() {
    return new ObjectWriter()
        .putStrings("modes", LinuxMemoryPolicy.MODES)
        .putStrings("flags", LinuxMemoryPolicy.FLAGS)
        .finish();
  }

  private static List<String> capabilities() {
    List<String> names = new ArrayList<>();
    for (Capability capability : Capability.values()) {
      names.add("CAP_" + capability.name());
    }
    return names;
  }

  private static JsonObject seccomp() {
    List<String> actions = new ArrayList<>();
    for (SeccompAction action : SeccompAction.values()) {
      actions.add(action.word());
    }
    List<String> operators = new ArrayList<>();
    for (SeccompOperator operator : SeccompOperator.values()) {
      operators.add(operator.word());
    }
    return new ObjectWriter()
        .put("enabled", true)
        .putStrings("actions", actions)
        .putStrings("operators", operators)
        .putStrings("archs", ARCHITECTURES)
        .putStrings("knownFlags", SeccompCompiler.FLAGS)
        .putStrings("supportedFlags", SeccompCompiler.FLAGS)
        .finish();
  }
}
