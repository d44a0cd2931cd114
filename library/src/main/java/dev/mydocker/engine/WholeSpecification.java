package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.security.DefaultSeccomp;

/**
 * The OCI runtime specification of a container's last start with what the engine adds to it: the
 * default seccomp profile, which {@code bundle/config.json} leaves out.
 */
final class WholeSpecification {
  private WholeSpecification() {}

  static String of(Workbench bench, String id) {
    ContainerRecord record = bench.containers().read(id);
    String path = bench.directory().container(id) + "/bundle/config.json";
    byte[] json =
        bench
            .files()
            .readIfThere(FileWorker.HOST, path)
            .orElseThrow(
                () ->
                    MydockerException.of(
                        Category.CONFLICT,
                        "read the OCI configuration of container",
                        record.name(),
                        "it is made at the first start"));
    RuntimeSpec spec = RuntimeSpec.parse(json, path);
    LinuxSpec linux = spec.linux();
    SecurityOptions security = record.spec().security();
    if (linux != null && security.seccomp() == null && !security.privileged()) {
      Host host = Host.of(bench.files());
      LinuxSpec filtered =
          linux.toBuilder()
              .seccomp(
                  DefaultSeccomp.profile(SpecMaker.capabilities(security, host), host.machine()))
              .build();
      spec = spec.toBuilder().linux(filtered).build();
    }
    return Json.pretty(spec.toJson());
  }
}
