package dev.mydocker.cli.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.kernel.Timestamp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTest {
  @ParameterizedTest
  @CsvSource({
    "-5, Less than a second",
    "0, Less than a second",
    "1, 1 second",
    "45, 45 seconds",
    "59, 59 seconds",
    "60, About a minute",
    "119, About a minute",
    "120, 2 minutes",
    "3599, 59 minutes",
    "3600, About an hour",
    "5399, About an hour",
    "5400, 2 hours",
    "172000, 2 days",
    "86400, 24 hours",
    "170999, 47 hours",
    "1207000, 13 days",
    "1209600, 2 weeks",
    "5180000, 8 weeks",
    "5184000, 2 months",
    "63070000, 24 months",
    "63072000, 2 years",
    "94608000, 3 years",
  })
  void durationsAreSaidInDockersWords(long seconds, String words) {
    assertThat(Human.duration(seconds * Timestamp.SECOND)).isEqualTo(words);
  }

  @Test
  void listsSayTheSameOfNeighbours() {
    long now = 1_000_000 * Timestamp.SECOND;
    Ages ages = new Ages(now);
    for (long seconds = -5; seconds < 200_000; seconds += seconds < 8_000 ? 1 : 29) {
      long time = now - seconds * Timestamp.SECOND;
      assertThat(ages.ago(time)).isEqualTo(Human.duration(now - time) + " ago");
      assertThat(ages.up(time)).isEqualTo("Up " + Human.duration(now - time));
    }
    assertThat(ages.ago(now)).isEqualTo("Less than a second ago");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0B",
    "999, 999B",
    "1000, 1kB",
    "1024, 1.02kB",
    "1500000000, 1.5GB",
    "4261550, 4.26MB",
    "42615500, 42.6MB",
    "426155000, 426MB",
    "999900, 1MB",
    "9223372036854775807, 9.22EB",
  })
  void sizesHaveThreeDigits(long bytes, String size) {
    assertThat(Human.size(bytes)).isEqualTo(size);
  }

  @Test
  void columnsAreThreeBlanksApartAndTenWide() {
    assertThat(
            new Table("CONTAINER ID", "NAME", "STATUS")
                .row("0123456789ab", "bird", "Up 3 minutes")
                .row("ab", "a-much-longer-name", "é…")
                .row("é…", "x", "")
                .text())
        .isEqualTo(
            """
            CONTAINER ID   NAME                 STATUS
            0123456789ab   bird                 Up 3 minutes
            ab             a-much-longer-name   é…
            é…             x                   \s
            """);
  }

  @Test
  void linesWithFewerCellsBreakAColumn() {
    assertThat(Table.align(List.of("a\tb", "aaaaaaaaaaaa\tb", "no cells", "a\tb")))
        .isEqualTo("a              b\naaaaaaaaaaaa   b\nno cells\na         b\n");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "sh, \"sh\"",
        "sh -c 'while true; do date; done', \"sh -c 'while true; …\"",
        "12345678901234567890, \"12345678901234567890\"",
        "123456789012345678901, \"1234567890123456789…\"",
        "sh -c \"x\", \"sh -c \\\"x\\\"\"",
        "漢字漢字漢字漢字漢字漢字, \"漢字漢字漢字漢字漢…\"",
      })
  void commandsAreCutAsDockerDoes(String command, String shown) {
    assertThat(Shorten.command(command, false)).isEqualTo(shown);
    assertThat(Shorten.command(command, true)).isEqualTo(Quote.go(command));
  }

  @Test
  void identifiersAreCutToTwelveDigits() {
    assertThat(Shorten.id("sha256:0123456789abcdef", false)).isEqualTo("0123456789ab");
    assertThat(Shorten.id("0123456789abcdef", false)).isEqualTo("0123456789ab");
    assertThat(Shorten.id("sha256:0123456789abcdef", true)).isEqualTo("sha256:0123456789abcdef");
    assertThat(Shorten.id("bird", false)).isEqualTo("bird");
  }
}
