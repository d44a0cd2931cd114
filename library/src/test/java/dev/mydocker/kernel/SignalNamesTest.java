package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalNamesTest {
  @ParameterizedTest
  @CsvSource({
    "TERM, 15",
    "SIGTERM, 15",
    "sigterm, 15",
    "15, 15",
    "9, 9",
    "HUP, 1",
    "SYS, 31",
    "CLD, 17",
    "IOT, 6",
    "POLL, 29",
    "STKFLT, 16",
    "PWR, 30",
    "RTMIN, 34",
    "SIGRTMIN+3, 37",
    "RTMIN+30, 64",
    "RTMAX, 64",
    "rtmax-14, 50",
    "RTMAX-30, 34",
    "32, 32",
    "64, 64"
  })
  void aSignalIsReadInEverySpelling(String text, int number) {
    assertThat(SignalNames.number(text)).hasValue(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SIG",
        "0",
        "65",
        "-9",
        "+9",
        "999",
        "99999999999",
        "SIG9",
        "TERMINATE",
        "RTMIN+31",
        "RTMIN-1",
        "RTMIN+",
        "RTMAX-31",
        "RTMAX+1",
        "RTMIN+x",
        "RTMINI",
        " 9"
      })
  void anythingElseIsNoSignal(String text) {
    assertThat(SignalNames.number(text)).isEmpty();
  }

  @Test
  void everyNumberHasANameThatReadsBack() {
    for (int number = 1; number <= SignalNames.LAST; number++) {
      assertThat(SignalNames.number(SignalNames.name(number))).hasValue(number);
    }
    assertThat(SignalNames.name(2)).isEqualTo("SIGINT");
    assertThat(SignalNames.name(35)).isEqualTo("SIGRTMIN+1");
    assertThat(SignalNames.name(33)).isEqualTo("33");
    assertThat(SignalNames.name(64)).isEqualTo("SIGRTMAX");
  }
}
