package dev.mydocker.cli.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListFormatTest {
  private static final ListFormat FORMAT =
      new ListFormat(
          Map.of("ID", "CONTAINER ID", "Names", "NAMES", "Labels", "LABELS"),
          List.of("ID", "Names"));

  private static JsonObject object(String json) {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8), "test");
  }

  private static final List<ListFormat.Row> ROWS =
      List.of(
          new ListFormat.Row(
              object("{\"Names\":\"bird\",\"ID\":\"0123456789ab\",\"Labels\":\"a=1\"}"),
              object("{\"Label\":{\"a\":\"1\"}}")),
          new ListFormat.Row(
              object("{\"Names\":\"fish\",\"ID\":\"ab\",\"Labels\":\"\"}"),
              object("{\"Label\":{}}")));

  private static final String TABLE =
      """
      CONTAINER ID   NAMES
      0123456789ab   bird
      ab             fish
      """;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '´',
      value = {
        "´{{.ID}} {{.Names}}´, ´0123456789ab bird|ab fish|´",
        "´{{.Names}}\\t{{.ID}}´, ´bird\t0123456789ab|fish\tab|´",
        "´table {{.Names}}\\t{{.ID}}´, ´NAMES     CONTAINER ID|bird      0123456789ab|fish     "
            + " ab|´",
        "´table {{upper .Names}}´, ´NAMES|BIRD|FISH|´",
        "´table {{json .Names}}´, ´NAMES|\"bird\"|\"fish\"|´",
        "json,"
            + " ´{\"ID\":\"0123456789ab\",\"Labels\":\"a=1\",\"Names\":\"bird\"}|{\"ID\":\"ab\",\"Labels\":\"\",\"Names\":\"fish\"}|´",
        "{{json .Names}}, ´\"bird\"|\"fish\"|´",
        "´[{{.Label \"a\"}}]´, [1]|[]|",
        "{{json .}},"
            + " ´{\"ID\":\"0123456789ab\",\"Labels\":\"a=1\",\"Names\":\"bird\"}|{\"ID\":\"ab\",\"Labels\":\"\",\"Names\":\"fish\"}|´",
      })
  void listsArePrintedAsFormatSays(String format, String text) {
    assertThat(FORMAT.text(format, false, ROWS)).isEqualTo(text.replace('|', '\n'));
  }

  @Test
  void theUsualTableNeedsNoFormat() {
    assertThat(FORMAT.text("", false, ROWS)).isEqualTo(TABLE);
    assertThat(FORMAT.text("table", false, ROWS)).isEqualTo(TABLE);
    assertThat(FORMAT.text("", true, ROWS)).isEqualTo("0123456789ab\nab\n");
  }

  @Test
  void anEmptyListStillHasHeaders() {
    assertThat(FORMAT.text("", false, List.of())).isEqualTo("CONTAINER ID   NAMES\n");
    assertThat(FORMAT.text("table {{.ID}}", false, List.of())).isEqualTo("CONTAINER ID\n");
    assertThat(FORMAT.text("{{.ID}}", false, List.of())).isEmpty();
    assertThat(FORMAT.text("json", false, List.of())).isEmpty();
  }

  @Test
  void anUnknownFieldIsNamed() {
    assertThatThrownBy(() -> FORMAT.text("{{.Nope}}", false, ROWS))
        .hasMessage(
            "template parsing error: template: :1:2: executing \"\" at <.Nope>: can't evaluate"
                + " field Nope");
  }
}
