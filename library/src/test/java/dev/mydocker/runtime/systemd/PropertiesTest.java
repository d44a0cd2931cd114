package dev.mydocker.runtime.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.runtime.dbus.Variant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PropertiesTest {
  @ParameterizedTest
  @CsvSource({
    "memory.max,            67108864, MemoryMax,     67108864",
    "memory.max,            max,      MemoryMax,     -1",
    "memory.low,            5,        MemoryLow,     5",
    "memory.swap.max,       0,        MemorySwapMax, 0",
    "memory.limit_in_bytes, -1,       MemoryLimit,   -1",
    "cpu.weight,            59,       CPUWeight,     59",
    "cpu.shares,            512,      CPUShares,     512",
    "pids.max,              max,      TasksMax,      -1",
    "pids.max,              7,        TasksMax,      7",
  })
  void aFilesNumberIsAProperty(String file, String content, String name, long value) {
    assertThat(LimitProperties.of(Map.of(file, content)))
        .containsExactly(new Property(name, Variant.uint64(value)));
  }

  @ParameterizedTest
  @CsvSource({
    "50000,         500000",
    "50000 100000,  500000",
    "25500 50000,   510000",
    "25555 50000,   520000",
    "1000 1000000,  10000",
    "max 50000,     -1",
  })
  void aQuotaIsRoundedUpToHundredthsOfAProcessor(String content, long second) {
    assertThat(LimitProperties.of(Map.of("cpu.max", content)))
        .contains(new Property("CPUQuotaPerSecUSec", Variant.uint64(second)));
  }

  @Test
  void aPeriodThatIsGivenIsOne() {
    assertThat(LimitProperties.of(Map.of("cpu.max", "25500 50000")))
        .contains(new Property("CPUQuotaPeriodUSec", Variant.uint64(50000)));
    assertThat(
            LimitProperties.of(Map.of("cpu.cfs_quota_us", "20000", "cpu.cfs_period_us", "50000")))
        .containsExactly(
            new Property("CPUQuotaPeriodUSec", Variant.uint64(50000)),
            new Property("CPUQuotaPerSecUSec", Variant.uint64(400000)));
  }

  @Test
  void aListOfProcessorsIsBitsTheLowestFirst() {
    assertThat(LimitProperties.of(Map.of("cpuset.cpus", "0-2,7,9")))
        .containsExactly(new Property("AllowedCPUs", Variant.bytes(List.of(0x87, 0x02))));
    assertThat(LimitProperties.of(Map.of("cpuset.mems", "1")))
        .containsExactly(new Property("AllowedMemoryNodes", Variant.bytes(List.of(2))));
    for (String bad : List.of("3-1", "x", "0-99999999", "-1", "1,,2")) {
      assertThatThrownBy(() -> LimitProperties.of(Map.of("cpuset.cpus", bad)))
          .isInstanceOf(MydockerException.class);
    }
  }

  @Test
  void filesWithoutAPropertyAreLeftOut() {
    assertThat(LimitProperties.of(Map.of("hugetlb.2MB.max", "0", "memory.max", "what?"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "TimeoutStopUSec | uint64 7000000 | TimeoutStopUSec | t",
        "TimeoutStopSec | 7 | TimeoutStopUSec | t",
        "CollectMode | 'inactive' | CollectMode | s",
        "DefaultDependencies | true | DefaultDependencies | b",
        "Wants | ['a.service', \"b.service\"] | Wants | as",
        "Wants | [] | Wants | as",
        "Nice | int32 -3 | Nice | i",
        "SomeByte | byte 255 | SomeByte | y",
      })
  void anAnnotationIsAPropertyOfItsType(String key, String text, String name, String signature) {
    List<Property> properties =
        AnnotationProperties.of(Map.of("org.systemd.property." + key, text, "other", "x"));

    assertThat(properties).hasSize(1);
    assertThat(properties.getFirst().name()).isEqualTo(name);
    assertThat(properties.getFirst().value().signature()).isEqualTo(signature);
  }

  @Test
  void anAnnotationsValueIsKept() {
    Map<String, String> annotations =
        Map.of(
            "org.systemd.property.TimeoutStopSec", "7",
            "org.systemd.property.Documentation", "['it\\'s', 'b']");

    assertThat(AnnotationProperties.of(annotations))
        .containsExactly(
            new Property("Documentation", Variant.strings(List.of("it's", "b"))),
            new Property("TimeoutStopUSec", Variant.uint64(7_000_000)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Wants | ['a'", "Wants | ['a' 'b']", "Wants | [a]", "Wants | ['a'] x", "Name | 'open",
        "Name | 'a' b", "Name | what", "Name | byte 256", "Name | double 1.5", "Name | uint64 -1",
        "X | 1", "Na.me | 1", "Name | `` "
      })
  void whatIsNoPropertyIsRefusedByTheAnnotationsName(String key, String text) {
    assertThatThrownBy(
            () ->
                AnnotationProperties.of(
                    Map.of("org.systemd.property." + key, text == null ? "" : text)))
        .isInstanceOf(MydockerException.class)
        .hasMessageContaining("org.systemd.property." + key);
  }
}
