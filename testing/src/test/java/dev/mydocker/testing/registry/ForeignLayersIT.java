package dev.mydocker.testing.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Layers for which a manifest names addresses outside of its registry. */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class ForeignLayersIT {
  private static final String TYPE = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

  /** Serves an image whose layer is said to be at another host, which has it. */
  private static SmallImage serve(FakeRegistry registry, FakeRegistry elsewhere) {
    SmallImage image = SmallImage.of(1, 1000);
    elsewhere.serve("/layer", "x", image.layers.get(0));
    String layer = image.layerDigest(0);
    String manifest =
        image
            .manifest()
            .replace("application/vnd.oci.image.layer.v1.tar+gzip", TYPE)
            .replace(
                layer + "\"", layer + "\",\"urls\":[\"http://" + elsewhere.host() + "/layer\"]");
    image.serve(registry, "app", "1", manifest);
    return image;
  }

  @Test
  void theRegistryIsAskedForThemAndNobodyElse(Sandbox sandbox) {
    try (FakeRegistry registry = FakeRegistry.start();
        FakeRegistry elsewhere = FakeRegistry.start()) {
      SmallImage image = serve(registry, elsewhere);
      String name = registry.host() + "/app:1";
      sandbox.mydocker("pull", name).run().orThrow();
      assertThat(registry.requests("/v2/app/blobs/" + image.layerDigest(0))).hasSize(1);
      assertThat(elsewhere.requests()).isEmpty();
      sandbox.mydocker("rmi", name).run().orThrow();
    }
  }

  @Test
  void oneThatTheRegistryLacksIsRefusedInOneLine(Sandbox sandbox) {
    try (FakeRegistry registry = FakeRegistry.start();
        FakeRegistry elsewhere = FakeRegistry.start()) {
      SmallImage image = serve(registry, elsewhere);
      String layer = image.layerDigest(0);
      registry.answer("/v2/app/blobs/" + layer, (_, out) -> FakeRegistry.status(out, 404, "", ""));
      String name = registry.host() + "/app:1";
      Result pulled = sandbox.mydocker("pull", name).run();
      assertThat(pulled.exit()).isEqualTo(1);
      assertThat(pulled.stderr())
          .isEqualTo(
              "mydocker: pull "
                  + name
                  + ": blob "
                  + layer.substring(7, 19)
                  + " is missing at "
                  + registry.host()
                  + ", and the address that the manifest names for it, http://"
                  + elsewhere.host()
                  + "/layer, is not asked; have the image pushed again with all of its layers\n");
      assertThat(elsewhere.requests()).isEmpty();
      assertThat(sandbox.mydocker("images", "-aq").run().stdout()).isEmpty();
    }
  }
}
