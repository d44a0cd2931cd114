package dev.mydocker.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageRecordsTest {
  private static final String HEX =
      "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

  private static final String DESCRIPTOR =
      "{\"mediaType\":\"m\",\"digest\":\"sha256:" + HEX + "\",\"size\":2}";

  private static final byte[] CONFIG =
      Bytes.encode(
          """
          {"created":"2015-10-31T22:22:56.015925234Z","author":"Alyssa",
          "architecture":"arm","os":"linux","os.version":"1","os.features":["f"],"variant":"v7",
          "config":{"User":"a:b","ExposedPorts":{"80/tcp":{},"53/udp":{}},"Env":["A=b"],
          "Entrypoint":["/e"],"Cmd":["x","y"],
          "Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":1,"Timeout":2,"StartPeriod":3,
          "StartInterval":4,"Retries":5,"New":6},
          "ArgsEscaped":true,"Volumes":{"/v":{}},"WorkingDir":"/w","OnBuild":["RUN a"],
          "Labels":{"z":"1","a":""},"StopSignal":"SIGINT","StopTimeout":9,"Shell":["/bin/sh","-c"],
          "Hostname":"h"},
          "rootfs":{"type":"layers","diff_ids":["sha256:HEX"],"new":1},
          "history":[{"created":"c","created_by":"RUN x","author":"me","comment":"d",
          "empty_layer":true,"new":1}],
          "docker_version":"1"}
          """
              .replace("HEX", HEX)
              .replace("\n", ""));

  private static final byte[] MANIFEST =
      Bytes.encode(
          """
          {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
          "artifactType":"t","config":D,"layers":[D,
          {"mediaType":"m","digest":"sha256:HEX","size":9223372036854775807,"urls":["u"],
          "annotations":{"k":"v"},"data":"e30=",
          "platform":{"architecture":"amd64","os":"linux","os.version":"1","os.features":["f"],
          "variant":"v2","new":1},"artifactType":"t","new":1}],
          "subject":D,"annotations":{"k":"v"},"new":null}
          """
              .replace("D,", DESCRIPTOR + ",")
              .replace("HEX", HEX)
              .replace("\n", ""));

  @Test
  void roundTripsAnImageConfiguration() {
    ImageConfig config = ImageConfig.parse(CONFIG, "config");

    assertThat(Json.encode(config.toJson())).isEqualTo(CONFIG);
    assertThat(Json.encode(config.toBuilder().build().toJson())).isEqualTo(CONFIG);
    assertThat(config.config().toBuilder().build()).isEqualTo(config.config());
    assertThat(config.rest().members().keySet()).containsExactly("docker_version");
    assertThat(config.config().rest().members().keySet()).containsExactly("Hostname");
    assertThat(config.platform().variant()).isEqualTo("v7");
  }

  @Test
  void roundTripsAManifest() {
    ImageManifest manifest = ImageManifest.parse(MANIFEST, "manifest");

    assertThat(Json.encode(manifest.toJson())).isEqualTo(MANIFEST);
    assertThat(manifest.layers().get(1).size()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void roundTripsAnIndex() {
    byte[] json =
        Bytes.encode(
            "{\"schemaVersion\":2,\"manifests\":["
                + DESCRIPTOR
                + "],\"annotations\":{\"k\":\"v\"},\"new\":[]}");

    assertThat(Json.encode(ImageIndex.parse(json, "index").toJson())).isEqualTo(json);
  }

  /** Docker writes null and empty text for everything that is not set. */
  @Test
  void readsWhatDockerWritesForNothing() {
    ContainerConfig config =
        ContainerConfig.parse(
            Bytes.encode(
                "{\"User\":\"\",\"Env\":null,\"Cmd\":null,\"Entrypoint\":null,\"Volumes\":null,"
                    + "\"WorkingDir\":\"\",\"OnBuild\":null,\"Labels\":null,\"ArgsEscaped\":false}"),
            "config");

    assertThat(config).isEqualTo(ContainerConfig.EMPTY);
  }

  @Test
  void areMadeFromScratch() {
    Digest digest = Digest.parse("sha256:" + HEX);
    Descriptor layer = Descriptor.of(MediaTypes.LAYER_GZIP, digest, 2);
    ImageManifest manifest =
        ImageManifest.of(Descriptor.of(MediaTypes.CONFIG, digest, 2), List.of(layer));
    ImageIndex index =
        ImageIndex.of(List.of())
            .withManifests(
                List.of(
                    layer
                        .withAnnotation(ImageLayout.REF_NAME, "busybox")
                        .withPlatform(Platform.linux("arm64", "v8"))));
    ImageConfig config =
        ImageConfig.builder("amd64")
            .created("2026-01-01T00:00:00Z")
            .config(ContainerConfig.builder().cmd(List.of("sh")).label("a", "b").build())
            .rootfs(RootFs.of(List.of(digest)))
            .history(HistoryEntry.of("2026-01-01T00:00:00Z", "sh", null, "made"))
            .build();

    assertThat(ImageManifest.parse(Json.encode(manifest.toJson()), "manifest")).isEqualTo(manifest);
    assertThat(ImageIndex.parse(Json.encode(index.toJson()), "index")).isEqualTo(index);
    assertThat(ImageConfig.parse(Json.encode(config.toJson()), "config")).isEqualTo(config);
    assertThat(Json.compact(ImageLayout.CURRENT.toJson()))
        .isEqualTo("{\"imageLayoutVersion\":\"1.0.0\"}");
    assertThat(MediaTypes.isManifest(MediaTypes.DOCKER_MANIFEST)).isTrue();
    assertThat(MediaTypes.isIndex(MediaTypes.MANIFEST)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{}                                 | schemaVersion: missing",
        "{\"schemaVersion\":1}              | schemaVersion: expected 2, found 1",
        "{\"schemaVersion\":2}              | config: missing",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"m\",\"digest\":\"../x\"}}"
            + " | config.digest: expected sha256:hexadecimal, found \"../x\"",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"m\",\"digest\":\"md5:0\",\"size\":-1}}"
            + " | config.size: must not be negative",
      })
  void nameTheMemberThatIsWrong(String json, String problem) {
    assertThatThrownBy(() -> ImageManifest.parse(Bytes.encode(json), "blob"))
        .hasMessage("parse blob: " + problem);
  }

  @Test
  void refuseALayoutOfAnotherKind() {
    assertThatThrownBy(
            () -> ImageLayout.parse(Bytes.encode("{\"imageLayoutVersion\":\"2.0.0\"}"), "f"))
        .hasMessage("parse f: imageLayoutVersion: expected 1.0.0, found \"2.0.0\"");
  }
}
