package dev.mydocker.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.format.Ages;
import dev.mydocker.cli.format.GoTemplate;
import dev.mydocker.engine.ByteSize;
import dev.mydocker.engine.ContainerInfo;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Status;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists, filters and descriptions of containers. */
class PsTest {
  private static final Instant CREATED = Instant.ofEpochSecond(1_700_000_000);
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final ContainerSpec SPEC =
      ContainerSpec.of("busybox")
          .name("bird")
          .label("k", "v")
          .memory(ByteSize.mebibytes(64))
          .bind(Path.of("/a/long/path/of/the/host"), "/data");

  private static ContainerInfo info(Status status, @Nullable Instant finished, int code) {
    return new ContainerInfo(
        ID,
        "bird",
        List.of("sleep", "1 2"),
        "busybox",
        "sha256:" + ID,
        CREATED,
        "2023-11-14 22:13:20",
        new ContainerInfo.State(
            status, status.isAlive() ? 42 : 0, CREATED, finished, code, 0, false, null),
        () ->
            new ContainerInfo.Details(
                SPEC, SPEC.process(), SPEC.labels(), List.of(), Set.of(), "{}"),
        "/var/lib/mydocker/containers/" + ID);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource({
    "CREATED, 0, Created",
    "RUNNING, 0, Up 3 minutes",
    "PAUSED, 0, Up 3 minutes (Paused)",
    "EXITED, 0, Exited (0) 3 minutes ago",
    "EXITED, 137, Exited (137) 3 minutes ago",
    "DEAD, 0, Dead",
  })
  void statusInDockersWords(Status status, int code, String words) {
    long now = Moments.nanos(CREATED.plusSeconds(180));
    assertThat(Ps.status(info(status, CREATED, code), new Ages(now))).isEqualTo(words);
  }

  @Test
  void anEndThatNobodySawHasNoTime() {
    assertThat(Ps.status(info(Status.EXITED, null, 255), new Ages(Moments.nanos(CREATED))))
        .isEqualTo("Exited (255)");
  }

  @Test
  void aRowIsShortenedOrWhole() {
    long now = Moments.nanos(CREATED.plusSeconds(60));
    ContainerInfo info = info(Status.RUNNING, null, 0);
    assertThat(Ps.row(info, false, now, time -> "T", "0B").fields())
        .hasToString(
            "{\"ID\":\"0123456789ab\",\"Name\":\"bird\",\"Image\":\"busybox\",\"Pid\":\"42\","
                + "\"Status\":\"Up About a minute\",\"Command\":\"\\\"sleep 1 2\\\"\","
                + "\"RunningFor\":\"About a minute ago\",\"Size\":\"0B\","
                + "\"Names\":\"bird\",\"State\":\"running\","
                + "\"CreatedAt\":\"T\",\"Ports\":\"\",\"Labels\":\"k=v\","
                + "\"Mounts\":\"/a/long/path/o…\",\"LocalVolumes\":\"0\",\"Networks\":\"none\"}");
    assertThat(Ps.row(info, true, now, time -> "T", "0B").fields().get("ID"))
        .hasToString("JsonString[value=" + ID + "]");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "name=bir, true",
    "name=^bird$, true",
    "name=/bird, true",
    "name=^ird, false",
    "name=bi$, false",
    "id=0123, true",
    "id=123, false",
    "status=running, true",
    "status=exited, false",
    "label=k, true",
    "label=k=v, true",
    "label=k=w, false",
    "ancestor=busybox, true",
    "ancestor=busybox:latest, true",
    "ancestor=0123456789ab, true",
    "ancestor=other, false",
    "exited=0, false",
  })
  void filters(String filter, boolean accepted) {
    assertThat(PsFilter.parse(List.of(filter)).accepts(info(Status.RUNNING, null, 0)))
        .isEqualTo(accepted);
  }

  @Test
  void ofOneKeyOneMustHoldAndOfLabelsAll() {
    ContainerInfo info = info(Status.RUNNING, null, 0);
    assertThat(PsFilter.parse(List.of("name=x", "name=bird")).accepts(info)).isTrue();
    assertThat(PsFilter.parse(List.of("label=k", "label=x")).accepts(info)).isFalse();
    assertThat(PsFilter.parse(List.of("name=bird", "status=exited")).accepts(info)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"status=foo", "exited=x", "nosuch=1"})
  void unknownFiltersAreRefused(String filter) {
    assertThatThrownBy(() -> PsFilter.parse(List.of(filter)))
        .isInstanceOf(MydockerException.class)
        .hasMessageStartingWith("invalid filter '");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{{.Name}} {{.Path}} {{json .Args}} | /bird sleep [\"1 2\"]",
        "{{.State.Status}} {{.State.Running}} {{.State.Pid}} {{.State.ExitCode}}"
            + " | running true 42 0",
        "{{.State.StartedAt}} {{.State.FinishedAt}} | 2023-11-14T22:13:20Z 0001-01-01T00:00:00Z",
        "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} | 67108864 134217728",
        "{{.HostConfig.NetworkMode}} {{.HostConfig.PidMode}}- | none -",
        "{{.Config.Image}} {{index .Config.Labels \"k\"}} {{.Config.Hostname}}"
            + " | busybox v 0123456789ab",
        "{{range .Mounts}}{{.Source}}>{{.Destination}} {{.RW}}{{end}}"
            + " | /a/long/path/of/the/host>/data true",
        "{{len .NetworkSettings.Networks}} {{.LogPath}}"
            + " | 1 /var/lib/mydocker/containers/"
            + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/container.log",
      })
  void inspectHasDockersShape(String template, String text) {
    assertThat(
            GoTemplate.parse(template)
                .execute(
                    InspectContainer.json(info(Status.RUNNING, null, 0)), GoTemplate.Absent.ERROR))
        .isEqualTo(text);
  }
}
