package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where there are many containers, lists keep an index; nobody can tell but by the time. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManyContainersIT {
  private static final int MANY = 20;
  private static final String[] LIST = {
    "ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}} {{.Status}}"
  };

  private final Sandbox sandbox;
  private final Path index;
  private String bird = "";
  private String fish = "";

  ManyContainersIT(Sandbox sandbox) {
    this.sandbox = sandbox;
    this.index = sandbox.run().resolve(".engine/index");
  }

  @BeforeAll
  void thereAreMany() {
    for (int i = 0; i < MANY; i++) {
      run("create", "--name", "many" + i, "busybox", "sleep", "1000").orThrow();
    }
  }

  @BeforeEach
  void theIndexHasTwoThatRun() throws IOException {
    bird = start("bird");
    fish = start("fish");
    awaitIndexOf(bird, fish);
  }

  @AfterAll
  void theyGo() {
    List<String> remove = new ArrayList<>(List.of("rm", "-f", "bird", "fish", "blackbird"));
    for (int i = 0; i < MANY; i++) {
      remove.add("many" + i);
    }
    run(remove.toArray(new String[0]));
    assertThat(run("ps", "-aq").orThrow().stdout()).isEmpty();
    // Where few are left it goes too.
    assertThat(index).doesNotExist();
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private String start(String name) {
    run("rm", "-f", name);
    return run("run", "-d", "--name", name, "busybox", "sleep", "1000").orThrow().stdout().strip();
  }

  /** A list keeps what has been as it is for two seconds. */
  private void awaitIndexOf(String... ids) throws IOException {
    long start = System.nanoTime();
    while (true) {
      run("ps").orThrow();
      if (Files.exists(index)) {
        String content = Files.readString(index, StandardCharsets.ISO_8859_1);
        if (Arrays.stream(ids).allMatch(content::contains)) {
          return;
        }
      }
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(60));
    }
  }

  /** What a list says of one container without an index, and with the one that is there. */
  private String line(String id) throws IOException {
    String listed = lineOf(id, run(LIST).orThrow().stdout());
    Files.deleteIfExists(index);
    assertThat(lineOf(id, run(LIST).orThrow().stdout())).isEqualTo(listed);
    return listed;
  }

  private static String lineOf(String id, String list) {
    return list.lines()
        .filter(line -> line.startsWith(id))
        .map(line -> line.substring(id.length()).replaceAll("(Exited .\\d+.).*| Up .*", "$1"))
        .findFirst()
        .orElse("");
  }

  @Test
  void aListFromTheIndexIsTheSame() throws IOException {
    FileTime written = Files.getLastModifiedTime(index);
    String[] whole = {"ps", "-a", "--no-trunc", "--format", "json"};
    String first =
        run(whole).orThrow().stdout().replaceAll("\"(RunningFor|Status)\":\"[^\"]*\"", "");
    assertThat(first)
        .hasLineCount(MANY + 2)
        .contains("\"Names\":\"many7\"", "\"State\":\"created\"");
    assertThat(Files.getLastModifiedTime(index)).isEqualTo(written);
    Files.delete(index);
    assertThat(run(whole).orThrow().stdout().replaceAll("\"(RunningFor|Status)\":\"[^\"]*\"", ""))
        .isEqualTo(first);
  }

  @Test
  void whatHappensMeanwhileShowsAtOnce() throws IOException {
    run("stop", "-t", "0", "bird").orThrow();
    assertThat(line(bird)).isEqualTo(" bird exited Exited (137)");
    awaitIndexOf(bird);
    run("start", "bird").orThrow();
    assertThat(line(bird)).isEqualTo(" bird running");
    awaitIndexOf(bird);
    run("pause", "bird").orThrow();
    assertThat(line(bird)).isEqualTo(" bird paused");
    awaitIndexOf(bird);
    run("unpause", "bird").orThrow();
    run("rename", "bird", "blackbird").orThrow();
    assertThat(line(bird)).isEqualTo(" blackbird running");
    awaitIndexOf(bird);
    run("rm", "-f", "blackbird").orThrow();
    assertThat(line(bird)).isEmpty();
  }

  @Test
  void endsThatNobodyRecordedShowToo() throws IOException {
    String pids = "{{.State.Pid}}";
    kill(monitor(fish));
    // The list adopts it.
    assertThat(line(fish)).isEqualTo(" fish running");
    awaitIndexOf(fish);
    long init = Long.parseLong(run("inspect", "-f", pids, "fish").orThrow().stdout().strip());
    kill(monitor(fish));
    kill(init);
    assertThat(line(fish)).isEqualTo(" fish exited Exited (255)");
  }

  /** As the record says, on the line of what is the engine's own. */
  private long monitor(String id) throws IOException {
    String record = Files.readString(sandbox.root().resolve("containers/" + id + "/config.json"));
    String after = record.substring(record.indexOf("\"monitorPid\":") + 13);
    return Long.parseLong(after.substring(0, after.indexOf(',')));
  }

  private static void kill(long pid) {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }

  @Test
  void aRecordThatIsDamagedBehindItsBackIsAProblem() throws IOException {
    Path record = sandbox.root().resolve("containers/" + fish + "/config.json");
    String content = Files.readString(record);
    Files.writeString(record, content.replace("\"name\": \"fish\"", "\"name\": \"fi"));
    Result list = run("ps", "-a");
    assertThat(list.exit()).isEqualTo(1);
    assertThat(list.stderr()).hasLineCount(1).contains(record.toString());
    assertThat(list.stdout()).contains("many0").doesNotContain(fish.substring(0, 12));
    Files.writeString(record, content);
    assertThat(line(fish)).isEqualTo(" fish running");
  }

  @Test
  void anIndexThatIsDamagedIsNone() throws IOException {
    String whole = run(LIST).orThrow().stdout().replaceAll(" Up .*", "");
    byte[] good = Files.readAllBytes(index);
    for (int length = 0; length < good.length; length += good.length / 7) {
      Files.write(index, Arrays.copyOf(good, length));
      assertThat(run(LIST).orThrow().stdout().replaceAll(" Up .*", "")).isEqualTo(whole);
    }
    byte[] zeros = good.clone();
    Arrays.fill(zeros, good.length / 3, good.length / 2, (byte) 0);
    Files.write(index, zeros);
    assertThat(run(LIST).orThrow().stdout().replaceAll(" Up .*", "")).isEqualTo(whole);
    Files.delete(index);
    Files.createDirectory(index);
    assertThat(run(LIST).orThrow().stdout().replaceAll(" Up .*", "")).isEqualTo(whole);
    Files.delete(index);
  }
}
