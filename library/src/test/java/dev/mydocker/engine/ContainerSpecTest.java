package dev.mydocker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerSpecTest {
  private static final ContainerSpec PLAIN = ContainerSpec.of("busybox");

  @Test
  void aMethodLeavesTheSpecificationItIsCalledOnAsItWas() {
    ContainerSpec changed = PLAIN.env("TZ", "UTC").memory(ByteSize.mebibytes(64)).name("web");

    assertThat(PLAIN.process().environment()).isEmpty();
    assertThat(PLAIN.name()).isNull();
    assertThat(changed.process().environment()).containsExactly("TZ=UTC");
    assertThat(changed.limits().memory()).isEqualTo(ByteSize.mebibytes(64));
    assertThat(changed.name()).isEqualTo("web");
  }

  @Test
  void withoutACommandTheImagesIsMeantAndAnEmptyOneIsNone() {
    assertThat(PLAIN.process().command()).isNull();
    assertThat(ContainerSpec.of("busybox", "echo", "hi").process().command())
        .containsExactly("echo", "hi");
    assertThat(PLAIN.command(List.of()).process().command()).isEmpty();
  }

  @Test
  void theLastLimitOfANameCounts() {
    ContainerSpec spec =
        PLAIN.ulimit(Ulimit.parse("nofile=10")).ulimit(Ulimit.parse("nofile=20:30"));

    assertThat(spec.limits().ulimits()).containsExactly(new Ulimit("nofile", 20, 30));
  }

  @Test
  void aRootFileSystemFromADirectoryIsAbsolute() {
    assertThat(ContainerSpec.ofRootfs(Path.of("/a/../b"), "sh").rootfs()).isEqualTo("/b");
    assertRefused(
        () -> ContainerSpec.ofRootfs("b"), "root file system b: the path must be absolute");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-x", ".x", "a b", "a/b", "é1", "/web"})
  void refusesNamesThatDockerRefuses(String name) {
    assertRefused(
        () -> PLAIN.name(name),
        "Invalid container name (" + name + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
  }

  @Test
  void speaksAsDockerDoesOfLimits() {
    assertRefused(
        () -> PLAIN.memory(ByteSize.parse("6143k")), "Minimum memory limit allowed is 6MB");
    assertRefused(
        () -> PLAIN.memorySwap(ByteSize.mebibytes(10)),
        "you should always set the Memory limit when using Memoryswap limit, see usage");
    assertRefused(
        () -> PLAIN.memory(ByteSize.mebibytes(20)).memorySwap(ByteSize.mebibytes(10)),
        "Minimum memoryswap limit should be larger than memory limit, see usage");
    assertRefused(
        () -> PLAIN.cpuShares(1), "invalid CPU shares (1): the range is from 2 to 262144");
    assertRefused(() -> PLAIN.cpus(0.001), "invalid number of CPUs: the smallest is 0.01");
  }

  @Test
  void takesDockersSpellingsOfNoLimit() {
    ContainerSpec spec = PLAIN.memory(ByteSize.bytes(0)).cpuShares(0).cpus(0).pidsLimit(0);

    assertThat(spec.limits()).isEqualTo(ResourceLimits.NONE);
    assertThat(PLAIN.memory(ByteSize.mebibytes(6)).memorySwap(ByteSize.UNLIMITED).limits())
        .extracting(ResourceLimits::memorySwap)
        .isEqualTo(ByteSize.UNLIMITED);
    assertThat(PLAIN.pidsLimit(-1).limits().pidsLimit()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0-3", "0-2,5,7-8", "15"})
  void takesListsOfProcessors(String list) {
    assertThat(PLAIN.cpusetCpus(list).limits().cpusetCpus()).isEqualTo(list);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "a", "1-", "-1", "3-1", "1--2", "1-2-3", "1,", "99999999999"})
  void refusesWhatIsNoListOfProcessors(String list) {
    assertRefused(() -> PLAIN.cpusetCpus(list), "invalid value " + list + " for cpuset cpus");
  }

  @Test
  void refusesAVariableWithoutANameAndANulByte() {
    assertRefused(() -> PLAIN.env(List.of("=x")), "invalid environment variable: =x");
    assertRefused(() -> PLAIN.env(List.of("x")), "invalid environment variable: x");
    assertRefused(
        () -> PLAIN.command("a\0b"), "invalid argument: a NUL byte cannot be passed to a program");
  }

  @Test
  void workingDirectoryIsAbsoluteAndClean() {
    assertThat(PLAIN.workingDirectory("/a//./b/../c").process().workingDirectory())
        .isEqualTo("/a/c");
    assertRefused(
        () -> PLAIN.workingDirectory("a"),
        "the working directory 'a' is invalid, it needs to be an absolute path");
  }

  @Test
  void stopTimeoutBelowZeroIsWithoutEnd() {
    assertThat(PLAIN.stopTimeout(Duration.ofSeconds(-7)).process().stopTimeout())
        .isEqualTo(Duration.ofSeconds(-1));
  }

  @Test
  void refusesTwoMountsAtOnePlace() {
    assertRefused(
        () -> PLAIN.tmpfs("/data").bind(Bind.parse("/a:/data/", "/")),
        "Duplicate mount point: /data");
  }

  @Test
  void refusesOptionsThatNeedANamespaceOfItsOwn() {
    assertRefused(
        () -> PLAIN.hostname("h").uts(NamespaceMode.HOST),
        "conflicting options: hostname and the UTS mode");
    assertRefused(
        () -> PLAIN.network(NamespaceMode.container("c")).dns("1.1.1.1"),
        "conflicting options: dns and the network mode");
  }

  @ParameterizedTest
  @CsvSource({
    "web:10.0.0.1, web:10.0.0.1",
    "web=10.0.0.1, web:10.0.0.1",
    "web:::1, web:::1",
    "web:[fe80::1], web:fe80::1",
    "web=2001:db8:0:1:2:3:4:5, web:2001:db8:0:1:2:3:4:5",
    "web=::ffff:1.2.3.4, web:::ffff:1.2.3.4"
  })
  void takesAddedHostsInAllSpellings(String text, String kept) {
    assertThat(PLAIN.addHost(text).network().addedHosts()).containsExactly(kept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "256.1.1.1",
        "1.2.3",
        "01.2.3.4",
        "a",
        "1::2::3",
        ":1",
        "12345::",
        "1:2:3:4:5:6:7"
      })
  void refusesWhatIsNoAddress(String address) {
    assertRefused(
        () -> PLAIN.addHost("web", address), "invalid IP address in add-host: \"" + address + "\"");
  }

  @Test
  void refusesWhatWouldBreakTheFilesItIsWrittenTo() {
    assertRefused(
        () -> PLAIN.addHost("a\nb=1.2.3.4"), "invalid add-host a\nb: it must be one word");
    assertRefused(() -> PLAIN.hostname("a b"), "invalid hostname a b: it must be one word");
    assertRefused(
        () -> PLAIN.hostname("h".repeat(65)),
        "invalid hostname " + "h".repeat(65) + ": the length is from 1 to 64");
  }

  @ParameterizedTest
  @CsvSource({
    "host, HOST, ''",
    "private, PRIVATE, ''",
    "'', PRIVATE, ''",
    "container:web, CONTAINER, web"
  })
  void readsNamespaceModes(String text, NamespaceMode.Kind kind, String container) {
    assertThat(NamespaceMode.parsePid(text)).isEqualTo(new NamespaceMode(kind, container));
  }

  @Test
  void refusesModesThatANamespaceDoesNotHave() {
    assertRefused(() -> NamespaceMode.parsePid("none"), "--pid: invalid PID mode");
    assertRefused(() -> NamespaceMode.parseUts("none"), "--uts: invalid UTS mode");
    assertRefused(() -> NamespaceMode.parseCgroup("container:"), "--cgroupns: invalid CGROUP mode");
    assertRefused(() -> NamespaceMode.parseIpc("bogus"), "invalid IPC mode: bogus");
    assertRefused(() -> NamespaceMode.parseNetwork("mine"), "network mine not found");
    assertRefused(
        () -> NamespaceMode.parseNetwork("bridge"),
        "network bridge: bridged networks are not there yet");
    assertRefused(() -> PLAIN.pid(NamespaceMode.NONE), "--pid: invalid PID mode");
  }

  static void assertRefused(Supplier<?> action, String message) {
    assertThatThrownBy(action::get).isInstanceOf(MydockerException.class).hasMessage(message);
  }
}
