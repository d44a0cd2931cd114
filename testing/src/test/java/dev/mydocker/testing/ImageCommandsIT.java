package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is listed, counted and removed of the images that are here. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
class ImageCommandsIT {
  private final Sandbox sandbox;

  ImageCommandsIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** busybox with two names more; team/app:1 on it; and what app:old was before. */
  @BeforeEach
  void imagesAreHere() {
    run("run", "--name", "source", "busybox", "sh", "-c", "echo one >/one").orThrow();
    run("commit", "-c", "LABEL stage=old", "-c", "LABEL team=a", "source", "app:old").orThrow();
    run("commit", "-a", "me", "-m", "young", "-c", "LABEL team=b", "source", "team/app:1")
        .orThrow();
    run("rm", "source").orThrow();
    run("tag", "busybox", "app:old").orThrow();
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    for (String id : run("ps", "-aq").stdout().lines().toList()) {
      run("rm", "-f", id).orThrow();
    }
    run("image", "prune", "-af").orThrow();
    assertThat(run("images", "-aq").stdout()).isEmpty();
    for (String directory : List.of("blobs/sha256", "layers", "tmp")) {
      try (Stream<Path> files = Files.list(sandbox.root().resolve("images/" + directory))) {
        assertThat(files).as(directory).isEmpty();
      }
    }
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private List<String> listed(String... filters) {
    List<String> words = new ArrayList<>(List.of("images", "--format"));
    words.add("{{.Repository}}:{{.Tag}}");
    for (String filter : filters) {
      words.addAll(List.of("-f", filter));
    }
    return run(words.toArray(String[]::new)).orThrow().stdout().lines().sorted().toList();
  }

  @Test
  void imagesAreFilteredByWhatTheyAre() {
    assertThat(listed())
        .containsExactly("<none>:<none>", "app:old", "localhost/busybox:latest", "team/app:1");
    assertThat(listed("dangling=true")).containsExactly("<none>:<none>");
    assertThat(listed("dangling=false", "label=team")).containsExactly("team/app:1");
    assertThat(listed("label=team=a")).containsExactly("<none>:<none>");
    assertThat(listed("label=team", "label=stage=old")).containsExactly("<none>:<none>");
    assertThat(listed("reference=*/app")).containsExactly("team/app:1");
    assertThat(listed("reference=app:o*", "reference=busybox"))
        .containsExactly("app:old", "localhost/busybox:latest");
    assertThat(run("images", "--format", "{{.Repository}}:{{.Tag}}", "loc*/*").stdout())
        .isEqualTo("localhost/busybox:latest\n");
    assertThat(listed("before=team/app:1")).doesNotContain("team/app:1").contains("app:old");
    assertThat(listed("since=busybox")).containsExactly("<none>:<none>", "team/app:1");
    Result unknown = run("images", "-f", "size=1");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.stderr()).hasLineCount(1).contains("invalid filter 'size'");
    assertThat(run("images", "-f", "dangling=maybe").stderr()).contains("true or false");
    assertThat(run("images", "-f", "since=nosuch").stderr())
        .isEqualTo("mydocker: No such image: nosuch:latest\n");
  }

  @Test
  void pruningTakesWhatNothingUses() {
    String asked = "WARNING! This will remove all dangling images.";
    Result refused = sandbox.mydocker("image", "prune").input("n\n").run();
    assertThat(refused.stdout()).startsWith(asked).doesNotContain("reclaimed");
    assertThat(listed()).hasSize(4);
    run("create", "--name", "user", "team/app:1").orThrow();
    Result pruned = sandbox.mydocker("image", "prune").input("y\n").run();
    assertThat(pruned.stdout()).contains("Deleted Images:\ndeleted: sha256:");
    assertThat(pruned.stdout()).containsPattern("Total reclaimed space: [0-9.]+kB\n");
    assertThat(listed()).containsExactly("app:old", "localhost/busybox:latest", "team/app:1");
    run("image", "prune", "-af", "--filter", "label=nosuch").orThrow();
    run("image", "prune", "-af", "--filter", "until=2000-01-01").orThrow();
    assertThat(listed()).hasSize(3);
    // The image that is used was made of it.
    assertThat(run("image", "prune", "-af").orThrow().stdout())
        .contains("untagged: localhost/busybox:latest\nuntagged: app:old\n")
        .doesNotContain("deleted: ");
    assertThat(listed()).containsExactly("team/app:1");
    assertThat(run("start", "-a", "user").exit()).isZero();
    assertThat(run("run", "--rm", "team/app:1", "cat", "/one").stdout()).isEqualTo("one\n");
  }

  @Test
  void whatOthersWereMadeOfGoesWithTheLastOfThem() {
    String base = inspected("{{.Id}}", "busybox");
    assertThat(inspected("{{.Parent}}", "team/app:1")).isEqualTo(base);
    Result refused = run("rmi", "-f", base.substring(7));
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stderr()).hasLineCount(1).contains("other images were made of it");
    assertThat(run("rmi", "busybox", "app:old").orThrow().stdout())
        .isEqualTo("Untagged: localhost/busybox:latest\nUntagged: app:old\n");
    assertThat(listed()).containsExactly("<none>:<none>", "team/app:1");
    String unnamed = run("images", "-q", "--no-trunc", "-f", "dangling=true").stdout().strip();
    assertThat(run("images", "-aq", "--no-trunc").stdout()).contains(base);
    // An image without a name that others were made of is not in the way of pruning either.
    assertThat(run("image", "prune", "-f").stdout()).contains(unnamed).doesNotContain(base);
    assertThat(run("rmi", "--no-prune", "team/app:1").orThrow().stdout())
        .startsWith("Untagged: team/app:1\nDeleted: sha256:")
        .doesNotContain(base);
    assertThat(run("images", "-q", "--no-trunc").stdout()).isEqualTo(base + "\n");
    run("tag", base, "again").orThrow();
    run("run", "--name", "second", "again", "touch", "/two").orThrow();
    run("commit", "second", "child").orThrow();
    run("commit", "second", "child:2").orThrow();
    run("rm", "second").orThrow();
    run("rmi", "again").orThrow();
    assertThat(run("rmi", "child").orThrow().stdout()).doesNotContain(base);
    assertThat(run("rmi", "child:2").orThrow().stdout()).contains("Deleted: " + base + "\n");
  }

  private String inspected(String format, String image) {
    return run("inspect", "-f", format, image).orThrow().stdout().strip();
  }

  @Test
  void diskUseIsWhatTheFilesTake() {
    run(
            "run",
            "-d",
            "--name",
            "writer",
            "team/app:1",
            "sh",
            "-c",
            "head -c 3000000 /dev/zero >/big; sleep 600")
        .orThrow();
    run("exec", "writer", "sh", "-c", "until [ $(stat -c %s /big) = 3000000 ]; do :; done")
        .orThrow();
    String format = "{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}";
    List<String> lines =
        run("system", "df", "--format", format).orThrow().stdout().lines().toList();
    long bytes = bytesBelow("images");
    assertThat(lines.get(0)).startsWith("Images 3 1 " + human(bytes) + " ");
    // Two small layers' archives and trees, a configuration and a manifest each.
    assertThat(lines.get(0)).containsPattern("[0-9.]+kB \\(0%\\)$");
    assertThat(lines.get(1)).isEqualTo("Containers 1 1 3MB 0B (0%)");
    run("kill", "writer").orThrow();
    run("wait", "writer").orThrow();
    assertThat(run("system", "df", "--format", format).stdout())
        .contains("Containers 1 0 3MB 3MB (100%)");
    String verbose = run("system", "df", "-v").stdout();
    assertThat(verbose).containsPattern("team/app +1 +[0-9a-f]{12} .* 1\n");
    assertThat(verbose).containsPattern("[0-9a-f]{12} +team/app:1 .* 3MB .* writer\n");
    run("rm", "writer").orThrow();
    requireSharedLayersToCountOnce();
    run("image", "prune", "-af").orThrow();
    assertThat(run("system", "df", "--format", format).stdout())
        .containsPattern("Images 0 0 [0-9]+B 0B \\(0%\\)\n");
  }

  /** What is of one image alone is what goes with it; all else that it has others have too. */
  private void requireSharedLayersToCountOnce() {
    long before = bytesBelow("images");
    String format =
        "{{range .Images}}{{.Repository}} {{.Size}} {{.SharedSize}} {{.UniqueSize}}\n{{end}}";
    List<String> sizes =
        run("system", "df", "-v", "--format", format).orThrow().stdout().lines().toList();
    assertThat(run("system", "df", "-v", "--format", "json").stdout())
        .startsWith("{\"Images\":[{\"Repository\":")
        .contains("\"UniqueSize\":")
        .endsWith(",\"Containers\":[]}\n");
    String mine =
        sizes.stream().filter(line -> line.startsWith("team/app ")).findFirst().orElseThrow();
    run("rmi", "team/app:1").orThrow();
    long freed = before - bytesBelow("images");
    assertThat(mine).containsPattern(" [0-9.]+MB [0-9.]+MB [0-9.]+k?B$");
    String unique = mine.substring(mine.lastIndexOf(' ') + 1);
    // Three digits are shown; and the index is shorter by the name.
    double shown =
        unique.endsWith("kB")
            ? 1000 * Double.parseDouble(unique.replace("kB", ""))
            : Double.parseDouble(unique.replace("B", ""));
    assertThat((double) freed).isBetween(shown - 10, shown + 1000);
  }

  private long bytesBelow(String directory) {
    String sum =
        Command.of(
                "sh",
                "-c",
                "find \"$0\" ! -type d -printf '%i %s\\n' | sort -u |"
                    + " awk '{ s += $2 } END { print s }'",
                sandbox.root() + "/" + directory)
            .run()
            .orThrow()
            .stdout();
    return Long.parseLong(sum.strip());
  }

  private static String human(long bytes) {
    return new java.math.BigDecimal(bytes)
            .divide(java.math.BigDecimal.valueOf(1_000_000))
            .round(new java.math.MathContext(4))
            .stripTrailingZeros()
            .toPlainString()
        + "MB";
  }

  @Test
  void historyTellsEachStep() {
    assertThat(run("history", "--format", "{{.Comment}}|{{.Size}}", "team/app:1").stdout().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("young|4B"),
            line -> assertThat(line).startsWith("assembled by mydocker").endsWith("MB"));
    assertThat(run("history", "-q", "--no-trunc", "team/app:1").stdout())
        .isEqualTo(run("inspect", "-f", "{{.Id}}", "team/app:1").stdout() + "<missing>\n");
    assertThat(run("history", "--human=false", "--format", "{{.Size}}", "team/app:1").stdout())
        .startsWith("4\n");
    assertThat(run("image", "history", "team/app:1").stdout())
        .startsWith("IMAGE          CREATED ");
    assertThat(run("history", "nosuch").stderr())
        .isEqualTo("mydocker: No such image: nosuch:latest\n");
  }

  @ParameterizedTest
  @CsvSource({
    "image ls -q, images -q",
    "image rm nosuch, rmi nosuch",
    "image inspect app:old, inspect app:old",
    "image save nosuch, save nosuch",
    "image tag app:old app:3, tag app:old app:4"
  })
  void commandsOnImagesHaveTwoSpellings(String managed, String plain) {
    Result one = run(managed.split(" "));
    Result other = run(plain.split(" "));
    assertThat(one).isEqualTo(other);
  }

  @Test
  void imagesThatCommandsRaceForAreWholeOrGone() throws Exception {
    Path archive = sandbox.directory().resolve("race.tar");
    run("save", "-o", archive.toString(), "app:old", "team/app:1").orThrow();
    String mydocker = Checkout.directory() + "/mydocker";
    List<Process> racers = new ArrayList<>();
    for (String script :
        List.of(
            "\"$0\" load -i \"$1\"; \"$0\" rmi -f team/app:1; \"$0\" load -i \"$1\"",
            "\"$0\" rmi -f app:old team/app:1; \"$0\" load <\"$1\"",
            "\"$0\" image prune -af; \"$0\" load -i \"$1\"",
            "for i in 1 2 3 4; do \"$0\" run --rm team/app:1 cat /one; done")) {
      racers.add(
          Command.of("sh", "-c", script + " >/dev/null 2>&1; :", mydocker, archive.toString())
              .environment(sandbox.environment())
              .start());
    }
    for (Process racer : racers) {
      assertThat(racer.waitFor()).isZero();
    }
    run("load", "-i", archive.toString()).orThrow();
    assertThat(run("run", "--rm", "team/app:1", "cat", "/one").stdout()).isEqualTo("one\n");
    assertThat(run("run", "--rm", "app:old", "true").exit()).isZero();
  }
}
