package dev.mydocker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryPathTest {
  @ParameterizedTest(name = "{0} is {2} in {1}")
  @CsvSource({
    "/a/b, a, b",
    "a/b, a, b",
    "//a//b, a, b",
    "/a, '', a",
    "/a/b/, a/b, ''",
    "/a/., a/., ''",
    "/a/.., a/.., ''",
    "/.., .., ''",
    "/, '', ''",
    "'', '', ''",
    "., ., ''",
    "/a/../b, a/.., b",
  })
  void aPathIsSplitByItsTextAlone(String path, String parent, String name) {
    EntryPath entry = EntryPath.of(path);
    assertThat(entry.parent()).isEqualTo(parent);
    assertThat(entry.name()).isEqualTo(name);
  }
}
