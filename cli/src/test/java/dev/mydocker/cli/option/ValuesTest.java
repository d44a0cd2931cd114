package dev.mydocker.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.engine.IpAddress;
import dev.mydocker.engine.NetworkOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "32, 32",
    "32b, 32",
    "32B, 32",
    "32k, 32768",
    "32K, 32768",
    "32kb, 32768",
    "32Kb, 32768",
    "32KiB, 32768",
    "32Mb, 33554432",
    "100m, 104857600",
    "1g, 1073741824",
    "1.5g, 1610612736",
    "32 MB, 33554432",
    "0.5k, 512",
    ".5k, 512",
    "32.5kB, 33280",
    "1t, 1099511627776",
    "1p, 1125899906842624",
  })
  void sizesAreReadAsGoUnitsDoes(String text, long bytes) {
    assertThat(Values.bytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "-32",
        ".3kB.",
        "1x",
        "1mbb",
        "1bb",
        "m",
        "1.2.3m",
        "32m b",
        "- 1",
        "9e9",
        "99999999999g",
        "99999999999.5g"
      })
  void whatIsNoSizeIsRefused(String text) {
    assertThatThrownBy(() -> Values.bytes(text)).isInstanceOf(MydockerException.class);
  }

  @Test
  void swapAndLogsHaveTheirOwnSizes() {
    assertThat(Values.bytesOrUnlimited("-1")).isEqualTo(-1);
    assertThat(Values.decimalBytes("10m")).isEqualTo(10_000_000);
  }

  @ParameterizedTest
  @CsvSource({
    "1.5, 1500000000",
    "0.01, 10000000",
    ".5, 500000000",
    "2, 2000000000",
    "2., 2000000000",
    "0.000000001, 1",
    "1.2000000000000, 1200000000",
  })
  void cpusBecomeBillionths(String text, long nanos) {
    assertThat(Values.nanoCpus(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "x", "-1", "1.0000000001", "1e3", "1/2", "10000000000"})
  void whatIsNoNumberOfCpusIsRefused(String text) {
    assertThatThrownBy(() -> Values.nanoCpus(text)).isInstanceOf(MydockerException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0-3", "0,1", "0-3,5,7-8", "4-4"})
  void cpuListsAreAccepted(String text) {
    assertThat(Values.cpuset(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "0,", "-1", "1-", "a", "3-1", "0-99999", "0 ,1"})
  void whatIsNoCpuListIsRefused(String text) {
    assertThatThrownBy(() -> Values.cpuset(text)).isInstanceOf(MydockerException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "/a:/b, /a, /b, false, ''",
    "/a:/b:ro, /a, /b, true, ''",
    "/a:/b:rw, /a, /b, false, ''",
    "'/a:/b:ro,rslave', /a, /b, true, rslave",
    "'/a:/b:rshared,z', /a, /b, false, rshared",
    "./a:/b, /home/u/a, /b, false, ''",
    "../a:/b, /home/a, /b, false, ''",
    ".:/b, /home/u, /b, false, ''",
    "/a/../c//d/.:/b, /c/d, /b, false, ''",
  })
  void volumesAreReadAsDockerDoes(
      String text, String host, String target, boolean readOnly, String propagation) {
    VolumeSpec volume = VolumeSpec.parse(text);
    assertThat(volume.hostPath("/home/u")).isEqualTo(host);
    assertThat(volume.target()).isEqualTo(target);
    assertThat(volume.readOnly()).isEqualTo(readOnly);
    assertThat(volume.propagation()).isEqualTo(propagation);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "/a:",
        ":/b",
        "/a:b",
        "/a:/",
        "/a:/b/..",
        "/a:/b:",
        "/a:/b:ro,rw",
        "/a:/b:shared,private",
        "/a:/b:x",
        "/a:/b:ro:ro",
        "a:/b",
        "/b"
      })
  void whatIsNoBindMountIsRefused(String text) {
    assertThatThrownBy(() -> VolumeSpec.parse(text)).isInstanceOf(MydockerException.class);
  }

  @Test
  void structuredValuesHaveTheirParts() {
    assertThat(Specs.device("/dev/null"))
        .isEqualTo(new Specs.Device("/dev/null", "/dev/null", "rwm"));
    assertThat(Specs.device("/dev/null:r"))
        .isEqualTo(new Specs.Device("/dev/null", "/dev/null", "r"));
    assertThat(Specs.device("/dev/null:/dev/x:rw"))
        .isEqualTo(new Specs.Device("/dev/null", "/dev/x", "rw"));
    assertThat(Specs.tmpfs("/run:size=64m,mode=1777,noexec"))
        .isEqualTo(new Specs.Tmpfs("/run", List.of("size=64m", "mode=1777", "noexec")));
    assertThat(Specs.tmpfs("/run")).isEqualTo(new Specs.Tmpfs("/run", List.of()));
    assertThat(NetworkOptions.addedHost("db=[::1]")).isEqualTo("db:::1");
    assertThat(NetworkOptions.addedHost("db:2001:db8::1")).isEqualTo("db:2001:db8::1");
    assertThat(Specs.label("a=b=c")).isEqualTo(new Specs.Setting("a", "b=c"));
    assertThat(Specs.label("a")).isEqualTo(new Specs.Setting("a", ""));
    assertThat(Specs.filter("Status=running")).isEqualTo(new Specs.Setting("status", "running"));
    assertThat(Specs.securityOption("no-new-privileges"))
        .isEqualTo(new Specs.Setting("no-new-privileges", "true"));
    assertThat(Specs.securityOption("no-new-privileges:false"))
        .isEqualTo(new Specs.Setting("no-new-privileges", "false"));
    assertThat(Specs.securityOption("seccomp=unconfined"))
        .isEqualTo(new Specs.Setting("seccomp", "unconfined"));
    assertThat(Specs.logOption("max-size=10m")).isEqualTo(new Specs.Setting("max-size", "10m"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/run:foo", "/run:size=x", "/run:mode=9", "/run:noexec=1", "/run:uid", "/", "run"})
  void whatIsNoTmpfsIsRefused(String text) {
    assertThatThrownBy(() -> Specs.tmpfs(text)).isInstanceOf(MydockerException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.2.3.4",
        "0.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "2001:db8::1",
        "1:2:3:4:5:6:7:8",
        "fe80::1",
        "::ffff:1.2.3.4",
        "1::"
      })
  void addressesAreAccepted(String text) {
    assertThat(IpAddress.parse(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "01.2.3.4",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        ":::",
        "1::2::3",
        "g::",
        "::1.2.3",
        "12345::",
        "1:2:3:4:5:6:7:8::"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> IpAddress.parse(text)).isInstanceOf(MydockerException.class);
  }

  @Test
  void detachKeysBecomeTheBytesATerminalSends() {
    assertThat(DetachKeys.parse(DetachKeys.DEFAULT)).containsExactly(16, 17);
    assertThat(DetachKeys.parse("a,ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_,DEL"))
        .containsExactly('a', 0, 27, 28, 29, 30, 31, 127);
    assertThat(DetachKeys.parse("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ctrl-P", "ctrl-", "ab", "a,", "ctrl-p, q", "é"})
  void whatIsNoKeyIsRefused(String text) {
    assertThatThrownBy(() -> DetachKeys.parse(text)).isInstanceOf(MydockerException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bird", "sh-1", "a1", "A.b_c-d", "0x"})
  void namesAreAccepted(String text) {
    assertThat(Values.containerName(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "-a", "_a", ".a", "a b", "a/b", "é1", "a:b"})
  void whatIsNoNameIsRefused(String text) {
    assertThatThrownBy(() -> Values.containerName(text)).isInstanceOf(MydockerException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "a\tb"})
  void whatIsNoHostNameIsRefused(String text) {
    assertThatThrownBy(() -> Values.hostname(text)).isInstanceOf(MydockerException.class);
    assertThatThrownBy(() -> Values.hostname("x".repeat(65))).isInstanceOf(MydockerException.class);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void environmentFilesAreReadAsDockerDoes() {
    String file =
        """
        # comment
          A=1
        B=with spaces  and "quotes"\s
        #C=no

        D=
        HOME
        NOT_THERE
        E=a=b\r
        """;
    assertThat(Environment.file("f", bytes("\uFEFF" + file), Map.of("HOME", "/root")))
        .containsExactly("A=1", "B=with spaces  and \"quotes\" ", "D=", "HOME=/root", "E=a=b");
  }

  @ParameterizedTest
  @CsvSource({
    "'A=1\n=x\n', read environment file f: line 2: no variable name on line '=x'",
    "'A B=1', 'read environment file f: line 1: variable \"A B\" contains whitespaces'",
  })
  void aMalformedEnvironmentFileIsNamedWithItsLine(String content, String message) {
    assertThatThrownBy(() -> Environment.file("f", bytes(content), Map.of())).hasMessage(message);
  }

  @Test
  void variablesOfTheCommandLineReplaceThoseOfFiles() {
    Arguments arguments =
        Parser.parse(
            Commands.of(Verb.RUN),
            List.of("-e", "A=2", "-e", "PATH", "-e", "GONE", "--env-file", "f", "-e", "A=3", "x"));
    assertThat(Environment.resolve(arguments, Map.of("PATH", "/bin"), path -> bytes("A=1\nB=1\n")))
        .containsExactly("A=3", "B=1", "PATH=/bin", "GONE");
  }

  @ParameterizedTest
  @CsvSource({"run, run, 0", "rn, run, 1", "stat, start, 1", "urn, run, 1", "kitten, sitting, 3"})
  void distancesAreCountedInEdits(String a, String b, int distance) {
    assertThat(Suggestions.distance(a, b)).isEqualTo(distance);
    assertThat(Suggestions.distance(b, a)).isEqualTo(distance);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "example.com", "a", "x-1.y2.z", "EXAMPLE", "0.a"})
  void searchDomains(String text) {
    assertThat(Values.domain(text)).isEqualTo(text);
    assertThat(Values.domain(" " + text + " ")).isEqualTo(text);
  }

  @Test
  void aSearchDomainLosesItsLastDot() {
    assertThat(Values.domain("example.com.")).isEqualTo("example.com");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "1.2", "-a", "a-", "a..b", "a b", "a_b", ".a", "a.-b"})
  void noSearchDomains(String text) {
    assertThatThrownBy(() -> Values.domain(text))
        .isInstanceOf(MydockerException.class)
        .hasMessage(text + " is not a valid domain");
  }
}
