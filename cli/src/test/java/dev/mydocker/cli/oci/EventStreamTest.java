package dev.mydocker.cli.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventStreamTest {
  @ParameterizedTest
  @CsvSource({"5s, 5000000000", "1m30s, 90000000000", "500ms, 500000000", "1.5h, 5400000000000"})
  void anIntervalIsReadAsGoDoes(String text, long nanos) {
    assertThat(EventStream.nanos(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0s", "5", "s", "-1s", "1x", "1..2s", "9999999999h"})
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> EventStream.nanos(text)).hasMessageContaining("--interval");
  }
}
