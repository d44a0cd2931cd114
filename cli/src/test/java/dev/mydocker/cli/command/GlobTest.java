package dev.mydocker.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  /** What Go's path.Match says of the same. */
  @ParameterizedTest
  @CsvSource({
    "busybox, busybox, true",
    "busy*, busybox, true",
    "busy*:*libc, busybox:uclibc, true",
    "*, busybox:latest, true",
    "*, team/app, false",
    "*/*, team/app, true",
    "team/*, team/app/x, false",
    "b?sybox, busybox, true",
    "a?b, a/b, false",
    "[a-c]usybox, busybox, true",
    "[^a-c]usybox, busybox, false",
    "[^x]*, busybox, true",
    "[, busybox, false",
    "\\*, *, true",
    "\\*, x, false",
    "busybox, busybox:latest, false",
    "busybox?, busybox, false",
    "'', busybox, false"
  })
  void patternsFitAsInGo(String pattern, String text, boolean fits) {
    assertThat(Glob.matches(pattern, text)).isEqualTo(fits);
  }
}
