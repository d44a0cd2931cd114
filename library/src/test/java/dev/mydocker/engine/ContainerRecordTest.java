package dev.mydocker.engine;

import static dev.mydocker.engine.ContainerSpecTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.engine.Bind.Propagation;
import dev.mydocker.engine.RunRecord.ProcessId;
import dev.mydocker.kernel.LocalZone;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContainerRecordTest {
  static final String ID = "0123456789abcdef".repeat(4);
  static final long NOW = 1_740_755_362_123_456_789L;

  private static final RunRecord RUN =
      new RunRecord(
          new ProcessId(42, 1000),
          new ProcessId(41, 990),
          "boot",
          NOW + 1,
          "/cgroup/freezer.state",
          Json.parseObject(bytes("{\"memory\":\"/a\"}"), "cgroups"));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static ContainerRecord record(ContainerSpec spec) {
    return ContainerRecord.create(
        ID,
        spec,
        "sha256:1",
        ContainerConfig.builder().cmd(List.of("top", "-b")).label("a", "b").build(),
        List.of("/l/1"),
        NOW,
        LocalZone.UTC);
  }

  private static String text(ContainerRecord record) {
    return new String(record.encode(), StandardCharsets.UTF_8);
  }

  @Test
  void beginsWithTheFieldsThatTheTutorialsShow() {
    ContainerRecord record =
        record(
            ContainerSpec.of("busybox", "top", "-b")
                .name("bird")
                .env("HELLO", "WORLD")
                .bind(Bind.parse("/a:/b", "/")));

    assertThat(text(record))
        .startsWith(
            """
            {
              "pid": "",
              "id": "%s",
              "name": "bird",
              "command": "top",
              "fullCommand": ["top","-b"],
              "createdTime": "2025-02-28 15:09:22",
              "status": "created",
              "imageURL": "busybox",
              "volumes": ["/a:/b"],
              "envs": ["HELLO=WORLD"],
              "mydocker": {"version":1,"created":"2025-02-28T15:09:22.123456789Z",\
            """
                .replace("%s", ID));
  }

  @Test
  void pidIsThereOnlyWhileTheContainerRuns() {
    ContainerRecord running = record(ContainerSpec.of("busybox")).running(RUN);

    assertThat(text(running)).contains("\"pid\": \"42\"", "\"status\": \"running\"");
    assertThat(text(running.exited())).contains("\"pid\": \"\"", "\"status\": \"exited\"");
    assertThat(text(running.stopped())).contains("\"pid\": \"\"", "\"status\": \"stopped\"");
  }

  @Test
  void withoutANameAContainerIsCalledByItsShortId() {
    assertThat(record(ContainerSpec.of("busybox")).name()).isEqualTo("0123456789ab");
  }

  @Test
  void comesBackAsItWasWritten() {
    ContainerSpec spec =
        ContainerSpec.ofRootfs("/fs\udcff", "a b", "", "\n", "\udcfe", "é")
            .entrypoint()
            .name("web")
            .env("A", "\udc80")
            .workingDirectory("/w")
            .user("1:2")
            .interactive(true)
            .terminal(true)
            .init(true)
            .stopSignal("INT")
            .stopTimeout(Duration.ofMillis(1500))
            .removeOnExit(true)
            .memory(ByteSize.mebibytes(64))
            .memorySwap(ByteSize.UNLIMITED)
            .memoryReservation(ByteSize.mebibytes(32))
            .cpus(1.5)
            .cpuShares(512)
            .cpusetCpus("0")
            .cpusetMems("0")
            .pidsLimit(-1)
            .ulimit(new Ulimit("nofile", 1, -1))
            .privileged(true)
            .addCapability("NET_ADMIN")
            .dropCapability("ALL")
            .seccomp("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}")
            .appArmor("unconfined")
            .noNewPrivileges(true)
            .pid(NamespaceMode.HOST)
            .ipc(NamespaceMode.container("c"))
            .cgroupNamespace(NamespaceMode.HOST)
            .network(NamespaceMode.HOST)
            .hostname("h")
            .domainname("d")
            .addHost("x", "::1")
            .dns("1.1.1.1")
            .dnsSearch(".")
            .dnsOption("ndots:2")
            .readOnlyRoot(true)
            .bind(new Bind("/a", "/b:c", true, Propagation.RSLAVE))
            .tmpfs(new TmpfsMount("/run", List.of("size=1m")))
            .device(DeviceMapping.parse("/dev/fuse:/dev/x:rw"))
            .shmSize(ByteSize.mebibytes(1))
            .logMaxSize(ByteSize.kibibytes(1))
            .logMaxFiles(3)
            .label("k", "v")
            .annotation("a", "b")
            .cgroupParent("/p");
    ContainerRecord record =
        record(spec).running(RUN).exited(new ExitRecord(137, 9, NOW + 2, true, "x"));

    assertThat(ContainerRecord.parse(record.encode(), "f")).isEqualTo(record);
    assertThat(ContainerRecord.parse(record(ContainerSpec.of("i")).encode(), "f"))
        .isEqualTo(record(ContainerSpec.of("i")));
  }

  @Test
  void membersOfALaterVersionSurvive() {
    String json = text(record(ContainerSpec.of("busybox")));
    String more =
        json.replace("\"version\":1,", "\"version\":1, \"later\": {\"x\": 1},")
            .replace("\"envs\":", "\"mine\": [true], \"envs\":");
    ContainerRecord read = ContainerRecord.parse(bytes(more), "f");

    JsonObject written = Json.parseObject(read.running(RUN).encode(), "f");
    assertThat(written.get("mine")).hasToString("[true]");
    assertThat(written.get("mydocker")).asString().contains("\"later\":{\"x\":1}");
  }

  @Test
  void aNewerFormatIsRefused() {
    String json = text(record(ContainerSpec.of("busybox")));

    assertRefused(
        () -> ContainerRecord.parse(bytes(json.replace("\"version\":1", "\"version\":2")), "/c"),
        "parse /c: mydocker.version: written by a newer mydocker (2, this one knows 1)");
  }

  @Test
  void aTruncatedFileSaysWhere() {
    byte[] json = record(ContainerSpec.of("busybox")).encode();

    assertRefused(
        () -> ContainerRecord.parse(Arrays.copyOf(json, 20), "/c"),
        "parse /c: line 3 column 6: expected '\"' at the end of the string, found the end of the"
            + " text");
  }

  @Test
  void readsWhatTheMonitorWrites() {
    ExitRecord exit =
        Json.decode(
            bytes(
                "{\"exitCode\":137,\"signal\":9,\"finishedAt\":\"2025-02-28T15:09:22.123456789Z\","
                    + "\"oomKilled\":true}\n"),
            "exit",
            ExitRecord::read);

    assertThat(exit).isEqualTo(new ExitRecord(137, 9, NOW, true, null));
  }
}
