package dev.mydocker.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.mydocker.MydockerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
  private static final String DIGEST =
      "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

  @ParameterizedTest
  @CsvSource({
    // written, canonical, familiar
    "busybox, docker.io/library/busybox, busybox",
    "busybox:1.37, docker.io/library/busybox:1.37, busybox:1.37",
    "library/busybox, docker.io/library/busybox, busybox",
    "docker.io/busybox, docker.io/library/busybox, busybox",
    "docker.io/library/busybox, docker.io/library/busybox, busybox",
    "index.docker.io/busybox, docker.io/library/busybox, busybox",
    "docker.io/library/a/b, docker.io/library/a/b, library/a/b",
    "grafana/loki, docker.io/grafana/loki, grafana/loki",
    "a/b/c/d:x, docker.io/a/b/c/d:x, a/b/c/d:x",
    "localhost, docker.io/library/localhost, localhost",
    "localhost/busybox, localhost/busybox, localhost/busybox",
    "localhost:5000/busybox, localhost:5000/busybox, localhost:5000/busybox",
    "localhost:5000, docker.io/library/localhost:5000, localhost:5000",
    "ghcr.io/x/y:v1, ghcr.io/x/y:v1, ghcr.io/x/y:v1",
    "Registry/x, Registry/x, Registry/x",
    "[::1]:5000/x:1, [::1]:5000/x:1, [::1]:5000/x:1",
    "[fe80::1]/x, [fe80::1]/x, [fe80::1]/x",
    "192.168.0.1:80/x, 192.168.0.1:80/x, 192.168.0.1:80/x",
    "a__b/c--d/e.f/g_h/0, docker.io/a__b/c--d/e.f/g_h/0, a__b/c--d/e.f/g_h/0",
    "x:_Tag.1-2, docker.io/library/x:_Tag.1-2, x:_Tag.1-2",
    "x@" + DIGEST + ", docker.io/library/x@" + DIGEST + ", x@" + DIGEST,
    "q.io/x:1@" + DIGEST + ", q.io/x:1@" + DIGEST + ", q.io/x:1@" + DIGEST,
  })
  void isReadAsDockerReadsIt(String written, String canonical, String familiar) {
    ImageReference reference = ImageReference.parse(written);

    assertThat(reference).hasToString(canonical);
    assertThat(reference.familiar()).isEqualTo(familiar);
    assertThat(ImageReference.parse(canonical)).isEqualTo(reference);
    assertThat(ImageReference.parse(familiar)).isEqualTo(reference);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                 | the repository is missing",
        ":tag               | the repository is missing",
        "ghcr.io/           | the repository is missing",
        "x:                 | the tag is missing behind the colon",
        "x:-a               | malformed tag \"-a\"",
        "x:a b              | malformed tag \"a b\"",
        "x:a:b              | malformed \"x:a\"",
        "a//b               | nothing before, between or behind slashes",
        "/a                 | nothing before, between or behind slashes",
        "a/b/               | nothing before, between or behind slashes",
        "a/BusyBox          | the repository must be in lower case",
        "-a                 | malformed \"-a\"",
        "a-                 | malformed \"a-\"",
        "a..b               | malformed \"a..b\"",
        "a___b              | malformed \"a___b\"",
        "a._b               | malformed \"a._b\"",
        "..                 | malformed \"..\"",
        "ex.org/../etc      | malformed \"..\"",
        "a b                | malformed \"a b\"",
        "é                  | malformed \"é\"",
        "ex.org:/a          | malformed registry \"ex.org:\"",
        "ex.org:8o/a        | malformed registry \"ex.org:8o\"",
        "ex..org/a          | malformed registry \"ex..org\"",
        "-ex.org/a          | malformed registry \"-ex.org\"",
        "[::1:5000/a        | malformed registry \"[::1:5000\"",
        "https://ex.org/a   | malformed registry \"https:\"",
        "x@sha256:12        | malformed digest \"sha256:12\"",
        "x@                 | malformed digest \"\"",
      })
  void refusesWhatIsNone(String text, String problem) {
    assertThatThrownBy(() -> ImageReference.parse(text))
        .isInstanceOf(MydockerException.class)
        .hasMessageStartingWith(("parse image name " + text).strip() + ": " + problem);
  }

  @Test
  void suggestsLowerCase() {
    assertThatThrownBy(() -> ImageReference.parse("BusyBox:1.37-Glibc"))
        .hasMessage("parse image name BusyBox:1.37-Glibc: the repository must be in lower case")
        .asInstanceOf(type(MydockerException.class))
        .extracting(e -> e.suggestion().orElseThrow())
        .isEqualTo("did you mean busybox:1.37-Glibc?");
  }

  @Test
  void isNotAnImageId() {
    String id = DIGEST.substring("sha256:".length());

    assertThatThrownBy(() -> ImageReference.parse(id))
        .hasMessageEndingWith(": 64 hexadecimal digits are an image's id, not a name");
    assertThat(ImageReference.parse(id + "0").path()).startsWith("library/44136");
  }

  @ParameterizedTest
  @ValueSource(ints = {127, 128})
  void takesTagsOf128Characters(int length) {
    assertThat(ImageReference.parse("x:" + "t".repeat(length)).tag()).hasSize(length);
    assertThatThrownBy(() -> ImageReference.parse("x:" + "t".repeat(129)))
        .hasMessageEndingWith("the tag is longer than 128 characters");
  }

  @Test
  void takesNamesOf255Characters() {
    assertThat(ImageReference.parse("q.io/" + "a".repeat(250)).name()).hasSize(255);
    assertThatThrownBy(() -> ImageReference.parse("q.io/" + "a".repeat(251)))
        .hasMessageEndingWith("longer than 255 characters");
  }

  @Test
  void changesItsTagAndDigest() {
    ImageReference name = ImageReference.parse("busybox");
    ImageReference byDigest = ImageReference.parse("busybox@" + DIGEST);

    assertThat(name.withDefaultTag().familiar()).isEqualTo("busybox:latest");
    assertThat(name.withTag("a").withDefaultTag().familiar()).isEqualTo("busybox:a");
    assertThat(byDigest.withDefaultTag().familiar()).isEqualTo("busybox@" + DIGEST);
    assertThat(byDigest.withTag("b").familiar()).isEqualTo("busybox:b");
    assertThatThrownBy(() -> name.withTag("a b")).hasMessageContaining("malformed tag");
  }
}
