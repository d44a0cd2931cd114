package dev.mydocker.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RlimitNamesTest {
  @ParameterizedTest
  @CsvSource({
    "RLIMIT_NOFILE, 7",
    "nofile, 7",
    "Core, 4",
    "cpu, 0",
    "rttime, 15",
    "memlock, 8",
    "as, 9"
  })
  void aLimitIsKnownByItsOciNameAndByTheFlagsName(String name, int number) {
    assertThat(RlimitNames.number(name)).hasValue(number);
  }

  @Test
  void namesAndNumbersGoBothWays() {
    for (int number = 0; number < 16; number++) {
      assertThat(RlimitNames.number(RlimitNames.name(number).orElseThrow())).hasValue(number);
    }
    assertThat(RlimitNames.number("files")).isEmpty();
    assertThat(RlimitNames.name(16)).isEmpty();
    assertThat(RlimitNames.name(-1)).isEmpty();
    assertThat(RlimitNames.flagNames()).hasSize(16).contains("nofile", "nproc");
  }
}
