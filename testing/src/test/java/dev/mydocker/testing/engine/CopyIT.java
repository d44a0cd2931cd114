package dev.mydocker.testing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.LogQuery;
import dev.mydocker.engine.StateDirectory;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files copied into containers and out of them. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class CopyIT {
  private final Sandbox sandbox;
  private Engine engine;
  private Path host;

  CopyIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void open() throws IOException {
    engine = Engine.open(StateDirectory.of(sandbox.environment()));
    host = Files.createTempDirectory(sandbox.directory(), "host");
  }

  @AfterEach
  void removeAll() {
    try (Engine last = engine) {
      last.list().forEach(info -> last.container(info.id()).remove(true));
    }
  }

  private ContainerSpec spec(String... command) {
    return ContainerSpec.of("busybox", command).cgroupParent(sandbox.cgroupParent());
  }

  /** A container in which a script has run, which runs still or has ended. */
  private Container container(boolean running, String script) throws Exception {
    Container container =
        engine.start(
            spec("sh", "-c", script + (running ? "\ntouch /tmp/ready; sleep 1000" : "\ntrue")));
    if (!running) {
      container.await();
      return container;
    }
    while (!container.exec("test", "-e", "/tmp/ready").exit().succeeded()) {
      Thread.sleep(20);
    }
    return container;
  }

  private List<String> copiedOut(Container container, String path) throws IOException {
    Path archive = host.resolve("out.tar");
    try (OutputStream out = Files.newOutputStream(archive)) {
      container.copyOut(path, out);
    }
    return Tar.names(archive);
  }

  private static String output(Container container, boolean running, String... command) {
    if (running) {
      return container.exec(command).orThrow().stdout();
    }
    container.start();
    container.await();
    StringBuilder text = new StringBuilder();
    container.logs(LogQuery.ALL, line -> text.append(line.text()));
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDirectoryIsCopiedOutWithAllInIt(boolean running) throws Exception {
    Container container =
        container(running, "mkdir -p /d/e; echo x >/d/e/f; ln -s /d /link; ln -s f /d/e/g");
    assertThat(copiedOut(container, "/d")).containsExactly("d/", "d/e/", "d/e/f", "d/e/g");
    assertThat(copiedOut(container, "/d/.")).containsExactly("e/", "e/f", "e/g");
    assertThat(copiedOut(container, "/link")).containsExactly("link");
    assertThat(copiedOut(container, "/link/")).containsExactly("e/", "e/f", "e/g");
    assertThat(copiedOut(container, "link/e/f")).containsExactly("f");
    assertThat(copiedOut(container, "/")).contains("d/e/f", "bin/sh");

    container.copyOut("/d", host);
    assertThat(host.resolve("d/e/f")).content().isEqualTo("x\n");
    container.copyOut("/d/e/f", host.resolve("renamed"));
    assertThat(host.resolve("renamed")).content().isEqualTo("x\n");
    assertThat(Files.readSymbolicLink(host.resolve("d/e/g"))).hasToString("f");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void filesOfTheHostAreCopiedIn(boolean running) throws Exception {
    Path tree = host.resolve("tree");
    Path file =
        Files.writeString(
            Files.createDirectories(tree.resolve("sub")).resolve("file"), "from the host");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setAttribute(file, "unix:uid", 1234);
    Container container = container(running, "mkdir -p /into; cat /into/tree/sub/file /as");
    container.copyIn(tree, "/into");
    container.copyIn(file, "/as");
    assertThat(output(container, running, "cat", "/into/tree/sub/file", "/as"))
        .endsWith("from the hostfrom the host");
    Path archive = host.resolve("back.tar");
    try (OutputStream out = Files.newOutputStream(archive)) {
      container.copyOut("/as", out);
    }
    assertThat(Tar.listing(archive)).singleElement().asString().startsWith("-rwxr-x--x 1234/0 13 ");
  }

  @Test
  void aDirectoryNeverGivesWayToAFile() throws Exception {
    Container container = container(true, "mkdir -p /d/file /d/tree; touch /d/file/kept");
    Path file = Files.writeString(host.resolve("file"), "x");
    assertThatThrownBy(() -> container.copyIn(file, "/d"))
        .isInstanceOf(MydockerException.class)
        .hasMessageEndingWith("a directory is there");
    assertThat(container.exec("ls", "/d/file").stdout()).isEqualTo("kept\n");
    Files.createDirectories(host.resolve("etc/passwd"));
    assertThatThrownBy(() -> container.copyOut("/etc/passwd", host.resolve("etc")))
        .isInstanceOf(MydockerException.class);
    assertThat(host.resolve("etc/passwd")).isDirectory();
    assertThatThrownBy(() -> container.copyIn(host, "/etc/passwd"))
        .hasMessage("copy to /etc/passwd: not a directory");
  }

  @ParameterizedTest
  @CsvSource({"/absent", "/absent/file", "/etc/passwd/x", "/absent/"})
  void whatIsNotThereIsSaid(String path) throws Exception {
    Container container = engine.create(spec("true"));
    assertThatThrownBy(() -> copiedOut(container, path))
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND))
        .hasMessageEndingWith("no such file or directory");
    assertThatThrownBy(() -> container.copyIn(InputStream.nullInputStream(), path))
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void linksOfTheContainerDoNotLeadToTheHost(boolean running) throws Exception {
    Path secret = Files.writeString(host.resolve("secret"), "not yours");
    Path victim = Files.createDirectories(host.resolve("victim"));
    Container container =
        container(
            running,
            """
            ln -s %1$s /absolute; ln -s ../../../../../../../..%1$s /up; ln -s %2$s /dir
            ln -s /proc/1/root%2$s /magic; ln -s /proc/self/root%1$s /self
            """
                .formatted(secret, victim));
    for (String path :
        List.of("/absolute/", "/up/", "/../.." + secret, "/dir/x", "/magic/", "/self/")) {
      assertThatThrownBy(() -> copiedOut(container, path)).isInstanceOf(MydockerException.class);
    }
    assertThat(copiedOut(container, "/absolute")).containsExactly("absolute");
    assertThatThrownBy(() -> container.copyIn(secret, "/dir/"))
        .isInstanceOf(MydockerException.class);
    assertThatThrownBy(() -> container.copyIn(secret, "/magic/x"))
        .isInstanceOf(MydockerException.class);

    Path archive = host.resolve("hostile.tar");
    Path files = Files.createDirectories(host.resolve("files"));
    Files.writeString(files.resolve("evil"), "evil");
    Tar.run(
        "tar",
        "-cPf",
        archive.toString(),
        "-C",
        files.toString(),
        "--transform=s,evil,dir/evil,",
        "evil");
    byte[] hostile = Files.readAllBytes(archive);
    try {
      container.copyIn(new ByteArrayInputStream(hostile), "/");
    } catch (MydockerException e) {
      assertThat(e.category()).isEqualTo(Category.INVALID);
    }
    Tar.run(
        "tar",
        "-cPf",
        archive.toString(),
        "-C",
        files.toString(),
        "--transform=s,evil,../../../../../.." + victim + "/evil,",
        "evil");
    try {
      container.copyIn(new ByteArrayInputStream(Files.readAllBytes(archive)), "/tmp");
    } catch (MydockerException e) {
      assertThat(e.category()).isEqualTo(Category.INVALID);
    }
    assertThat(victim).isEmptyDirectory();
    assertThat(secret).content().isEqualTo("not yours");
    container.copyOut("/absolute", host.resolve("copied"));
    assertThat(Files.exists(host.resolve("copied"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  void aVolumeIsReachedWhileItIsThere() throws Exception {
    Path data = Files.createDirectories(host.resolve("data"));
    Files.writeString(data.resolve("old"), "old");
    Path file = Files.writeString(host.resolve("new"), "new");
    Container container = engine.start(spec("sleep", "1000").bind(data, "/data").tmpfs("/fast"));
    container.copyIn(file, "/data");
    container.copyIn(file, "/fast");
    assertThat(data.resolve("new")).content().isEqualTo("new");
    assertThat(copiedOut(container, "/data")).containsExactly("data/", "data/new", "data/old");
    assertThat(copiedOut(container, "/fast/new")).containsExactly("new");
    container.kill(9);
    container.await();
    assertThatThrownBy(() -> container.copyIn(file, "/data"))
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
    assertThat(copiedOut(container, "/data")).containsExactly("data/");
  }

  @Test
  void aCopyToASealedContainerFailsAndSaysWhy() {
    Container container = engine.start(spec("sleep", "1000").readOnlyRoot(true));
    assertThatThrownBy(() -> container.copyIn(host, "/tmp"))
        .isInstanceOf(MydockerException.class)
        .hasMessageEndingWith("read-only file system");
  }
}
