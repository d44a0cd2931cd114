package dev.mydocker.runtime.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitTest {
  @ParameterizedTest
  @CsvSource({
    "system.slice:docker:123,     docker-123.scope,  /system.slice/docker-123.scope",
    ":docker:123,                 docker-123.scope,  /system.slice/docker-123.scope",
    "a-b-c.slice:p:n,             p-n.scope,         /a.slice/a-b.slice/a-b-c.slice/p-n.scope",
    "-.slice:p:n,                 p-n.scope,         /p-n.scope",
    "'', mydocker-box.scope,                         /system.slice/mydocker-box.scope",
    "a.slice:ignored:a-b.slice,   a-b.slice,         /a.slice/a-b.slice",
    "machine.slice:libpod:1_2\\x2d3, libpod-1_2\\x2d3.scope, /machine.slice/libpod-1_2\\x2d3.scope",
  })
  void aPathNamesAUnitAndItsCgroup(String path, String name, String cgroup) {
    Unit unit = Unit.of(path, "box");

    assertThat(unit.name()).isEqualTo(name);
    assertThat(unit.path()).isEqualTo(cgroup);
  }

  @Test
  void withoutAPathTheIdNamesIt() {
    assertThat(Unit.of(null, "box").path()).isEqualTo("/system.slice/mydocker-box.scope");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/b",
        "a:b",
        "a.slice:b:c:d",
        "nothing:p:n",
        "a--b.slice:p:n",
        "-a.slice:p:n",
        "a-.slice:p:n",
        ".slice:p:n",
        "a.slice:p:../../n",
        "a.slice:p:n\nm",
        "../a.slice:p:n",
        "a/b.slice:p:n",
        "a.slice:p:a--b.slice"
      })
  void whatNamesNoUnitIsRefused(String path) {
    assertThatThrownBy(() -> Unit.of(path, "box"))
        .isInstanceOf(MydockerException.class)
        .hasMessageContaining("linux.cgroupsPath");
  }

  @Test
  void aNameIsNoLongerThanAFilesName() {
    assertThatThrownBy(() -> Unit.of("a.slice:p:" + "n".repeat(250), "box"))
        .hasMessageContaining("longer than 255");
  }
}
