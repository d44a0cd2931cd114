package dev.mydocker.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.MediaTypes;
import dev.mydocker.oci.image.Platform;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WantedPlatformTest {
  private static final List<String> PLATFORMS =
      List.of("amd64", "arm/v6", "arm/v7", "arm/v5", "arm64", "ppc64le");

  private static ImageIndex index() {
    List<Descriptor> manifests = new ArrayList<>();
    for (String each : PLATFORMS) {
      String[] parts = each.split("/");
      manifests.add(
          Descriptor.of(MediaTypes.MANIFEST, Sha256.of(each.getBytes(UTF_8)), 1)
              .withPlatform(Platform.linux(parts[0], parts.length == 2 ? parts[1] : null)));
    }
    return ImageIndex.of(manifests);
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, amd64", "x86_64, amd64", "linux/arm, arm/v7", "linux/arm/v6, arm/v6",
    "linux/arm64/v8, arm64", "aarch64, arm64", "linux/s390x, ", "windows/amd64, ",
    "linux/arm64/v9, "
  })
  void ofAnIndexTheRightOneIsChosen(String wanted, String expected) {
    Digest chosen =
        WantedPlatform.parse(wanted).choose(index()).map(Descriptor::digest).orElse(null);
    assertThat(chosen).isEqualTo(expected == null ? null : Sha256.of(expected.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "linux/", "linux/a/b/c", "linux/ x"})
  void whatIsNoPlatformIsRefused(String text) {
    assertThatThrownBy(() -> WantedPlatform.parse(text))
        .isInstanceOf(MydockerException.class)
        .hasMessageStartingWith(("parse platform " + text).strip() + ": ");
  }
}
