package dev.mydocker.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandsTest {
  @Test
  void aCommandWithASlashIsTriedAsItIs() {
    assertThat(Commands.candidates("./run", List.of("PATH=/bin"))).containsExactly("./run");
    assertThat(Commands.candidates("/bin/sh", List.of())).containsExactly("/bin/sh");
  }

  @Test
  void aNameIsTriedInEveryDirectoryOfThePath() {
    assertThat(Commands.candidates("sh", List.of("A=b", "PATH=/usr/bin:/bin")))
        .containsExactly("/usr/bin/sh", "/bin/sh");
  }

  @Test
  void theLastPathCounts() {
    assertThat(Commands.candidates("sh", List.of("PATH=/a", "PATHS=/c", "PATH=/b")))
        .containsExactly("/b/sh");
  }

  @Test
  void anEmptyElementIsTheWorkingDirectory() {
    assertThat(Commands.candidates("sh", List.of("PATH=:/bin:")))
        .containsExactly("./sh", "/bin/sh", "./sh");
    assertThat(Commands.candidates("sh", List.of("PATH="))).containsExactly("./sh");
  }

  @Test
  void withoutAPathTheUsualOneIsTried() {
    assertThat(Commands.candidates("sh", List.of("HOME=/")))
        .containsExactly(
            "/usr/local/sbin/sh",
            "/usr/local/bin/sh",
            "/usr/sbin/sh",
            "/usr/bin/sh",
            "/sbin/sh",
            "/bin/sh");
  }

  @Test
  void variablesMayBeEmptyOrMissing() {
    assertThat(Commands.variable(List.of("A=", "B=x=y"), "A")).isEmpty();
    assertThat(Commands.variable(List.of("A=", "B=x=y"), "B")).isEqualTo("x=y");
    assertThat(Commands.variable(List.of("AB=1", "A"), "A")).isNull();
  }
}
