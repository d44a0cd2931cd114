package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Images as they are listed, and as they are removed by all that names them. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
class ImageNamesIT {
  private final Sandbox sandbox;
  private String id;

  ImageNamesIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void oneImageIsHere() {
    run("run", "--name", "source", "busybox", "sh", "-c", "echo one >/one").orThrow();
    id = run("commit", "-m", "text of\tit", "source", "app:1").orThrow().stdout().strip();
    run("rm", "source").orThrow();
  }

  @AfterEach
  void nothingIsLeftBehind() {
    run("rm", "-f", "user");
    run("image", "prune", "-af").orThrow();
    assertThat(run("images", "-aq").stdout()).isEmpty();
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private String shortId() {
    return id.substring("sha256:".length()).substring(0, 12);
  }

  @Test
  void aListIsATableOrJsonOrWhatATemplateMakesOfIt() {
    String columns = "REPOSITORY +TAG +IMAGE ID +CREATED +SIZE";
    String row = "app +1 +" + shortId() + " +.* ago +[0-9.]+MB";
    for (List<String> words :
        List.of(List.of("images", "app"), List.of("images", "--format", "table", "app:1"))) {
      assertThat(run(words.toArray(String[]::new)).orThrow().stdout().lines())
          .satisfiesExactly(
              header -> assertThat(header).matches(columns), line -> assertThat(line).matches(row));
    }
    assertThat(run("images", "--no-trunc", "app").stdout()).contains("   " + id + "   ");
    assertThat(run("images", "-q", "app").stdout()).isEqualTo(shortId() + "\n");
    assertThat(run("images", "-q", "--no-trunc", "app").stdout()).isEqualTo(id + "\n");
    assertThat(run("images", "--digests", "app").stdout())
        .containsPattern("app +1 +<none> +" + shortId());
    assertThat(run("images", "--format", "json", "app").stdout())
        .hasLineCount(1)
        .startsWith("{\"Containers\":\"N/A\",\"CreatedAt\":\"")
        .contains(
            "\"Digest\":\"<none>\",\"ID\":\"" + shortId() + "\",\"Repository\":\"app\",\"Shared",
            "\"Tag\":\"1\"");
    assertThat(run("images", "--format", "table {{.Tag}}\\t{{.ID}}", "app").stdout())
        .isEqualTo("TAG       IMAGE ID\n1         " + shortId() + "\n");
    assertThat(run("images", "absent").orThrow().stdout()).hasLineCount(1);
    Result wrong = run("images", "--format", "{{.Nope}}");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.stderr()).hasLineCount(1).contains("can't evaluate field Nope");
  }

  @Test
  void aHistoryIsATableOrJsonOrWhatATemplateMakesOfIt() {
    assertThat(run("history", "app:1").orThrow().stdout().lines())
        .satisfiesExactly(
            header -> assertThat(header).matches("IMAGE +CREATED +CREATED BY +SIZE +COMMENT"),
            line ->
                assertThat(line)
                    .matches(shortId() + " +.* ago +sh -c echo one >/one +4B +text of.it"),
            line -> assertThat(line).startsWith("<missing>"));
    assertThat(run("history", "--no-trunc", "app:1").stdout()).contains("\n" + id + "   ");
    assertThat(run("history", "-q", "app:1").stdout()).isEqualTo(shortId() + "\n<missing>\n");
    assertThat(run("history", "--format", "json", "app:1").stdout().lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("{\"Comment\":\"text of\\tit\",\"CreatedAt\":\"")
        .contains("\"CreatedBy\":\"sh -c echo one >/one\"", "\"ID\":\"" + shortId() + "\"");
    assertThat(run("history", "-H=false", "--format", "{{.CreatedSince}}", "app:1").stdout())
        .matches("(20[0-9-]+T[0-9:.]+Z\n){2}");
  }

  @Test
  void anImageIsRemovedByEachOfItsNames() {
    run("tag", "app:1", "app:2").orThrow();
    run("tag", shortId(), "app:3").orThrow();
    assertThat(run("rmi", "app:2").orThrow().stdout()).isEqualTo("Untagged: app:2\n");
    // In one repository, an id means all its names.
    assertThat(run("rmi", id.substring("sha256:".length(), 20)).orThrow().stdout().lines())
        .startsWith("Untagged: app:1", "Untagged: app:3", "Deleted: " + id);
    Result gone = run("rmi", shortId());
    assertThat(gone.exit()).isEqualTo(1);
    assertThat(gone.stderr()).startsWith("mydocker: No such image: " + shortId());
    // Docker's --force takes what is not there for done.
    assertThat(run("rmi", "-f", shortId()).exit()).isZero();
  }

  @Test
  void severalAreRemovedAndWhatFailsIsSaid() {
    run("tag", "app:1", "other:1").orThrow();
    Result ambiguous = run("rmi", shortId());
    assertThat(ambiguous.exit()).isEqualTo(1);
    assertThat(ambiguous.stderr()).hasLineCount(1).contains("it has names in 2 repositories");
    Result some = run("rmi", "absent", "other:1");
    assertThat(some.exit()).isEqualTo(1);
    assertThat(some.stderr()).isEqualTo("mydocker: No such image: absent:latest\n");
    assertThat(some.stdout()).isEqualTo("Untagged: other:1\n");
    run("tag", "app:1", "other:1").orThrow();
    assertThat(run("rmi", "-f", id).orThrow().stdout().lines())
        .startsWith("Untagged: app:1", "Untagged: other:1", "Deleted: " + id);
  }

  @Test
  void whatAContainerUsesStaysUsable() {
    run("run", "-d", "--name", "user", "app:1", "sleep", "1000").orThrow();
    for (List<String> words :
        List.of(List.of("rmi", "app:1"), List.of("rmi", "-f", id), List.of("rmi", shortId()))) {
      Result refused = run(words.toArray(String[]::new));
      assertThat(refused.exit()).as("%s", words).isEqualTo(1);
      assertThat(refused.stderr())
          .hasLineCount(1)
          .contains("running container user uses it")
          .startsWith("mydocker: ");
    }
    run("kill", "user").orThrow();
    run("wait", "user").orThrow();
    assertThat(run("rmi", "app:1").stderr()).contains("stopped container user uses it");
    // By force it loses its name; the container keeps it.
    assertThat(run("rmi", "-f", "app:1").orThrow().stdout()).isEqualTo("Untagged: app:1\n");
    assertThat(run("images", "-aq", "--no-trunc").stdout()).contains(id);
    run("start", "user").orThrow();
    assertThat(run("exec", "user", "cat", "/one").orThrow().stdout()).isEqualTo("one\n");
    run("rm", "-f", "user").orThrow();
    assertThat(run("rmi", id).orThrow().stdout()).startsWith("Deleted: " + id);
  }
}
