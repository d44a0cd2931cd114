package dev.mydocker.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.cli.option.CommandLine;
import dev.mydocker.engine.Bind;
import dev.mydocker.engine.ByteSize;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.DeviceMapping;
import dev.mydocker.engine.NamespaceMode;
import dev.mydocker.engine.TmpfsMount;
import dev.mydocker.engine.Ulimit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecOptionsTest {
  private static SpecOptions options(String... words) {
    List<String> line = new ArrayList<>(List.of("run"));
    line.addAll(List.of(words));
    line.addAll(List.of("busybox", "true"));
    Arguments arguments = CommandLine.parse(line).arguments().orElseThrow();
    return new SpecOptions(
        arguments,
        "/home/me",
        Map.of("TAKEN", "from host"),
        path -> (path + "=1\n").getBytes(StandardCharsets.UTF_8));
  }

  private static ContainerSpec spec(String... words) {
    return options(words).applyTo(ContainerSpec.of("busybox"));
  }

  @Test
  void withoutOptionsItIsTheDefault() {
    assertThat(spec()).isEqualTo(ContainerSpec.of("busybox"));
  }

  @Test
  void processOptions() {
    assertThat(spec("-it", "--init", "--rm", "-w", "/w", "-u", "1:2", "--name", "bird"))
        .isEqualTo(
            ContainerSpec.of("busybox")
                .interactive(true)
                .terminal(true)
                .init(true)
                .removeOnExit(true)
                .workingDirectory("/w")
                .user("1:2")
                .name("bird"));
    assertThat(spec("--stop-signal", "INT", "--stop-timeout", "3"))
        .isEqualTo(
            ContainerSpec.of("busybox").stopSignal("INT").stopTimeout(Duration.ofSeconds(3)));
  }

  @Test
  void anEmptyEntrypointIsNone() {
    assertThat(spec("--entrypoint", "").process().entrypoint()).isEmpty();
    assertThat(spec("--entrypoint=").process().entrypoint()).isEmpty();
    assertThat(spec("--entrypoint", "/bin/x").process().entrypoint()).containsExactly("/bin/x");
    assertThat(spec().process().entrypoint()).isNull();
  }

  @Test
  void environmentComesFromFilesOptionsAndTheHost() {
    assertThat(
            spec("-e", "A=b", "-e", "TAKEN", "-e", "MISSING", "--env-file", "FILE")
                .process()
                .environment())
        .containsExactly("FILE=1", "A=b", "TAKEN=from host");
  }

  @Test
  void limitsInTheTutorialsSpelling() {
    assertThat(spec("-m", "100m", "-cpushare", "512", "-cpuset", "0"))
        .isEqualTo(
            ContainerSpec.of("busybox")
                .memory(ByteSize.mebibytes(100))
                .cpuShares(512)
                .cpusetCpus("0"));
    assertThat(spec("--cpus", "1.5", "--pids-limit", "-5", "-m", "64m", "--memory-swap", "-1"))
        .isEqualTo(
            ContainerSpec.of("busybox")
                .cpus(1.5)
                .pidsLimit(-1)
                .memory(ByteSize.mebibytes(64))
                .memorySwap(ByteSize.UNLIMITED));
    assertThat(spec("-m", "64m", "--memory-reservation", "32m", "--shm-size", "1g"))
        .isEqualTo(
            ContainerSpec.of("busybox")
                .memory(ByteSize.mebibytes(64))
                .memoryReservation(ByteSize.mebibytes(32))
                .shmSize(ByteSize.gibibytes(1)));
    assertThat(spec("--ulimit", "nofile=1:2").limits().ulimits())
        .containsExactly(new Ulimit("nofile", 1, 2));
  }

  @Test
  void filesRelativeToTheCaller() {
    assertThat(
            spec("-v", "/a:/b", "-v", "./c:/d:ro,rslave", "--tmpfs", "/t:size=1m", "--read-only")
                .files()
                .binds())
        .containsExactly(
            new Bind("/a", "/b", false, Bind.Propagation.RPRIVATE),
            new Bind("/home/me/c", "/d", true, Bind.Propagation.RSLAVE));
    assertThat(spec("--tmpfs", "/t:size=1m").files().tmpfs())
        .containsExactly(new TmpfsMount("/t", List.of("size=1m")));
    assertThat(spec("--device", "/dev/fuse:r").files().devices())
        .containsExactly(new DeviceMapping("/dev/fuse", "/dev/fuse", "r"));
  }

  @Test
  void namespacesAndNames() {
    ContainerSpec spec =
        spec("--pid", "host", "--ipc", "container:x", "--net", "host", "--add-host", "a:1.2.3.4");
    assertThat(spec.namespaces().pid()).isEqualTo(NamespaceMode.HOST);
    assertThat(spec.namespaces().ipc()).isEqualTo(NamespaceMode.container("x"));
    assertThat(spec.namespaces().network()).isEqualTo(NamespaceMode.HOST);
    assertThat(spec.network().addedHosts()).containsExactly("a:1.2.3.4");
  }

  @Test
  void securityOptions() {
    ContainerSpec spec =
        spec("--cap-add", "NET_ADMIN", "--cap-drop", "ALL", "--security-opt", "no-new-privileges");
    assertThat(spec.security().capabilitiesAdded()).containsExactly("NET_ADMIN");
    assertThat(spec.security().capabilitiesDropped()).containsExactly("ALL");
    assertThat(spec.security().noNewPrivileges()).isTrue();
    assertThat(spec("--security-opt", "seccomp=unconfined").security().seccomp())
        .isEqualTo("unconfined");
    assertThat(spec("--security-opt", "seccomp=p.json").security().seccomp())
        .isEqualTo("p.json=1\n");
  }

  @Test
  void logOptions() {
    ContainerSpec spec = spec("--log-opt", "max-size=10m", "--log-opt", "max-file=3");
    assertThat(spec.log().maxSize()).isEqualTo(ByteSize.bytes(10_000_000));
    assertThat(spec.log().maxFiles()).isEqualTo(3);
    assertThat(spec("--log-opt", "max-size=-1").log().maxSize()).isNull();
  }

  @Test
  void namesOfTheNetwork() {
    assertThat(spec("-h", "box", "--domainname", "ex.org", "--dns-search", "a.b", "--dns-search=."))
        .isEqualTo(
            ContainerSpec.of("busybox")
                .hostname("box")
                .domainname("ex.org")
                .dnsSearch("a.b")
                .dnsSearch("."));
  }

  @Test
  void labels() {
    assertThat(spec("-l", "a=b", "--label", "c").labels())
        .containsExactly(Map.entry("a", "b"), Map.entry("c", ""));
  }

  @Test
  void aRootFileSystemTakesTheImagesPlace() {
    assertThat(options("-image", "fs").inPlaceOfImage()).contains("fs");
    assertThat(options("--rootfs", "/fs/").inPlaceOfImage()).contains("/fs/");
    assertThat(options().inPlaceOfImage()).isEmpty();
  }

  @Test
  void unknownSignalsAreRefused() {
    assertThatThrownBy(() -> spec("--stop-signal", "NOPE"))
        .isInstanceOf(MydockerException.class)
        .hasMessage("invalid signal: NOPE");
  }
}
