package dev.mydocker.cli.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuoteTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "sh, \"sh\"",
        "``, \"\"",
        "say \"hi\", \"say \\\"hi\\\"\"",
        "a\\b, \"a\\\\b\"",
        "`a\nb\tc\u0007`, \"a\\nb\\tc\\a\"",
        "`\u0001\u007F`, \"\\x01\\x7f\"",
        "é…😀, \"é…😀\"",
        "a\u00A0b\u200B, \"a\\u00a0b\\u200b\"",
        "x\uDCFF, \"x\\xff\"",
        "\uDB40\uDC01, \"\\U000e0001\"",
      })
  void textIsQuotedAsGoDoes(String text, String quoted) {
    assertThat(Quote.go(text)).isEqualTo(quoted);
  }
}
