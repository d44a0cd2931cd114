package dev.mydocker.oci.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // text | the same, written compactly
        "null                        | null",
        " \t true                    | true",
        "false                       | false",
        "0                           | 0",
        "-0                          | -0",
        "1.50                        | 1.50",
        "-1E+400                     | -1E+400",
        "0e-0                        | 0e-0",
        "12345678901234567890123     | 12345678901234567890123",
        "\"\"                        | \"\"",
        "\"a\\/b\"                   | \"a/b\"",
        "\"\\\"\\\\\\b\\f\\n\\r\\t\" | \"\\\"\\\\\\b\\f\\n\\r\\t\"",
        "\"\\u0000\\u001F\\u007f\"   | \"\\u0000\\u001f\u007f\"",
        "\"\\u00e9\\u20AC\"          | \"é€\"",
        "\"\\ud83d\\ude00 😀\"       | \"😀 😀\"",
        "\"\\udcff\"                 | \"\\udcff\"",
        "\"\\ud800x\\udc00\"         | \"\\ud800x\\udc00\"",
        "\"?a\\udc80?\"                | \"?a\\udc80?\"",
        "\"<a&b>\u2028\"             | \"<a&b>\u2028\"",
        "[]                          | []",
        "[ ]                         | []",
        "[1 , [ 2 ],{} ]             | [1,[2],{}]",
        "{ }                         | {}",
        "{ \"b\" : 1, \"a\" : {\"\":[]} } | {\"b\":1,\"a\":{\"\":[]}}",
        "{\"a\":1,\"A\":2}           | {\"a\":1,\"A\":2}",
      })
  void readsAndWrites(String text, String compact) {
    JsonValue value = Json.parse(text, "test");

    assertThat(Json.compact(value)).isEqualTo(compact);
    assertThat(Json.parse(Json.encode(value), "again")).isEqualTo(value);
    assertThat(Json.parse(Json.encodePretty(value), "again")).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``              | line 1 column 1: expected a value, found the end of the text",
        "` `             | line 1 column 2: expected a value, found the end of the text",
        "nul             | line 1 column 1: expected a value, found 'n'",
        "nulL            | line 1 column 1: expected a value, found 'n'",
        "True            | line 1 column 1: expected a value, found 'T'",
        "nullx           | line 1 column 5: expected the end of the text, found 'x'",
        "1 2             | line 1 column 3: expected the end of the text, found '2'",
        "[] {}           | line 1 column 4: expected the end of the text, found '{'",
        "NaN             | line 1 column 1: expected a value, found 'N'",
        "-Infinity       | line 1 column 2: expected a digit, found 'I'",
        "+1              | line 1 column 1: expected a value, found '+'",
        "-               | line 1 column 2: expected a digit, found the end of the text",
        ".5              | line 1 column 1: expected a value, found '.'",
        "1.              | line 1 column 3: expected a digit, found the end of the text",
        "1.e3            | line 1 column 3: expected a digit, found 'e'",
        "1e              | line 1 column 3: expected a digit, found the end of the text",
        "1e+-2           | line 1 column 4: expected a digit, found '-'",
        "01              | line 1 column 2: a number must not start with 0",
        "-00             | line 1 column 3: a number must not start with 0",
        "0x1             | line 1 column 2: expected the end of the text, found 'x'",
        "[               | line 1 column 2: expected a value, found the end of the text",
        "[1              | line 1 column 3: expected ',' or ']', found the end of the text",
        "[1,]            | line 1 column 4: expected a value, found ']'",
        "[,1]            | line 1 column 2: expected a value, found ','",
        "[1 2]           | line 1 column 4: expected ',' or ']', found '2'",
        "[1}             | line 1 column 3: expected ',' or ']', found '}'",
        "]               | line 1 column 1: expected a value, found ']'",
        "{               | line 1 column 2: expected a name in quotes or '}', found the end of the"
            + " text",
        "{a:1}           | line 1 column 2: expected a name in quotes or '}', found 'a'",
        "{'a':1}         | line 1 column 2: expected a name in quotes or '}', found '''",
        "{\"a\"}         | line 1 column 5: expected ':', found '}'",
        "{\"a\":}        | line 1 column 6: expected a value, found '}'",
        "{\"a\":1,}      | line 1 column 8: expected a name in quotes, found '}'",
        "{\"a\":1 \"b\"} | line 1 column 8: expected ',' or '}', found '\"'",
        "{\"a\":1]       | line 1 column 7: expected ',' or '}', found ']'",
        "{\"a\":1,\"a\":1} | line 1 column 8: the name \"a\" appears twice",
        "{\"a\":1,\"\\u0061\":1} | line 1 column 8: the name \"a\" appears twice",
        "\"              | line 1 column 2: expected '\"' at the end of the string, found the end"
            + " of the text",
        "\"\\\"          | line 1 column 4: expected '\"' at the end of the string, found the end"
            + " of the text",
        "\"\\            | line 1 column 3: expected one of \" \\ / b f n r t u after the"
            + " backslash, found the end of the text",
        "\"\\x\"         | line 1 column 3: expected one of \" \\ / b f n r t u after the"
            + " backslash, found 'x'",
        "\"\\u12g4\"     | line 1 column 6: expected a hexadecimal digit, found 'g'",
        "\"\\u12\"       | line 1 column 6: expected a hexadecimal digit, found '\"'",
        "\"\\u\u0661\u0661\" | line 1 column 4: expected a hexadecimal digit, found byte 0xd9",
        "\"a\tb\"        | line 1 column 3: a control character in a string must be escaped",
        "// comment      | line 1 column 1: expected a value, found '/'",
        "\uFEFF{}        | line 1 column 1: expected a value, found byte 0xef",
        "\u00A0{}        | line 1 column 1: expected a value, found byte 0xc2",
      })
  void refusesWhatIsNoJson(String text, String problem) {
    assertThatThrownBy(() -> Json.parse(text, "config.json"))
        .isInstanceOf(MydockerException.class)
        .hasMessage("parse config.json: " + problem);
  }

  @Test
  void countsLinesAndCharacters() {
    assertThatThrownBy(() -> Json.parse("{\n  \"é€😀\": 1,\r\n  \"é€x\" 2\n}", "config.json"))
        .hasMessage("parse config.json: line 3 column 9: expected ':', found '2'");
    assertThatThrownBy(() -> Json.parse("[\n\"é\n\"]", "config.json"))
        .hasMessageContaining("line 2 column 3: a control character");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"80", "c3", "c080", "eda080", "eda0bdedb880", "f4908080", "ff", "e282", "f09f98"})
  void refusesBytesThatAreNotUtf8(String hex) {
    String text = "[\"é\\n" + new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    byte[] bytes = (text + "\"]").getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> Json.parse(bytes, "test"))
        .hasMessageStartingWith("parse test: line 1 column ")
        .hasMessageEndingWith(": not UTF-8");
  }

  @Test
  void keepsBytesThatAreNotUtf8AsEscapes() {
    byte[] argument = {'a', (byte) 0xFF, (byte) 0xC3, (byte) 0xA9, (byte) 0x80};

    byte[] json = Json.encode(new JsonString(Bytes.decode(argument)));

    assertThat(json).asString(StandardCharsets.US_ASCII).startsWith("\"a\\udcff");
    assertThat(new String(json, StandardCharsets.UTF_8)).isEqualTo("\"a\\udcffé\\udc80\"");
    JsonString back = (JsonString) Json.parse(json, "test");
    assertThat(Bytes.encode(back.value())).isEqualTo(argument);
  }

  @Test
  void nests128Levels() {
    String deepest = "[".repeat(128) + "]".repeat(128);
    assertThat(Json.compact(Json.parse(deepest, "test"))).isEqualTo(deepest);

    assertThatThrownBy(() -> Json.parse("[".repeat(100_000), "test"))
        .hasMessage("parse test: line 1 column 129: nested deeper than 128 levels");
    assertThatThrownBy(() -> Json.parse("{\"a\":".repeat(100_000), "test"))
        .hasMessageEndingWith("nested deeper than 128 levels");
  }

  @Test
  void writesForPeopleWithTwoSpaces() {
    JsonValue value = Json.parse("{\"a\":[1,{\"b\":null}],\"c\":{},\"d\":[]}", "test");

    assertThat(Json.encodePretty(value))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(
            """
            {
              "a": [
                1,
                {
                  "b": null
                }
              ],
              "c": {},
              "d": []
            }
            """);
  }

  @Test
  void keepsEveryDigitOfANumber() {
    assertThat(JsonNumber.of(Long.MIN_VALUE).text()).isEqualTo("-9223372036854775808");
    assertThat(JsonNumber.ofUnsigned(-1).text()).isEqualTo("18446744073709551615");
    assertThat(JsonNumber.of(0.1).text()).isEqualTo("0.1");
    assertThat(JsonNumber.of(0.1).doubleValue()).isEqualTo(0.1);
    assertThat(JsonNumber.ofUnsigned(-1).asUnsignedLong()).isEqualTo(-1);
    assertThat(JsonNumber.ofUnsigned(-1).asLong()).isNull();
    assertThat(JsonNumber.of(-1).asUnsignedLong()).isNull();
    assertThatThrownBy(() -> JsonNumber.of(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void canNotBeChanged() {
    JsonObject object = Json.parseObject(Bytes.encode("{\"a\":[1]}"), "test");
    JsonArray array = (JsonArray) Objects.requireNonNull(object.get("a"));

    assertThatThrownBy(() -> object.members().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> array.elements().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void saysWhatWasFoundInsteadOfAnObject() {
    assertThatThrownBy(() -> Json.parseObject(Bytes.encode("[]"), "index.json"))
        .hasMessage("parse index.json: expected an object, found an array");
  }

  @Test
  void whatIsDeepIsParsedWhenItIsLookedAt() {
    String text = "{\"a\":{\"b\":{\"c\":\"}\\\\\\\"{\",\"d\":[{}]},\"e\":1}}";
    JsonObject read =
        Json.decodeLazily(Bytes.encode(text), "f", 1, in -> (JsonObject) in.optionalValue("a"));

    assertThat(read).isEqualTo(Json.parseObject(Bytes.encode(text), "f").get("a"));
    assertThat(Json.compact(read)).isEqualTo(text.substring(5, text.length() - 1));
  }

  @Test
  void anErrorInWhatIsDeepIsFoundThereAndMissingBracketsAtOnce() {
    JsonObject read =
        Json.decodeLazily(
            Bytes.encode("{\"a\":\n{\"b\" 1}}"), "f", 1, in -> (JsonObject) in.optionalValue("a"));
    assertThatThrownBy(read::members)
        .hasMessage("parse f: line 2 column 6: expected ':', found '1'");

    for (String open : List.of("{\"a\":{\"b\":{}", "{\"a\":{\"b", "{\"a\":{\"b\\\"}}")) {
      assertThatThrownBy(() -> Json.decodeLazily(Bytes.encode(open), "f", 1, in -> in))
          .isInstanceOf(MydockerException.class);
    }
  }
}
