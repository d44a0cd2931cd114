package dev.mydocker.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {
  private static Arguments run(String... words) {
    return Parser.parse(Commands.of(Verb.RUN), List.of(words));
  }

  private static Arguments run(String words) {
    return run(words.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-itd busybox sh",
        "-tid busybox sh",
        "-it -d busybox sh",
        "-i -t -d busybox sh",
        "--interactive --tty --detach busybox sh",
        "-i=true --tty=1 -d=t busybox sh",
        "-itd -- busybox sh",
      })
  void bundlesOfLettersEqualTheLongFlags(String words) {
    Arguments arguments = run(words);
    assertThat(arguments.flag("interactive")).isTrue();
    assertThat(arguments.flag("tty")).isTrue();
    assertThat(arguments.flag("detach")).isTrue();
    assertThat(arguments.operands()).containsExactly("busybox", "sh");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-m100m busybox",
        "-m 100m busybox",
        "-m=100m busybox",
        "--memory=100m busybox",
        "--memory 100m busybox",
        "-itm100m busybox",
        "-itm 100m busybox",
        "-m 1g -m 100m busybox",
      })
  void aValueIsGivenInAllOfPflagsWays(String words) {
    assertThat(run(words).value("memory")).contains("100m");
  }

  @Test
  void flagsAreTurnedOffByAValue() {
    assertThat(run("--rm=false busybox").flag("rm")).isFalse();
    assertThat(run("--rm --rm=0 busybox").flag("rm")).isFalse();
    assertThat(run("busybox").flag("sig-proxy")).isTrue();
    assertThat(run("--sig-proxy=false busybox").flag("sig-proxy")).isFalse();
    assertThat(run("-t=false busybox").flag("tty")).isFalse();
  }

  @Test
  void optionsOfRunEndAtTheImage() {
    Arguments arguments = run("-d busybox ls -la --color=never -- -it");
    assertThat(arguments.operands())
        .containsExactly("busybox", "ls", "-la", "--color=never", "--", "-it");
    assertThat(arguments.flag("tty")).isFalse();
  }

  @Test
  void wordsOfTheContainersCommandAreKeptExactly() {
    Arguments arguments = run("busybox", "sh", "-c", "", "a  b\n", "é\uDCFF", "-");
    assertThat(arguments.operands())
        .containsExactly("busybox", "sh", "-c", "", "a  b\n", "é\uDCFF", "-");
  }

  @Test
  void optionsMayFollowTheContainersName() {
    Arguments arguments = Parser.parse(Commands.of(Verb.STOP), List.of("bird", "-t", "3", "fish"));
    assertThat(arguments.operands()).containsExactly("bird", "fish");
    assertThat(arguments.integer("timeout", 10)).isEqualTo(3);
    assertThat(Parser.parse(Commands.of(Verb.LOGS), List.of("bird", "-f")).flag("follow")).isTrue();
    assertThat(Parser.parse(Commands.of(Verb.RM), List.of("--", "-f")).operands())
        .containsExactly("-f");
  }

  @Test
  void optionsOfExecEndAtTheContainer() {
    Arguments arguments =
        Parser.parse(Commands.of(Verb.EXEC), List.of("-it", "-e", "A=1", "bird", "ls", "-d"));
    assertThat(arguments.operands()).containsExactly("bird", "ls", "-d");
    assertThat(arguments.flag("detach")).isFalse();
    assertThat(arguments.values("env")).containsExactly("A=1");
  }

  @ParameterizedTest
  @CsvSource({
    "-name bird busybox, name, bird",
    "-name=bird busybox, name, bird",
    "--name bird busybox, name, bird",
    "-cpushare 512 busybox, cpu-shares, 512",
    "--cpushare 512 busybox, cpu-shares, 512",
    "-c 512 busybox, cpu-shares, 512",
    "-cpuset 0 busybox, cpuset-cpus, 0",
    "--cpuset-cpus 0-1 busybox, cpuset-cpus, 0-1",
    "-image /srv/fs sh, image, /srv/fs",
    "-image=/srv/fs, image, /srv/fs",
    "-net host busybox, network, host",
    "--net=none busybox, network, none",
    "-v /a:/b busybox, volume, /a:/b",
    "-e K=V busybox, env, K=V",
    "-h box busybox, hostname, box",
    "-a STDOUT busybox, attach, STDOUT",
    "--shm-size=64m busybox, shm-size, 64m",
  })
  void tutorialsSpellingsWork(String words, String option, String value) {
    assertThat(run(words).value(option)).contains(value);
  }

  @Test
  void tutorialsMixSpellings() {
    Arguments arguments = run("-it -name test -m 100m -cpushare 512 -cpuset 0 busybox sh");
    assertThat(arguments.flag("interactive")).isTrue();
    assertThat(arguments.flag("tty")).isTrue();
    assertThat(arguments.operands()).containsExactly("busybox", "sh");
  }

  @Test
  void repeatedValuesAreKeptInOrderAndTheLastSingleOneWins() {
    Arguments arguments = run("-e A=1 --env B=2 -eC=3 --name ab --name cd busybox");
    assertThat(arguments.values("env")).containsExactly("A=1", "B=2", "C=3");
    assertThat(arguments.value("name")).contains("cd");
    assertThat(arguments.value("user")).isEmpty();
    assertThat(arguments.value("network")).contains("none");
    assertThat(arguments.given("network")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--foo busybox | unknown flag: --foo",
        "--detatch busybox | unknown flag: --detatch; did you mean --detach?",
        "--evn A=1 busybox | unknown flag: --evn; did you mean --env?",
        "--interactiv busybox | unknown flag: --interactiv; did you mean --interactive?",
        "-zt busybox | unknown shorthand flag: 'z' in -zt",
        "-rm busybox | unknown shorthand flag: 'r' in -rm; did you mean --rm?",
        "--=x busybox | bad flag syntax: --=x",
        "---x busybox | bad flag syntax: ---x",
        "--name | flag needs an argument: --name",
        "-name | flag needs an argument: -name",
        "-m | flag needs an argument: 'm' in -m",
        "-itm | flag needs an argument: 'm' in -itm",
      })
  void aMistypedOptionIsNamedWithASuggestion(String words, String message) {
    assertThatThrownBy(() -> run(words))
        .isInstanceOfSatisfying(
            UsageException.class,
            e -> {
              assertThat(e.report()).isEqualTo(message + " (see 'mydocker run --help')");
              assertThat(e.exitCode()).isEqualTo(125);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-m abc a | \"abc\" for \"-m, --memory\" flag: invalid size: 'abc'",
        "--memory 1.5x a | \"1.5x\" for \"-m, --memory\" flag: invalid suffix: 'x'",
        "--rm=x a | \"x\" for \"--rm\" flag: \"x\" is neither true nor false",
        "--add-host x a | \"x\" for \"--add-host\" flag: bad format for add-host: \"x\"",
        "--add-host h:1.2.3 a | \"h:1.2.3\" for \"--add-host\" flag: invalid IP address in"
            + " add-host: \"1.2.3\"",
        "-e =x a | \"=x\" for \"-e, --env\" flag: invalid environment variable: =x",
        "--ulimit x a | \"x\" for \"--ulimit\" flag: invalid ulimit argument: x",
        "--ulimit nofil=1 a | \"nofil=1\" for \"--ulimit\" flag: invalid ulimit type: nofil;"
            + " there are core, cpu,",
        "--shm-size x a | \"x\" for \"--shm-size\" flag: invalid size: 'x'",
        "--memory-reservation -1 a | \"-1\" for \"--memory-reservation\" flag: invalid size: '-1'",
        "-a foo a | \"foo\" for \"-a, --attach\" flag: valid streams are STDIN, STDOUT and STDERR",
        "--dns-search 127.0 a | \"127.0\" for \"--dns-search\" flag: 127.0 is not a valid domain",
        "--domainname /x a | \"/x\" for \"--domainname\" flag: invalid hostname format: /x",
        "--cpus x a | \"x\" for \"--cpus\" flag: \"x\" is not a number of CPUs",
        "--cpus 1.23456789012 a | \"1.23456789012\" for \"--cpus\" flag: value is too precise",
        "-l =x a | \"=x\" for \"-l, --label\" flag: invalid label '=x': empty name",
        "--stop-timeout x a | \"x\" for \"--stop-timeout\" flag: \"x\" is not a whole number",
        "--dns x a | \"x\" for \"--dns\" flag: IP address is not correctly formatted: x",
        "-w rel a | \"rel\" for \"-w, --workdir\" flag: the working directory 'rel' is invalid, it"
            + " needs to be an absolute path",
        "--name ! a | \"!\" for \"--name\" flag: invalid container name (!), only"
            + " [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
        "-v /a:b a | \"/a:b\" for \"-v, --volume\" flag: invalid mount path: 'b' mount path must be"
            + " absolute",
        "-v /a:/b:/c:/d a | \"/a:/b:/c:/d\" for \"-v, --volume\" flag: invalid volume"
            + " specification: '/a:/b:/c:/d'",
        "-v /a:/b:rx a | \"/a:/b:rx\" for \"-v, --volume\" flag: invalid volume specification:"
            + " '/a:/b:rx': invalid mode: rx",
        "--tmpfs x a | \"x\" for \"--tmpfs\" flag: invalid mount path: 'x' mount path must be"
            + " absolute",
        "--pid foo a | \"foo\" for \"--pid\" flag: invalid mode \"foo\"; one of host, private,"
            + " container:",
        "--cpuset-cpus 3-1 a | \"3-1\" for \"--cpuset-cpus\" flag: invalid range in list \"3-1\"",
        "--restart foo a | \"foo\" for \"--restart\" flag: invalid restart policy: unknown policy"
            + " 'foo'",
        "--network container: a | \"container:\" for \"--network\" flag: a container's name or id"
            + " must follow container:",
        "--log-opt max-file=0 a | \"max-file=0\" for \"--log-opt\" flag: max-file cannot be less"
            + " than 1",
        "--detach-keys xx a | \"xx\" for \"--detach-keys\" flag: unknown character: 'xx'",
      })
  void aMalformedValueIsRefusedInDockersWords(String words, String message) {
    assertThatThrownBy(() -> run(words))
        .isInstanceOfSatisfying(
            UsageException.class,
            e -> {
              assertThat(e.report())
                  .startsWith("invalid argument " + message)
                  .endsWith(" (see 'mydocker run --help')");
              assertThat(e.exitCode()).isEqualTo(125);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-p 80:80 a | flag -p, --publish is not supported by mydocker yet: publishing ports comes"
            + " with networks; --network host shares the host's ports",
        "-dp 80:80 a | flag -p, --publish is not supported by mydocker yet: publishing ports comes"
            + " with networks; --network host shares the host's ports",
        "--publish=80 a | flag -p, --publish is not supported by mydocker yet: publishing ports"
            + " comes with networks; --network host shares the host's ports",
        "--network bridge a | --network bridge: networks are not supported by mydocker yet; use"
            + " none, host or container:NAME",
        "--restart always a | --restart always: restart policies are not supported by mydocker yet",
        "--health-cmd true a | flag --health-cmd is not supported by mydocker yet",
        "--sysctl a=b a | flag --sysctl is not supported by mydocker yet",
        "-P a | flag --publish-all is not supported by mydocker yet",
        "-v data:/data a | -v data:/data: named volumes are not supported by mydocker yet; for a"
            + " directory write its path, as in -v ./data:/data",
        "-v /data a | -v /data: anonymous volumes are not supported by mydocker yet; give a host"
            + " directory, as in -v /srv/data:/data",
      })
  void whatComesLaterIsSaidInOneLine(String words, String message) {
    assertThatThrownBy(() -> run(words))
        .isInstanceOfSatisfying(
            UsageException.class,
            e -> {
              assertThat(e.report()).isEqualTo(message);
              assertThat(e.exitCode()).isEqualTo(125);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "RUN, '', requires at least 1 argument",
    "EXEC, bird, requires at least 2 arguments",
    "PS, x, accepts no arguments",
    "TAG, a, requires 2 arguments",
    "TAG, a b c, requires 2 arguments",
    "EXPORT, '', requires 1 argument",
    "COMMIT, '', requires at least 1 and at most 2 arguments",
    "IMAGES, a b, requires at most 1 argument",
  })
  void aWrongNumberOfOperandsIsRefused(Verb verb, String words, String message) {
    List<String> list = words.isEmpty() ? List.of() : List.of(words.split(" "));
    String expected = "'mydocker " + verb.word() + "' " + message;
    assertThatThrownBy(() -> Parser.parse(Commands.of(verb), list))
        .isInstanceOfSatisfying(
            UsageException.class,
            e -> {
              assertThat(e).hasMessage(expected);
              assertThat(e.exitCode()).isEqualTo(1);
            });
  }

  @Test
  void aRootFileSystemReplacesTheImage() {
    assertThat(run("-d -image /srv/fs").operands()).isEmpty();
    assertThat(run("--rootfs /srv/fs").value("rootfs")).contains("/srv/fs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-it --help", "--help busybox", "--help --foo"})
  void helpIsAskedForWithoutOperands(String words) {
    assertThat(run(words).help()).isTrue();
  }

  @Test
  void helpHasALetterWhereNoOptionHasIt() {
    assertThat(Parser.parse(Commands.of(Verb.PS), List.of("-h")).help()).isTrue();
    assertThat(run("busybox ls --help").help()).isFalse();
  }

  @Test
  void anOptionThatTheTableDoesNotHoldIsAProgrammersMistake() {
    assertThatThrownBy(() -> run("busybox").flag("nope"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("run has no option --nope");
  }
}
