package dev.mydocker.cli.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.LocalZone;
import dev.mydocker.kernel.Timestamp;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
  private static final LocalZone BERLIN = LocalZone.of(Map.of("TZ", "Europe/Berlin"));
  private static final long NOW = 1_000_000L * Timestamp.SECOND;

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "10m, 600000000000",
    "1h30m, 5400000000000",
    "1.5h, 5400000000000",
    "300ms, 300000000",
    "1s500ms, 1500000000",
    "-5m, -300000000000",
    "+5s, 5000000000",
    "2us, 2000",
    "2µs, 2000",
    "7ns, 7",
    ".5s, 500000000",
    "1.s, 1000000000",
  })
  void durationsAreReadAsGoDoes(String text, long nanos) {
    assertThat(Times.duration(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "-", "s", ".s", "1d", "1h 2m", "1x", "9999999999999h", "m5"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatThrownBy(() -> Times.duration(text)).isInstanceOf(MydockerException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "10m, 1970-01-12T13:36:40Z",
    "-10m, 1970-01-12T13:56:40Z",
    "1740755362, 2025-02-28T15:09:22Z",
    "1740755362.5, 2025-02-28T15:09:22.5Z",
    "1740755362.000000001, 2025-02-28T15:09:22.000000001Z",
    "2025-02-28T15:09:22Z, 2025-02-28T15:09:22Z",
    "2025-02-28T15:09:22.123456789Z, 2025-02-28T15:09:22.123456789Z",
    "2025-02-28T15:09:22+01:30, 2025-02-28T13:39:22Z",
    "2025-02-28T15:09:22-05:00, 2025-02-28T20:09:22Z",
    "2025-02-28T15:09:22, 2025-02-28T14:09:22Z",
    "2025-08-28T15:09:22, 2025-08-28T13:09:22Z",
    "2025-02-28 15:09:22, 2025-02-28T14:09:22Z",
    "2025-02-28T15:09, 2025-02-28T14:09:00Z",
    "2025-02-28T15, 2025-02-28T14:00:00Z",
    "2025-02-28, 2025-02-27T23:00:00Z",
    "2024-02-29Z, 2024-02-29T00:00:00Z",
  })
  void timesAreReadAsDockerDoes(String text, String time) {
    assertThat(Timestamp.rfc3339Nano(Times.parse(text, NOW, BERLIN))).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "foo",
        "2025-02-29",
        "2025-13-01",
        "2025-1-1",
        "2025-01-01T25:00:00Z",
        "2025-01-01T00:00:00X",
        "2025-01-01T00:00:00.Z",
        "1.2.3",
        "12a",
        "99999999999",
        "2025-01-01T00:00:00Z tail",
        "tomorrow"
      })
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> Times.parse(text, NOW, BERLIN))
        .isInstanceOf(MydockerException.class)
        .hasMessageContaining("\"" + text + "\"");
  }
}
