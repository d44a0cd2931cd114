package dev.mydocker.testing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.CommitOptions;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.ImageInfo;
import dev.mydocker.engine.Images;
import dev.mydocker.engine.ImportOptions;
import dev.mydocker.engine.StateDirectory;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The images of an engine: imported, named, listed, removed. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class ImagesIT {
  private final Sandbox sandbox;
  private Engine engine;
  private Images images;

  ImagesIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void open() {
    engine = Engine.open(StateDirectory.of(sandbox.environment()));
    images = engine.images();
  }

  @AfterEach
  void removeAll() {
    try (Engine last = engine) {
      last.list().forEach(info -> last.container(info.id()).remove(true));
      images.list().forEach(image -> images.remove(image.id(), true));
    }
  }

  private Container busybox(String... command) {
    return engine.create(ContainerSpec.of("busybox", command).cgroupParent(sandbox.cgroupParent()));
  }

  private Path tree() throws Exception {
    Path tree = Files.createDirectories(sandbox.directory().resolve("tree"));
    Files.writeString(tree.resolve("file"), "content");
    return tree;
  }

  @Test
  void aDirectoryAnArchiveAndAStreamGiveTheSameFiles() throws Exception {
    Path tree = tree();
    Path archive = sandbox.directory().resolve("tree.tar.gz");
    Tar.run("tar", "-czf", archive.toString(), "-C", tree.toString(), "file");
    ImportOptions options =
        ImportOptions.named("made").withChanges("CMD /bin/sh", "LABEL a=b").withMessage("why");
    ImageInfo ofDirectory = images.importPath(tree, options);
    ImageInfo ofArchive = images.importPath(archive, ImportOptions.named("made:archive"));
    ImageInfo ofStream;
    try (InputStream in = Files.newInputStream(archive)) {
      ofStream = images.importArchive(in, ImportOptions.DEFAULT);
    }
    assertThat(ofArchive.layers()).isEqualTo(ofStream.layers());
    assertThat(ofDirectory.size()).isEqualTo(7).isEqualTo(ofArchive.size());
    assertThat(ofDirectory.names()).containsExactly("made:latest");
    assertThat(ofDirectory.command()).containsExactly("/bin/sh", "-c", "/bin/sh");
    assertThat(ofDirectory.labels()).containsEntry("a", "b");
    assertThat(ofDirectory.history().getLast().comment()).isEqualTo("why");
    assertThat(ofArchive.history().getLast().comment()).isEqualTo("Imported from " + archive);
    assertThat(ofStream.history().getLast().comment()).isEqualTo("Imported from -");
    assertThat(ofStream.names()).isEmpty();
    assertThat(ofDirectory.created())
        .isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now());
    assertThat(images.list()).contains(ofDirectory, ofArchive, ofStream);
    assertThat(images.info(ofDirectory.shortId())).isEqualTo(ofDirectory);
  }

  @Test
  void namesAreGivenTakenAndLost() throws Exception {
    ImageInfo first = images.importPath(tree(), ImportOptions.named("first"));
    images.tag("first", "registry.example/team/app:1");
    assertThat(images.info(first.id()).names())
        .containsExactlyInAnyOrder("first:latest", "registry.example/team/app:1");
    assertThat(images.remove("first", false)).containsExactly("Untagged: first:latest");
    assertThat(images.find("first")).isEmpty();
    assertThat(images.remove("registry.example/team/app:1", false))
        .startsWith("Untagged: registry.example/team/app:1", "Deleted: " + first.id());
    assertThat(images.list()).isEmpty();
  }

  @Test
  void whatIsNotThereIsNamedAsDockerNamesIt() {
    for (Runnable use :
        new Runnable[] {
          () -> images.info("absent"),
          () -> images.tag("absent", "x"),
          () -> images.remove("absent", true)
        }) {
      assertThatThrownBy(use::run)
          .isInstanceOfSatisfying(
              MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND))
          .hasMessage("No such image: absent:latest");
    }
    assertThatThrownBy(() -> images.importPath("/no/such", ImportOptions.DEFAULT))
        .hasMessage("import /no/such: no such file or directory");
  }

  @Test
  void anImageThatAContainerUsesStays() {
    Container container = busybox("sleep", "1000");
    String id = images.info("busybox").id();
    assertThatThrownBy(() -> images.remove("busybox", false))
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT))
        .hasMessageContaining(container.info().name());
    container.start();
    assertThatThrownBy(() -> images.remove(id, true))
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
    assertThat(images.exists("busybox")).isTrue();

    ImageInfo child = container.commit(CommitOptions.named("child"));
    assertThat(images.remove("child", false)).contains("Deleted: " + child.id());
    assertThat(container.exec("true").exit().succeeded()).isTrue();
    container.remove(true);
    assertThat(images.remove("busybox", false))
        .startsWith("Untagged: localhost/busybox:latest", "Deleted: " + id);
  }

  @Test
  void anImageThatIsRemovedWhileContainersAreMadeOfItIsInEachOfThemOrInNone() throws Exception {
    Path tree = tree();
    try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 60; round++) {
        images.importPath(tree, ImportOptions.named("victim"));
        Future<Boolean> removal = other.submit(() -> removed("victim"));
        Optional<Container> container = created("victim");
        boolean removed = removal.get();
        if (container.isPresent()) {
          assertThat(removed).isFalse();
          container.get().export(OutputStream.nullOutputStream());
          container.get().remove(false);
          images.remove("victim", false);
        } else {
          assertThat(removed).isTrue();
        }
      }
    }
  }

  private boolean removed(String name) {
    try {
      images.remove(name, false);
      return true;
    } catch (MydockerException e) {
      assertThat(e.category()).isEqualTo(Category.CONFLICT);
      return false;
    }
  }

  private Optional<Container> created(String name) {
    try {
      return Optional.of(
          engine.create(ContainerSpec.of(name, "/file").cgroupParent(sandbox.cgroupParent())));
    } catch (MydockerException e) {
      assertThat(e.category()).isEqualTo(Category.NOT_FOUND);
      return Optional.empty();
    }
  }
}
