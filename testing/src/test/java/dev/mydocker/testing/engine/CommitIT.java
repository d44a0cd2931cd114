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
import dev.mydocker.engine.ImportOptions;
import dev.mydocker.engine.StateDirectory;
import dev.mydocker.engine.Status;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Images of containers. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class CommitIT {
  private final Sandbox sandbox;
  private Engine engine;

  CommitIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void open() {
    engine = Engine.open(StateDirectory.of(sandbox.environment()));
  }

  @AfterEach
  void removeAll() {
    try (Engine last = engine) {
      last.list().forEach(info -> last.container(info.id()).remove(true));
    }
  }

  private ContainerSpec spec(String image, String... command) {
    return ContainerSpec.of(image, command).cgroupParent(sandbox.cgroupParent());
  }

  /** A container in which a script has run to its end. */
  private Container changed(String image, String script) {
    Container container = engine.start(spec(image, "sh", "-c", script));
    assertThat(container.await().shellCode()).isZero();
    return container;
  }

  private String output(String image, String script) {
    return engine.run(spec(image, "sh", "-c", script)).orThrow().stdout();
  }

  @Test
  void whatWasMadeChangedAndRemovedIsSoInContainersOfTheImage() {
    changed("busybox", "mkdir /d && echo one >/d/a && echo two >/d/b && ln /d/b /d/c")
        .commit(CommitOptions.named("first"));
    ImageInfo second =
        changed("first", "rm /d/a && echo more >>/d/b && ln -s /nowhere /d/link && chmod 4711 /d")
            .commit(CommitOptions.named("second"));
    assertThat(output("second", "ls /d; cat /d/b; readlink /d/link; stat -c %a /d"))
        .isEqualTo("b\nc\nlink\ntwo\nmore\n/nowhere\n4711\n");
    assertThat(output("first", "ls /d; cat /d/b")).isEqualTo("a\nb\nc\ntwo\n");
    assertThat(second.layers()).hasSize(3);
    assertThat(second.history()).hasSize(3);
  }

  @Test
  void aDirectoryThatWasMadeAnewHidesTheOldOne() {
    changed("busybox", "mkdir /d && touch /d/old").commit(CommitOptions.named("full"));
    changed("full", "rm -r /d && mkdir /d && touch /d/new").commit(CommitOptions.named("fresh"));
    assertThat(output("fresh", "ls /d")).isEqualTo("new\n");
  }

  @Test
  void whatIsMountedInTheContainerIsNotInTheImage() throws Exception {
    Path data = Files.createDirectories(sandbox.directory().resolve("data"));
    Container container =
        engine.start(
            spec("busybox", "sh", "-c", "echo x >/data/file; echo y >/tmpfs/file; touch /etc/own")
                .bind(data, "/data")
                .tmpfs("/tmpfs"));
    assertThat(container.await().shellCode()).isZero();
    ImageInfo image = container.commit(CommitOptions.named("unmounted"));
    Path mine = sandbox.directory().resolve("unmounted");
    Container other = engine.create(spec("unmounted", "true"));
    try (OutputStream out = Files.newOutputStream(mine)) {
      other.export(out);
    }
    assertThat(Tar.names(mine))
        .contains("data/", "tmpfs/", "etc/own", "bin/busybox")
        .doesNotContain("data/file", "tmpfs/file", "dev/null", "proc/self");
    // The image has empty files in their places; the engine's are mounted there.
    assertThat(
            Command.of("tar", "-xOf", mine.toString(), "etc/hosts", "etc/hostname")
                .run()
                .orThrow()
                .stdout())
        .isEmpty();
    assertThat(image.layers()).hasSize(2);
  }

  @Test
  void theImageStartsAsItsContainerDidUnlessChanged() {
    Container container =
        engine.create(
            spec("busybox", "echo", "hello")
                .env("A", "1")
                .workingDirectory("/tmp")
                .user("12:13")
                .label("kept", "yes")
                .stopSignal("SIGINT"));
    ImageInfo plain = container.commit(CommitOptions.named("plain"));
    assertThat(plain.command()).containsExactly("echo", "hello");
    assertThat(plain.environment()).contains("A=1").anyMatch(it -> it.startsWith("PATH="));
    assertThat(plain.workingDirectory()).isEqualTo("/tmp");
    assertThat(plain.user()).isEqualTo("12:13");
    assertThat(plain.labels()).containsEntry("kept", "yes");
    assertThat(plain.stopSignal()).isEqualTo("SIGINT");

    ImageInfo image =
        container.commit(
            CommitOptions.named("example/app:2")
                .withAuthor("somebody")
                .withMessage("a change")
                .withChanges(
                    "CMD [\"sh\", \"-c\", \"echo $A $B; pwd\"]",
                    "ENV B=2",
                    "WORKDIR /var",
                    "USER root",
                    "EXPOSE 80",
                    "LABEL more=yes"));
    assertThat(image.names()).containsExactly("example/app:2");
    assertThat(image.author()).isEqualTo("somebody");
    assertThat(image.history().getLast().comment()).isEqualTo("a change");
    assertThat(image.history().getLast().createdBy()).isEqualTo("echo hello");
    assertThat(image.exposedPorts()).containsExactly("80/tcp");
    assertThat(image.labels()).containsEntry("kept", "yes").containsEntry("more", "yes");
    assertThat(engine.run(spec("example/app:2")).orThrow().stdout()).isEqualTo("1 2\n/var\n");
  }

  @Test
  void aWrongChangeIsRefusedBeforeAnythingIsMade() {
    Container container = engine.create(spec("busybox", "true"));
    int before = engine.images().list().size();
    assertThatThrownBy(() -> container.commit(CommitOptions.DEFAULT.withChanges("FROM scratch")))
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.INVALID));
    assertThat(engine.images().list()).hasSize(before);
  }

  @Test
  void aContainerOfADirectoryBecomesAnImageOfOneLayer() throws Exception {
    Path rootfs = sandbox.directory().resolve("rootfs");
    Path archive = sandbox.directory().resolve("rootfs.tar");
    try (OutputStream out = Files.newOutputStream(archive)) {
      engine.create(spec("busybox", "true")).export(out);
    }
    Tar.unpack(archive, Files.createDirectories(rootfs));
    for (Path source : List.of(rootfs, archive)) {
      ContainerSpec spec =
          ContainerSpec.ofRootfs(source, "sh", "-c", "echo mine >/file; rm /bin/vi")
              .cgroupParent(sandbox.cgroupParent());
      Container container = engine.start(spec);
      assertThat(container.await().shellCode()).isZero();
      ImageInfo image = container.commit(CommitOptions.named("of-rootfs"));
      assertThat(image.layers()).hasSize(source.equals(rootfs) ? 1 : 2);
      assertThat(image.command()).startsWith("sh", "-c");
      assertThat(output("of-rootfs", "cat /file; ls /bin | grep -c '^vi$' || true"))
          .isEqualTo("mine\n0\n");
    }
    assertThat(rootfs.resolve("file")).doesNotExist();
  }

  @Test
  void aRunningContainerIsHeldStillMeanwhileAndGoesOn() throws Exception {
    Container container =
        engine.start(spec("busybox", "sh", "-c", "while :; do echo x >>/file; done"));
    while (!container.exec("test", "-s", "/file").exit().succeeded()) {
      Thread.sleep(20);
    }
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    Thread reader =
        Thread.ofVirtual().start(() -> container.commitArchive(new Gate(reading, seen), true));
    assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(container.info().status()).isEqualTo(Status.PAUSED);
    seen.countDown();
    reader.join();
    assertThat(container.info().status()).isEqualTo(Status.RUNNING);

    container.commit(CommitOptions.named("busy"));
    assertThat(container.info().status()).isEqualTo(Status.RUNNING);
    assertThat(output("busy", "head -n 1 /file")).isEqualTo("x\n");
  }

  @Test
  void aRunningContainerRunsOnWhereThatIsWanted() throws Exception {
    Container container = engine.start(spec("busybox", "sleep", "1000"));
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    Thread reader =
        Thread.ofVirtual().start(() -> container.commitArchive(new Gate(reading, seen), false));
    assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(container.info().status()).isEqualTo(Status.RUNNING);
    seen.countDown();
    reader.join();
  }

  @Test
  void itGoesOnAfterAFailureAndStaysPausedIfItWas() {
    Container container = engine.start(spec("busybox", "sleep", "1000"));
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("no space left on device");
          }
        };
    assertThatThrownBy(() -> container.commitArchive(broken, true))
        .isInstanceOf(MydockerException.class)
        .hasMessageEndingWith("no space left on device");
    assertThat(container.info().status()).isEqualTo(Status.RUNNING);
    container.pause();
    container.commit(CommitOptions.DEFAULT);
    assertThat(container.info().status()).isEqualTo(Status.PAUSED);
    container.unpause();
    ImageInfo unpaused = container.commit(CommitOptions.DEFAULT.withPause(false));
    assertThat(unpaused.names()).isEmpty();
  }

  @Test
  void anArchiveHasTheWholeFileSystem() throws Exception {
    Container container = changed("busybox", "echo mine >/file; rm /bin/vi");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    container.commitArchive(out, true);
    Path archive = sandbox.directory().resolve("whole.tar");
    Files.write(archive, out.toByteArray());
    assertThat(Tar.names(archive))
        .contains("file", "bin/busybox", "bin/sh")
        .doesNotContain("bin/vi");
    engine.images().importPath(archive, ImportOptions.named("whole"));
    assertThat(output("whole", "cat /file")).isEqualTo("mine\n");
  }

  /** Says when it is written to first, and goes on when it is let. */
  private static final class Gate extends OutputStream {
    private final CountDownLatch reached;
    private final CountDownLatch open;

    Gate(CountDownLatch reached, CountDownLatch open) {
      this.reached = reached;
      this.open = open;
    }

    @Override
    public void write(int value) {
      reached.countDown();
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
