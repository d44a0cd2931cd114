package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Proc;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import dev.mydocker.testkit.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of containers by {@code mydocker-oci}, as a shim sees it. */
@Requires({Need.ROOT, Need.BUSYBOX})
@ExtendWith(SandboxExtension.class)
class OciRuntimeIT {
  private static final String ID = "box";

  private Sandbox sandbox;
  private final List<OciBundle> bundles = new ArrayList<>();

  @BeforeEach
  void take(Sandbox taken) {
    sandbox = taken;
  }

  @AfterEach
  void cleanUp() {
    for (OciBundle bundle : bundles) {
      bundle.run("delete", "--force", ID);
    }
  }

  private OciBundle bundle(String line) throws IOException {
    OciBundle bundle = new OciBundle(sandbox, line);
    bundles.add(bundle);
    return bundle;
  }

  private static List<String> containers(Sandbox sandbox) throws IOException {
    Path root = OciBundle.root(sandbox);
    if (!Files.exists(root)) {
      return List.of();
    }
    try (var entries = Files.list(root)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }

  @Test
  void aContainerIsCreatedStartedKilledAndDeleted() throws IOException {
    OciBundle bundle = bundle("exec sleep 100").write();
    Path pidFile = bundle.directory().resolve("pid");

    bundle.run("create", "--pid-file", pidFile.toString(), ID).orThrow();
    long pid = Long.parseLong(Files.readString(pidFile, StandardCharsets.UTF_8));
    assertThat(bundle.status(ID)).isEqualTo("created");
    assertThat(Path.of("/proc/" + pid + "/exe").toRealPath().toString()).contains("memfd");

    bundle.run("start", ID).orThrow();
    assertThat(bundle.status(ID)).isEqualTo("running");
    assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.UTF_8))
        .isEqualTo("sleep\0100\0");

    bundle.run("kill", ID, "KILL").orThrow();
    new Proc.Ended(pid).await();
    assertThat(bundle.status(ID)).isEqualTo("stopped");
    bundle.run("delete", ID).orThrow();

    assertThat(containers(sandbox)).isEmpty();
    assertThat(bundle.run("state", ID).stderr()).contains("container does not exist");
  }
}
