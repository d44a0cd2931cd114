package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @Test
  void everyPairOfBytesSurvives() {
    for (int value = 0; value < 1 << 16; value++) {
      byte[] bytes = {(byte) (value >> 8), (byte) value};
      if (!Arrays.equals(Bytes.encode(Bytes.decode(bytes)), bytes)) {
        throw new AssertionError(HexFormat.of().formatHex(bytes));
      }
    }
  }

  @Test
  void randomBytesSurvive() {
    Random random = new Random(25);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      assertThat(Bytes.encode(Bytes.decode(bytes))).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "c0af, dcc0 dcaf, overlong",
    "e08080, dce0 dc80 dc80, overlong",
    "eda080, dced dca0 dc80, a surrogate",
    "f4908080, dcf4 dc90 dc80 dc80, beyond Unicode",
    "f5808080, dcf5 dc80 dc80 dc80, beyond Unicode",
    "e282, dce2 dc82, cut",
    "e28261, dce2 dc82 0061, cut",
    "c3c3a9, dcc3 00e9, a start before a sequence",
    "a9c3a9, dca9 00e9, a continuation before a sequence",
    "f09f90b3, d83d dc33, a whale",
    "efbfbf, ffff, the last of the basic plane",
    "f48fbfbf, dbff dfff, the last of all"
  })
  void malformedSequencesAreEscapedByteByByte(String hex, String chars, String why) {
    String decoded = Bytes.decode(HexFormat.of().parseHex(hex));
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < decoded.length(); i++) {
      shown.append(i == 0 ? "" : " ").append(HexFormat.of().toHexDigits(decoded.charAt(i)));
    }
    assertThat(shown.toString()).as(why).isEqualTo(chars);
  }

  @Test
  void aPartIsDecodedByItself() {
    byte[] bytes = {'a', (byte) 0xC3, (byte) 0xA9, 'b'};
    assertThat(Bytes.decode(bytes, 0, 2)).isEqualTo("a\uDCC3");
    assertThat(Bytes.decode(bytes, 1, 3)).isEqualTo("é");
    assertThat(Bytes.decode(bytes, 3, 3)).isEmpty();
  }
}
