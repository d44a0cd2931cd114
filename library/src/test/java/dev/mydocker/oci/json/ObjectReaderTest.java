package dev.mydocker.oci.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.kernel.Bytes;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectReaderTest {
  private static ObjectReader reader(String json) {
    return new ObjectReader(Json.parseObject(Bytes.encode(json), "test"));
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("{}", in -> in.string("a"), "a: missing"),
        fault("{\"a\":null}", in -> in.string("a"), "a: missing"),
        fault("{\"a\":1}", in -> in.string("a"), "a: expected a string, found a number"),
        fault("{\"a\":[]}", in -> in.optionalString("a"), "a: expected a string, found an array"),
        fault("{\"a\":0}", in -> in.flag("a"), "a: expected true or false, found a number"),
        fault("{\"a\":\"1\"}", in -> in.int64("a"), "a: expected a number, found a string"),
        fault(
            "{\"a\":1.0}",
            in -> in.int32("a"),
            "a: expected a whole number from -2147483648 to 2147483647, found 1.0"),
        fault(
            "{\"a\":2147483648}",
            in -> in.int32("a"),
            "a: expected a whole number from -2147483648 to 2147483647, found 2147483648"),
        fault(
            "{\"a\":-1}",
            in -> in.uint32("a"),
            "a: expected a whole number from 0 to 4294967295, found -1"),
        fault(
            "{\"a\":65536}",
            in -> in.optionalUint16("a"),
            "a: expected a whole number from 0 to 65535, found 65536"),
        fault(
            "{\"a\":-1}",
            in -> in.uint64("a"),
            "a: expected a whole number from 0 to 18446744073709551615, found -1"),
        fault(
            "{\"a\":18446744073709551616}",
            in -> in.uint64("a"),
            "a: expected a whole number from 0 to 18446744073709551615,"
                + " found 18446744073709551616"),
        fault("{\"a\":{}}", in -> in.strings("a"), "a: expected an array, found an object"),
        fault("{\"a\":[\"\",null]}", in -> in.strings("a"), "a[1]: expected a string, found null"),
        fault("{\"a\":[1,true]}", in -> in.uint32s("a"), "a[1]: expected a number, found true"),
        fault(
            "{\"a\":{\"k\":1}}", in -> in.stringMap("a"), "a.k: expected a string, found a number"),
        fault("{\"a\":[{}]}", in -> in.names("a"), "a: expected an object, found an array"),
        fault(
            "{\"a\":\"\"}",
            in -> in.object("a", inner -> 0),
            "a: expected an object, found a string"),
        fault(
            "{\"a\":[{},{\"b\":{\"c\":{\"d\":5}}}]}",
            in ->
                in.objects(
                    "a",
                    a ->
                        a.optionalObject(
                            "b", b -> b.objectMap("c", c -> c.string("d")).toString())),
            "a[1].b.c.d: expected an object, found a number"));
  }

  private static Arguments fault(String json, Function<ObjectReader, Object> take, String message) {
    return Arguments.of(json, take, message);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void namesTheMemberThatIsWrong(String json, Function<ObjectReader, Object> take, String message) {
    assertThatThrownBy(() -> Json.decode(Bytes.encode(json), "file", take))
        .hasMessage("parse file: " + message);
  }

  @Test
  void takesNullAndEmptyTextForMissing() {
    ObjectReader in = reader("{\"a\":null,\"b\":\"\",\"c\":null,\"d\":null,\"e\":null}");

    assertThat(in.optionalString("a")).isNull();
    assertThat(in.optionalString("b")).isNull();
    assertThat(in.flag("c")).isFalse();
    assertThat(in.strings("d")).isEmpty();
    assertThat(in.optionalInt64("e")).isNull();
    assertThat(in.optionalUint64("f")).isNull();
    assertThat(in.rest().isEmpty()).isTrue();
  }

  @Test
  void takesIntegersOfAllSizes() {
    ObjectReader in =
        reader("{\"a\":-9223372036854775808,\"b\":18446744073709551615,\"c\":4294967295,\"d\":-1}");

    assertThat(in.int64("a")).isEqualTo(Long.MIN_VALUE);
    assertThat(in.uint64("b")).isEqualTo(-1);
    assertThat(in.uint32("c")).isEqualTo(4294967295L);
    assertThat(in.int32("d")).isEqualTo(-1);
  }

  @Test
  void keepsWhatNobodyTook() {
    ObjectReader in = reader("{\"z\":1,\"a\":\"x\",\"n\":null,\"b\":[{}]}");
    assertThat(in.string("a")).isEqualTo("x");

    assertThat(in.rest()).hasToString("{\"z\":1,\"n\":null,\"b\":[{}]}");
  }

  @Test
  void writesWhatIsThere() {
    JsonObject rest = Json.parseObject(Bytes.encode("{\"later\":1,\"text\":\"hidden\"}"), "rest");
    ObjectWriter out =
        new ObjectWriter()
            .put("text", "")
            .putUnsigned("all", -1)
            .optional("none", (String) null)
            .optional("empty", "")
            .optionalFlag("no", false)
            .optional("false", Boolean.FALSE)
            .optionalStrings("list", List.of());

    assertThat(out.finish(rest))
        .hasToString("{\"text\":\"\",\"all\":18446744073709551615,\"false\":false,\"later\":1}");
  }
}
