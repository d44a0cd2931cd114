package dev.mydocker.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HelpTest {
  @Test
  void optionsAreAlignedAsDockerDoes() {
    assertThat(Help.of(Commands.of(Verb.ATTACH)))
        .isEqualTo(
            """
            Usage:  mydocker attach [OPTIONS] CONTAINER

            Attach local standard input, output, and error streams to a running container

            Aliases:
              mydocker container attach, mydocker attach

            Options:
                  --detach-keys string   Override the key sequence for detaching a container
                  --no-stdin             Do not attach STDIN
                  --sig-proxy            Proxy all received signals to the process
                                         (default true)
            """);
  }

  @Test
  void lettersAndDefaultsAreShown() {
    assertThat(Help.of(Commands.of(Verb.RUN)))
        .contains("  -e, --env list ")
        .contains("  -m, --memory bytes ")
        .contains("      --ulimit ulimit ")
        .contains("      --network network ")
        .doesNotContain("--publish")
        .doesNotContain("--health");
    assertThat(Help.of(Commands.of(Verb.LOGS))).contains("(default \"all\")");
  }

  @ParameterizedTest
  @EnumSource
  void everyCommandHasHelpThatFitsATerminal(Verb verb) {
    String help = Help.of(Commands.of(verb));
    assertThat(help).startsWith("Usage:  mydocker " + verb.typed()).endsWith("\n");
    assertThat(help.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
  }

  @ParameterizedTest
  @EnumSource
  void noTwoRowsShareANameOrALetter(Verb verb) {
    Set<String> names = new HashSet<>();
    Set<Character> letters = new HashSet<>();
    for (Option option : Commands.of(verb).options()) {
      assertThat(names.add(option.name())).as(option.name()).isTrue();
      assertThat(option.letter() == Option.NONE || letters.add(option.letter()))
          .as(option.name())
          .isTrue();
    }
  }

  @Test
  void theOverviewListsEveryCommand() {
    for (Verb verb : Verb.values()) {
      String typed = verb.typed();
      int blank = typed.indexOf(' ');
      String help = blank < 0 ? Help.overview() : Help.group(typed.substring(0, blank));
      assertThat(help).contains("\n  " + typed.substring(blank + 1) + " ");
    }
  }
}
