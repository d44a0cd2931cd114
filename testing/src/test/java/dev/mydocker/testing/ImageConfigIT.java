package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an image says of the containers that are made of it is so in them. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageConfigIT {
  private final Sandbox sandbox;

  ImageConfigIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** The image base, which has users of its own, and the container source, which has more. */
  @BeforeAll
  void anImageWithUsersIsHere() {
    String users =
        "echo app:x:1234:2345::/home/app:/bin/sh >>/etc/passwd; echo own:x:2345: >>/etc/group;"
            + " echo more:x:777:app >>/etc/group; mkdir -p /home/app";
    run("run", "--name", "source", "busybox", "sh", "-ec", users).orThrow();
    run("commit", "source", "base").orThrow();
  }

  @AfterEach
  void containersAreGone() {
    for (String id : run("ps", "-aq", "--filter", "label=of=test").stdout().lines().toList()) {
      run("rm", "-f", id).orThrow();
    }
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  /** Makes the image {@code made} of the source, by Dockerfile instructions. */
  private void image(String... changes) {
    List<String> words = new ArrayList<>(List.of("commit", "-c", "LABEL of=test"));
    for (String change : changes) {
      words.addAll(List.of("-c", change));
    }
    words.addAll(List.of("source", "made"));
    run(words.toArray(String[]::new)).orThrow();
  }

  private String inspected(String format, String name) {
    return run("inspect", "-f", format, name).orThrow().stdout().strip();
  }

  @Test
  void theCommandIsItsEntrypointAndWhatOneSaysInPlaceOfItsCommand() {
    image("ENTRYPOINT [\"echo\", \"entry\"]", "CMD [\"com mand\"]");
    assertThat(run("run", "--rm", "made").orThrow().stdout()).isEqualTo("entry com mand\n");
    assertThat(run("run", "--rm", "made", "mine").orThrow().stdout()).isEqualTo("entry mine\n");
    assertThat(run("run", "--rm", "--entrypoint", "pwd", "made").orThrow().stdout())
        .isEqualTo("/\n");
    image("ENTRYPOINT exec echo $0 shell", "CMD echo $PATH");
    assertThat(run("run", "--rm", "made").orThrow().stdout()).isEqualTo("/bin/sh shell\n");
    assertThat(run("run", "--rm", "--entrypoint", "", "made", "echo", "x").orThrow().stdout())
        .isEqualTo("x\n");
  }

  @Test
  void itStartsInItsDirectoryWithItsVariables() {
    image("ENV ONE=1 TWO=\"a b\"", "ENV ONE=one", "WORKDIR /made/here", "WORKDIR sub");
    String script = "pwd; echo \"$ONE,$TWO,$THREE\"";
    assertThat(run("run", "--rm", "made", "sh", "-c", script).orThrow().stdout())
        .isEqualTo("/made/here/sub\none,a b,\n");
    assertThat(
            run(
                    "run", "--rm", "-e", "TWO=2", "-e", "THREE=3", "-w", "/tmp", "made", "sh", "-c",
                    script)
                .orThrow()
                .stdout())
        .isEqualTo("/tmp\none,2,3\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "app       | uid=1234(app) gid=2345(own) groups=777(more) | /home/app",
        "app:more  | uid=1234(app) gid=777(more)                  | /home/app",
        "1234:2345 | uid=1234(app) gid=2345(own)                  | /home/app",
        "55        | uid=55 gid=0(root)                           | /",
        "55:66     | uid=55 gid=66                                | /",
      })
  void itsUserIsLookedUpInItsFiles(String user, String is, String home) {
    image("USER " + user);
    assertThat(run("run", "--rm", "made", "sh", "-c", "id; echo $HOME").orThrow().stdout())
        .isEqualTo(is + "\n" + home + "\n");
    assertThat(run("run", "--rm", "-u", "0:0", "made", "id", "-u").orThrow().stdout())
        .isEqualTo("0\n");
  }

  @ParameterizedTest
  @CsvSource({"absent, user absent, passwd", "app:absent, group absent, group"})
  void aUserThatItsFilesLackIsSaidInOneLine(String user, String what, String file) {
    image("USER " + user);
    Result result = run("run", "made", "id");
    assertThat(result.exit()).isEqualTo(125);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .startsWith(
            "mydocker: find " + what + ": no matching entry in the container's /etc/" + file)
        .hasLineCount(1);
  }

  @Test
  void itsSignalStopsIt() {
    image("STOPSIGNAL SIGUSR1", "CMD trap 'exit 7' USR1; : >/ready; while :; do sleep 1; done");
    run("run", "-d", "--name", "box", "made").orThrow();
    run("exec", "box", "sh", "-c", "until [ -e /ready ]; do :; done").orThrow();
    run("stop", "-t", "120", "box").orThrow();
    assertThat(inspected("{{.State.ExitCode}} {{.Config.StopSignal}}", "box"))
        .isEqualTo("7 SIGUSR1");
  }

  @Test
  void itsLabelsArePartOfTheContainersOwn() {
    image("LABEL one=1 two=2");
    run("create", "--name", "box", "-l", "two=mine", "made").orThrow();
    assertThat(inspected("{{json .Config.Labels}}", "box"))
        .isEqualTo("{\"of\":\"test\",\"one\":\"1\",\"two\":\"mine\"}");
    assertThat(run("ps", "-a", "--filter", "label=one=1", "--format", "{{.Names}}").stdout())
        .isEqualTo("box\n");
  }

  @Test
  void whatContainersMakeNothingOfIsShownAndKept() {
    image(
        "EXPOSE 53/udp",
        "HEALTHCHECK --interval=5s --retries=2 CMD test -e /well",
        "ONBUILD RUN make",
        "VOLUME /data",
        "USER app",
        "WORKDIR /tmp",
        "ENV A=1",
        "STOPSIGNAL SIGINT",
        "ENTRYPOINT [\"echo\"]",
        "CMD [\"x\"]");
    run("create", "--name", "box", "made").orThrow();
    for (String name : List.of("box", "made")) {
      assertThat(inspected("{{json .Config.ExposedPorts}} {{json .Config.OnBuild}}", name))
          .isEqualTo("{\"53/udp\":{}} [\"RUN make\"]");
      assertThat(inspected("{{json .Config.Healthcheck}}", name))
          .isEqualTo(
              "{\"Test\":[\"CMD-SHELL\",\"test -e /well\"],\"Interval\":5000000000,\"Retries\":2}");
    }
    run("commit", "-a", "somebody", "-m", "why", "box", "again").orThrow();
    assertThat(inspected("{{json .Config}}", "again"))
        .isEqualTo(inspected("{{json .Config}}", "made"));
    assertThat(inspected("{{.Author}} {{.Comment}}", "again")).isEqualTo("somebody why");
    run("rmi", "again").orThrow();
  }

  @Test
  void itsHealthIsCheckedByWhoWantsToKnow() {
    image("HEALTHCHECK CMD echo looked; test -e /well", "USER app", "CMD [\"sleep\", \"600\"]");
    run("run", "-d", "--name", "box", "made").orThrow();
    Result ill = run("healthcheck", "run", "box");
    assertThat(ill.exit()).isEqualTo(1);
    assertThat(ill.stdout()).isEqualTo("unhealthy\n");
    assertThat(ill.stderr()).isEmpty();
    run("exec", "-u", "0", "box", "touch", "/well").orThrow();
    assertThat(run("healthcheck", "run", "box").orThrow().stdout()).isEmpty();
    run("stop", "-t", "0", "box").orThrow();
    Result stopped = run("healthcheck", "run", "box");
    assertThat(stopped.exit()).isEqualTo(125);
    assertThat(stopped.stderr())
        .isEqualTo(
            "mydocker: exec in container box: it is not running; start it first: mydocker start"
                + " box\n");
  }

  @Test
  void aHealthCheckThatDoesNotEndIsKilledAndOneThatIsNoneIsSaid() {
    image("HEALTHCHECK --timeout=1s CMD [\"sleep\", \"654321\"]", "CMD [\"top\"]");
    run("run", "-d", "--name", "box", "made").orThrow();
    assertThat(run("healthcheck", "run", "box").stdout()).isEqualTo("unhealthy\n");
    assertThat(run("exec", "box", "pgrep", "-f", "sleep 654321").stdout()).isEmpty();
    for (String check : List.of("NONE", "CMD [\"missing\"]")) {
      image("HEALTHCHECK " + check, "CMD [\"top\"]");
      run("rm", "-f", "box").orThrow();
      run("run", "-d", "--name", "box", "made").orThrow();
      Result result = run("healthcheck", "run", "box");
      assertThat(result.exit()).isEqualTo(check.equals("NONE") ? 125 : 127);
      assertThat(result.stdout()).isEmpty();
      assertThat(result.stderr())
          .contains(check.equals("NONE") ? "its image has no health check" : "missing")
          .hasLineCount(1);
    }
  }

  @Test
  void aContainerWhoseImageNamesNoDirectoryForAVolumeIsStillListedAndRemoved() throws IOException {
    image("VOLUME /data");
    String id = run("create", "--name", "box", "made", "true").orThrow().stdout().strip();
    Path record = sandbox.root().resolve("containers/" + id + "/config.json");
    String before = Files.readString(record);
    Files.writeString(record, before.replace("{\"/data\":{}}", "{\"data\":{},\"/\":{}}"));
    assertThat(Files.readString(record)).isNotEqualTo(before);
    assertThat(inspected("{{len .Mounts}} {{json .Config.Volumes}}", "box")).isEqualTo("0 null");
    assertThat(run("ps", "-a", "--filter", "name=box", "--format", "{{.Names}}").stdout())
        .isEqualTo("box\n");
    run("start", "-a", "box").orThrow();
    run("rm", "box").orThrow();
    assertThat(sandbox.root().resolve("containers/" + id)).doesNotExist();
  }
}
