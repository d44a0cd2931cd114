package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "grüße", "漢字", "\uD83D\uDC33", "a\nb\tc\u0000d"})
  void wellFormedTextIsUtf8(String text) {
    assertThat(Bytes.encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    assertThat(Bytes.decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ff",
        "80",
        "c3",
        "c328",
        "c080",
        "e282",
        "eda080",
        "edb080",
        "f0288cbc",
        "f4908080",
        "61ff62",
        "fffefdfc",
        "e28221",
        "f09f90"
      })
  void anyBytesSurviveTheRoundTrip(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(Bytes.encode(Bytes.decode(bytes))).isEqualTo(bytes);
  }

  @Test
  void aByteOutsideUtf8BecomesALoneSurrogate() {
    assertThat(Bytes.decode(new byte[] {'a', (byte) 0xFF})).isEqualTo("a\uDCFF");
  }

  @Test
  void everySingleByteSurvives() {
    for (int value = 0; value < 256; value++) {
      byte[] bytes = {(byte) value};
      assertThat(Bytes.encode(Bytes.decode(bytes))).isEqualTo(bytes);
    }
  }
}
