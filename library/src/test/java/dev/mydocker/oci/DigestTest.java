package dev.mydocker.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
  private static final String HEX =
      "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

  @Test
  void hasTwoParts() {
    Digest digest = Digest.parse("sha256:" + HEX);

    assertThat(digest.algorithm()).isEqualTo("sha256");
    assertThat(digest.encoded()).isEqualTo(HEX);
    assertThat(digest.shortId()).isEqualTo("44136fa355b3");
    assertThat(digest).hasToString("sha256:" + HEX).isEqualTo(Digest.parse("sha256:" + HEX));
  }

  @Test
  void isComputedByTheCallersFunction() {
    Digest digest = Digest.of("{}".getBytes(StandardCharsets.UTF_8), DigestTest::sha256);

    assertThat(digest).hasToString("sha256:" + HEX);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha512:"
            + "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
            + "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
        "sha256+b64u.x_y-z:LCa0a2j_xo=5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564"
      })
  void letsUnknownAlgorithmsThrough(String text) {
    assertThat(Digest.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                        | expected algorithm:hexadecimal",
        "sha256                    | expected algorithm:hexadecimal",
        "sha256:                   | expected 64 hexadecimal digits, found 0",
        "sha256:44136f             | expected 64 hexadecimal digits, found 6",
        "sha256:"
            + "44136FA355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
            + " | expected lower-case hexadecimal digits, found 'F'",
        "SHA256:44136f             | malformed algorithm",
        ":44136f                   | malformed algorithm",
        "a..b:44136f               | malformed algorithm",
        "..:44136f                 | malformed algorithm",
        "a-:44136f                 | malformed algorithm",
        "a/b:44136f                | malformed algorithm",
        "md5:                      | nothing behind the colon",
        "md5:../../../../etc       | unexpected character '.'",
      })
  void refusesWhatIsNone(String text, String problem) {
    assertThatThrownBy(() -> Digest.parse(text))
        .isInstanceOf(MydockerException.class)
        .hasMessage(("parse digest " + text).strip() + ": " + problem);
    assertThat(Digest.tryParse(text)).isEmpty();
  }

  private static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
