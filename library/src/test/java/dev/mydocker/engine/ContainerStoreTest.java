package dev.mydocker.engine;

import static dev.mydocker.engine.ContainerSpecTest.assertRefused;
import static dev.mydocker.engine.TestFiles.WORKER;
import static dev.mydocker.engine.TestFiles.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.RunRecord.ProcessId;
import dev.mydocker.kernel.LocalZone;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerStoreTest {
  @TempDir Path top;

  private Path root;
  private ContainerStore store;

  @BeforeEach
  void open() {
    root = top.resolve("a/state");
    store = store();
  }

  private ContainerStore store() {
    StateDirectory state = StateDirectory.of(Map.of("MYDOCKER_ROOT", root.toString()));
    return new ContainerStore(WORKER, state, Duration.ofMillis(200));
  }

  private ContainerRecord create(ContainerSpec spec) {
    return create(spec, 1);
  }

  private ContainerRecord create(ContainerSpec spec, long created) {
    try (NewContainer container = store.begin()) {
      ContainerRecord record =
          ContainerRecord.create(
              container.id(), spec, null, ContainerConfig.EMPTY, List.of(), created, LocalZone.UTC);
      container.publish(new ContainerStore.Known(record, record.encode()), true).close();
      return record;
    }
  }

  private ContainerRecord create(String name) {
    return create(ContainerSpec.of("busybox").name(name));
  }

  private void remove(String id) {
    try (ContainerLock lock = store.lock(id)) {
      store.remove(lock);
    }
  }

  @Test
  void liesWhereTheTutorialsLook() throws IOException {
    ContainerRecord bird = create("bird");

    Path directory = root.resolve("containers").resolve(bird.id());
    assertThat(Files.readAllBytes(directory.resolve("config.json"))).isEqualTo(bird.encode());
    assertThat(Files.readSymbolicLink(root.resolve("names/bird")))
        .hasToString("../containers/" + bird.id());
    assertThat(root.resolve("run/bird/config.json"))
        .hasSameBinaryContentAs(directory.resolve("config.json"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
        .isEqualTo("rwx------");
  }

  @Test
  void anIdIs64HexadecimalDigitsAndItsFirstTwelveTheName() {
    ContainerRecord record = create(ContainerSpec.of("busybox"));

    assertThat(record.id()).matches("[0-9a-f]{64}");
    assertThat(record.name()).isEqualTo(record.id().substring(0, 12));
    assertThat(store.resolve(record.name())).isEqualTo(record.id());
  }

  @Test
  void isFoundByIdNameAndPrefix() {
    ContainerRecord bird = create("bird");
    create("fish");

    assertThat(store.resolve(bird.id())).isEqualTo(bird.id());
    assertThat(store.resolve("bird")).isEqualTo(bird.id());
    assertThat(store.resolve("/bird")).isEqualTo(bird.id());
    assertThat(store.resolve(bird.id().substring(0, 20))).isEqualTo(bird.id());
  }

  @Test
  void speaksAsDockerDoesOfWhatItCannotFind() {
    assertRefused(() -> store.resolve("bird"), "No such container: bird");
    for (int i = 0; i < 17; i++) {
      create(ContainerSpec.of("busybox"));
    }
    String common =
        IntStream.range(0, 16)
            .mapToObj(Integer::toHexString)
            .filter(digit -> store.ids().stream().filter(id -> id.startsWith(digit)).count() > 1)
            .findFirst()
            .orElseThrow();

    assertRefused(
        () -> store.resolve(common), "multiple IDs found with provided prefix: " + common);
    assertRefused(() -> store.resolve(""), "No such container: ");
    assertRefused(() -> store.resolve("../x"), "No such container: ../x");
    assertRefused(() -> store.resolve("."), "No such container: .");
  }

  @Test
  void aNameThatIsTakenIsRefusedAndNothingIsLeft() {
    ContainerRecord bird = create("bird");

    assertThatThrownBy(() -> create("bird"))
        .isInstanceOf(MydockerException.class)
        .hasMessageStartingWith(
            "Conflict. The container name \"bird\" is already in use by container \"" + bird.id())
        .extracting(e -> ((MydockerException) e).category())
        .isEqualTo(Category.CONFLICT);
    assertThat(names(root.resolve("containers"))).containsExactly(bird.id());
  }

  @Test
  void ofManyWhoWantANameOneGetsIt() throws Exception {
    List<Callable<String>> wishes = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      wishes.add(() -> create("bird").id());
    }
    int winners = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<String> wish : threads.invokeAll(wishes)) {
        try {
          assertThat(wish.get()).isEqualTo(store.resolve("bird"));
          winners++;
        } catch (ExecutionException e) {
          assertThat(e).hasMessageContaining("already in use");
        }
      }
    }
    assertThat(winners).isEqualTo(1);
    assertThat(store.ids()).hasSize(1);
  }

  @Test
  void removingLeavesNothing() throws IOException {
    ContainerRecord bird = create("bird");
    Files.createDirectories(root.resolve("containers").resolve(bird.id()).resolve("upper/a/b"));

    remove(bird.id());

    assertThat(names(root.resolve("containers"))).isEmpty();
    assertThat(names(root.resolve("names"))).isEmpty();
    assertThat(names(root.resolve("run"))).containsExactly(".engine");
    assertRefused(() -> store.lock(bird.id()), "No such container: " + bird.shortId());
    assertThat(create("bird").id()).isNotEqualTo(bird.id());
  }

  @Test
  void listsTheNewestFirstAndDamageHidesNobody() throws IOException {
    ContainerRecord old = create(ContainerSpec.of("busybox").name("old"), 1);
    ContainerRecord broken = create(ContainerSpec.of("busybox").name("broken"), 2);
    ContainerRecord fresh = create(ContainerSpec.of("busybox").name("fresh"), 3);
    Path file = root.resolve("containers").resolve(broken.id()).resolve("config.json");
    Files.write(file, new byte[0]);

    ContainerStore.Listing listing = store.list();

    assertThat(listing.records()).containsExactly(fresh, old);
    assertThat(listing.problems())
        .singleElement()
        .asString()
        .contains("parse " + file + ": line 1 column 1");
    remove(store.resolve("broken"));
    assertThat(store.list().problems()).isEmpty();
    assertThat(names(root.resolve("names"))).containsExactly("fresh", "old");
  }

  @Test
  void anEmptyStoreListsNothingAndMakesNothing() {
    assertThat(store.list().records()).isEmpty();
    assertThat(root).doesNotExist();
  }

  @Test
  void whatACrashLeftIsSweptAndItsNameFree() throws IOException {
    create("fish");
    NewContainer crashed = store.begin();
    Files.createSymbolicLink(root.resolve("names/bird"), Path.of("../containers/" + crashed.id()));
    Path gone = root.resolve("containers/.gone-" + "a".repeat(64));
    Files.createDirectories(gone.resolve("upper/x"));
    Path young = root.resolve("containers/.new-" + "b".repeat(64));
    Files.createDirectory(young);
    Files.setLastModifiedTime(gone, FileTime.from(Instant.now().minusSeconds(100)));

    // The filling one still holds its lock, so another command leaves it alone.
    assertRefused(() -> create("bird"), conflict("bird", crashed.id()));
    assertThat(gone).doesNotExist();
    assertThat(young).exists();

    // As if it were killed: the lock goes, the directory stays.
    Path half = Path.of(crashed.directory());
    Files.move(half, top.resolve("kept"));
    crashed.close();
    Files.move(top.resolve("kept"), half);

    assertThat(create("bird").name()).isEqualTo("bird");
    assertThat(half).doesNotExist();
  }

  private static String conflict(String name, String owner) {
    return "Conflict. The container name \""
        + name
        + "\" is already in use by container \""
        + owner
        + "\". You have to remove (or rename) that container to be able to reuse that name.";
  }

  @Test
  void aContainerThatIsNotPublishedIsRemoved() {
    try (NewContainer container = store.begin()) {
      container.write("hosts", new byte[] {'x'}, 0644);
      container.makeDirectory("upper", 0755);
      assertThat(names(Path.of(container.directory()))).contains("hosts", "lock", "upper");
    }
    assertThat(names(root.resolve("containers"))).isEmpty();
  }

  @Test
  void oneAtATimeChangesAContainer() throws Exception {
    String id = create("bird").id();
    try (ContainerLock lock = store.lock(id)) {
      assertThat(lock.id()).isEqualTo(id);
      assertThatThrownBy(() -> store.lock(id)).isInstanceOf(IllegalStateException.class);
      // Another thread waits inside this engine, another engine for the file.
      for (ContainerStore other : List.of(store, store())) {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
          assertThat(thread.submit(() -> refusal(() -> other.lock(id).close())).get())
              .isEqualTo(
                  "lock container " + id.substring(0, 12) + ": another command is changing it");
        }
      }
    }
    store.lock(id).close();
  }

  private static String refusal(Runnable action) {
    try {
      action.run();
      return "";
    } catch (MydockerException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void whoWaitsForTheLockOfARemovedContainerLearnsOfIt() throws Exception {
    String id = create("bird").id();
    ContainerStore patient = new ContainerStore(WORKER, store.state(), Duration.ofSeconds(20));
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<String> waiting;
      try (ContainerLock lock = store.lock(id)) {
        waiting = thread.submit(() -> refusal(() -> patient.lock(id).close()));
        Thread.sleep(50);
        store.remove(lock);
      }
      assertThat(waiting.get()).isEqualTo("No such container: " + id.substring(0, 12));
    }
  }

  @Test
  void theMonitorsRecordOfTheEndBelongsToTheContainer() throws IOException {
    ContainerRecord created = create("bird");
    Path exit = root.resolve("containers").resolve(created.id()).resolve("exit");
    RunRecord run =
        new RunRecord(
            new ProcessId(1, 2),
            ProcessId.NONE,
            "boot",
            1_740_755_362_123_456_789L,
            "",
            JsonObject.empty());
    try (ContainerLock lock = store.lock(created.id())) {
      store.write(lock, created.running(run), false);
      Files.writeString(exit, exitFile("2025-02-28T15:09:23.000000000Z"));
      assertThat(store.read(created.id()).exit())
          .isEqualTo(new ExitRecord(3, 0, 1_740_755_363_000_000_000L, false, null));

      Files.writeString(exit, exitFile("2025-02-28T15:09:22.000000000Z"));
      assertThat(store.read(created.id()).exit()).as("after the clock was set back").isNotNull();

      store.clearExit(lock);
      assertThat(exit).doesNotExist();
    }
  }

  private static String exitFile(String time) {
    return "{\"exitCode\":3,\"signal\":0,\"finishedAt\":\"" + time + "\",\"oomKilled\":false}\n";
  }

  @Test
  void theLinkBelowRunComesBackAfterAReboot() throws IOException {
    ContainerRecord bird = create("bird");
    Files.delete(root.resolve("run/bird"));
    Files.delete(root.resolve("run/.engine"));
    Files.delete(root.resolve("run"));

    store.linkRun(bird);

    assertThat(root.resolve("run/bird/config.json")).exists();
    assertThat(root.resolve("run/.engine")).isDirectory();
  }
}
