package dev.mydocker.testing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.CommitOptions;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Snapshot;
import dev.mydocker.engine.StateDirectory;
import dev.mydocker.engine.Status;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots of containers' files, and containers put back to them. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class SnapshotIT {
  private final Sandbox sandbox;
  private Engine engine;

  SnapshotIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void open() {
    engine = Engine.open(StateDirectory.of(sandbox.environment()));
  }

  @AfterEach
  void nothingIsLeft() {
    try (Engine last = engine) {
      last.list().forEach(info -> last.container(info.id()).remove(true));
      List<Snapshot> all = new ArrayList<>(last.snapshots());
      all.reversed().forEach(Snapshot::remove);
    }
    assertThat(names(sandbox.root().resolve("snapshots"))).isEmpty();
    assertThat(names(sandbox.root().resolve("containers"))).isEmpty();
  }

  /** One that says what is in its directory /data when it starts, and waits. */
  private ContainerSpec spec(boolean owned) {
    ContainerSpec spec =
        ContainerSpec.of("busybox", "sh", "-c", "ls /data /bin/vi; exec sleep 1000")
            .cgroupParent(sandbox.cgroupParent());
    return owned ? spec.ownedByThisProcess() : spec;
  }

  private static String data(Container container) {
    return container.exec("sh", "-c", "cd /data && head -n 9 * 2>&1").stdout();
  }

  /** Prepared: a file of its own, a changed directory, and a file of the image removed. */
  private Container prepared(boolean owned) {
    Container container = engine.start(spec(owned));
    container
        .exec("sh", "-c", "mkdir -m 700 /data; echo prepared >/data/file; rm /bin/vi; chown 7 /")
        .orThrow();
    container.kill(9);
    container.await();
    return container;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void resetComesBackToTheSnapshotAndRunsAgain(boolean owned) {
    Container container = prepared(owned);
    container.snapshot();
    container.start();
    for (int i = 0; i < 3; i++) {
      assertThat(data(container)).isEqualTo("prepared\n");
      container
          .exec("sh", "-c", "echo changed >/data/file; echo new >/data/new; echo x >/bin/vi")
          .orThrow();
      container.reset();
      assertThat(container.info().status()).isEqualTo(Status.RUNNING);
      assertThat(container.exec("ls", "/bin/vi").exit().succeeded()).isFalse();
      assertThat(container.exec("stat", "-c", "%u %a", "/", "/data").orThrow().stdout())
          .isEqualTo("7 755\n0 700\n");
    }
  }

  @Test
  void withoutASnapshotResetComesBackToTheImage() {
    Container container = prepared(true);
    container.reset();
    assertThat(container.info().status()).isEqualTo(Status.EXITED);
    container.start();
    assertThat(container.exec("ls", "/data").exit().succeeded()).isFalse();
    assertThat(container.exec("ls", "/bin/vi").exit().succeeded()).isTrue();
  }

  @Test
  void aHundredClonesShareTheFilesAndNotTheirChanges() throws IOException {
    Container container = prepared(true);
    Snapshot snapshot = container.snapshot();
    List<Container> clones = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      clones.add(snapshot.create(snapshot.spec().name("clone-" + i)));
    }
    for (Container clone : List.of(clones.get(0), clones.get(99))) {
      clone.start();
      assertThat(data(clone)).isEqualTo("prepared\n");
      clone.exec("sh", "-c", "echo " + clone.id() + " >>/data/file").orThrow();
    }
    assertThat(data(clones.get(0))).isEqualTo("prepared\n" + clones.get(0).id() + "\n");
    clones.get(0).reset();
    assertThat(data(clones.get(0))).isEqualTo("prepared\n");
    assertThat(data(clones.get(99))).contains(clones.get(99).id());
    try (Stream<Path> all = Files.walk(sandbox.root())) {
      assertThat(all.filter(path -> path.endsWith("data/file"))).hasSize(2);
    }
  }

  @Test
  void aSnapshotOfACloneStandsOnTheFirst() {
    Snapshot first = prepared(false).snapshot();
    Container clone = first.start(first.spec());
    clone.exec("sh", "-c", "echo second >/data/file").orThrow();
    assertConflict(clone::snapshot, "it is running");
    clone.stop(Duration.ZERO);
    Snapshot second = clone.snapshot();
    Container third = second.start(second.spec());
    assertThat(data(third)).isEqualTo("second\n");
    assertConflict(first::remove, "snapshot " + second.id().substring(0, 12));
    assertConflict(second::remove, "container " + third.info().name());
    assertThat(engine.snapshot(first.id()).created()).isEqualTo(first.created());
    assertThat(engine.snapshots())
        .extracting(Snapshot::id)
        .containsExactly(first.id(), second.id());
    assertThatThrownBy(() -> engine.images().remove("busybox", false)).hasMessageContaining("use");
  }

  @Test
  void anImageOfACloneHasAllOfIt() {
    Container container = prepared(false);
    container.snapshot();
    container.commit(CommitOptions.named("localhost/of-snapshot"));
    Container other =
        engine.start(
            ContainerSpec.of("localhost/of-snapshot").cgroupParent(sandbox.cgroupParent()));
    assertThat(data(other)).isEqualTo("prepared\n");
    other.remove(true);
    engine.images().remove("localhost/of-snapshot", true);
  }

  @Test
  void aSnapshotThatIsOwnedGoesWithItsEngine() {
    Snapshot kept = prepared(false).snapshot();
    try (Engine other = Engine.open(StateDirectory.of(sandbox.environment()))) {
      Container container = other.start(spec(true));
      container.kill(9);
      container.await();
      Snapshot owned = container.snapshot();
      assertConflict(() -> engine.snapshot(owned.id()).create(owned.spec()), "another process");
      assertThat(engine.snapshots()).hasSize(2);
    }
    assertThat(engine.snapshots()).extracting(Snapshot::id).containsExactly(kept.id());
  }

  private static void assertConflict(ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT))
        .hasMessageContaining(why);
  }

  private static List<String> names(Path directory) {
    String[] names = directory.toFile().list();
    return names == null ? List.of() : List.of(names);
  }
}
