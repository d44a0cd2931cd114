package dev.mydocker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelCheckupTest {
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "5.14, true",
    "5.14.0-1-amd64, true",
    "5.4.0, false",
    "5.13.19, false",
    "6.1.0-56-amd64, true",
    "10.0-rc1+, true",
    "4.19, false",
    "'', false",
    "five, false",
    "5.x, false",
  })
  void aReleaseIsComparedByItsNumbers(String release, boolean enough) {
    assertThat(KernelCheckup.isAtLeast(release, 5, 14)).isEqualTo(enough);
  }
}
