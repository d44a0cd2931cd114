package dev.mydocker.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private static CommandLine parse(String words) {
    return CommandLine.parse(words.isEmpty() ? List.of() : List.of(words.split(" ")));
  }

  @ParameterizedTest
  @CsvSource({
    "run busybox, RUN, busybox",
    "ps, PS, ''",
    "log, PS, ''",
    "log bird, LOGS, bird",
    "logs bird, LOGS, bird",
    "container ls -a, PS, ''",
    "container list, PS, ''",
    "container ps, PS, ''",
    "container run busybox, RUN, busybox",
    "container rm bird, RM, bird",
    "container remove bird, RM, bird",
    "container logs bird, LOGS, bird",
    "container inspect bird, INSPECT, bird",
    "image ls, IMAGES, ''",
    "image rm busybox, RMI, busybox",
    "image remove busybox, RMI, busybox",
    "image inspect busybox, INSPECT, busybox",
    "image import -, IMPORT, -",
    "system info, INFO, ''",
    "--root /tmp/x ps, PS, ''",
    "--root=/tmp/x ps, PS, ''",
    "-name sh-1 -d -image /srv/fs, RUN, ''",
    "-ti busybox, RUN, busybox",
    "-v /a:/b busybox, RUN, busybox",
    "--version, VERSION, ''",
    "-v, VERSION, ''",
  })
  void theCommandIsFound(String words, Verb verb, String operand) {
    Arguments arguments = parse(words).arguments().orElseThrow();
    assertThat(arguments.command().verb()).isEqualTo(verb);
    assertThat(String.join(" ", arguments.operands())).isEqualTo(operand);
  }

  @Test
  void oneTutorialHasNoVerb() {
    Arguments arguments = parse("-name sh-1 -d -image /path/to/fs").arguments().orElseThrow();
    assertThat(arguments.value("name")).contains("sh-1");
    assertThat(arguments.flag("detach")).isTrue();
    assertThat(arguments.value("image")).contains("/path/to/fs");
  }

  @Test
  void aGroupLimitsWhatIsInspected() {
    assertThat(parse("container inspect x").arguments().orElseThrow().value("type"))
        .contains("container");
    assertThat(parse("image inspect x").arguments().orElseThrow().value("type")).contains("image");
    assertThat(parse("inspect x").arguments().orElseThrow().value("type")).isEmpty();
  }

  @Test
  void theStateDirectoryIsNamedInFrontOfTheCommand() {
    assertThat(parse("--root /tmp/x ps").root()).contains("/tmp/x");
    assertThat(parse("ps").root()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rn busybox | unknown command: mydocker rn; did you mean run?",
        "stat bird | unknown command: mydocker stat; did you mean start?",
        "imagse | unknown command: mydocker imagse; did you mean images?",
        "inspct x | unknown command: mydocker inspct; did you mean inspect?",
        "frobnicate | unknown command: mydocker frobnicate",
        "container lss | unknown command: mydocker container lss; did you mean ls?",
        "container images | unknown command: mydocker container images",
        "help rn | unknown command: mydocker rn; did you mean run?",
      })
  void aMistypedCommandIsNamedWithASuggestion(String words, String message) {
    assertThatThrownBy(() -> parse(words))
        .isInstanceOfSatisfying(
            UsageException.class,
            e -> {
              assertThat(e.report()).startsWith(message + " (see 'mydocker ").endsWith("--help')");
              assertThat(e.exitCode()).isEqualTo(1);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"build", "volume", "network", "container cp", "image build"})
  void dockersOtherCommandsAreSaidToBeMissing(String words) {
    assertThatThrownBy(() -> parse(words))
        .isInstanceOfSatisfying(
            UsageException.class,
            e ->
                assertThat(e.report())
                    .isEqualTo("'mydocker " + words + "' is not supported by mydocker yet"));
  }

  @Test
  void dockersGlobalFlagsAreRefused() {
    assertThatThrownBy(() -> parse("-H tcp://x ps"))
        .hasMessage("flag -H is not supported by mydocker");
  }

  @ParameterizedTest
  @CsvSource({
    "'', Usage:  mydocker [OPTIONS] COMMAND",
    "--help, Usage:  mydocker [OPTIONS] COMMAND",
    "-h, Usage:  mydocker [OPTIONS] COMMAND",
    "help, Usage:  mydocker [OPTIONS] COMMAND",
    "help run, Usage:  mydocker run [OPTIONS] IMAGE [COMMAND] [ARG...]",
    "help container ls, Usage:  mydocker ps [OPTIONS]",
    "help container, Usage:  mydocker container COMMAND",
    "container, Usage:  mydocker container COMMAND",
    "container --help, Usage:  mydocker container COMMAND",
    "image, Usage:  mydocker image COMMAND",
    "run --help, Usage:  mydocker run [OPTIONS] IMAGE [COMMAND] [ARG...]",
    "container run --help, Usage:  mydocker run [OPTIONS] IMAGE [COMMAND] [ARG...]",
    "log --help, Usage:  mydocker logs [OPTIONS] CONTAINER",
    "wait --help, Usage:  mydocker wait CONTAINER [CONTAINER...]",
  })
  void helpIsEverywhere(String words, String firstLine) {
    CommandLine line = parse(words);
    assertThat(line.arguments()).isEmpty();
    assertThat(line.helpText()).startsWith(firstLine + "\n");
  }
}
