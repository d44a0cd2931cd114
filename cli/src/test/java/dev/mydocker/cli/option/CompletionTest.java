package dev.mydocker.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void everyOptionThatHelpShowsIsOffered(String shell) {
    String script = Completion.script(shell);
    for (Verb verb : Verb.values()) {
      for (Option option : Commands.of(verb).options()) {
        String spelled = shell.equals("fish") ? "-l " + option.name() : "--" + option.name();
        if (option.shown()) {
          assertThat(script).contains(spelled);
        }
      }
    }
    assertThat(script).doesNotContain("publish");
  }

  @Test
  void anUnknownShellIsNamed() {
    assertThatThrownBy(() -> Completion.script("csh"))
        .isInstanceOfSatisfying(
            UsageException.class,
            e ->
                assertThat(e.report())
                    .startsWith("unknown shell: csh; write one of bash, zsh, fish"));
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "mydocker st, stop start",
        "mydocker container r, rename restart rm run",
        "mydocker run --netw, --network",
        "mydocker run --network '', none host container:",
        "mydocker run --network = ho, host",
        "mydocker run -it bus, busybox:latest",
        "mydocker run -it busybox -, ''",
        "mydocker -it --na, --name",
        "mydocker stop b, bird",
        "mydocker stop bird --t, --timeout",
        "mydocker logs --since 10m b, bird",
        "mydocker container ls --fo, --format",
        "mydocker --root /x ps --fo, --format",
        "mydocker ps --filter st, status=",
        "mydocker completion z, zsh",
        "mydocker help im, images import",
      },
      quoteCharacter = '"')
  void bashCompletes(String line, String words) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
    Path script = directory.resolve("script");
    Files.writeString(
        script,
        """
        mydocker() {
          case $1 in ps) echo bird; echo fish ;; images) echo busybox:latest ;; esac
        }
        """
            + Completion.script("bash")
            + "COMP_WORDS=("
            + line
            + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\nCOMP_LINE=\""
            + line
            + "\"\nCOMP_POINT=${#COMP_LINE}\n_mydocker\necho \"${COMPREPLY[*]}\"\n");
    Process bash =
        new ProcessBuilder("/bin/bash", "--norc", script.toString())
            .redirectErrorStream(true)
            .start();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).isZero();
    assertThat(out.strip()).isEqualTo(words.equals("''") ? "" : words);
  }
}
