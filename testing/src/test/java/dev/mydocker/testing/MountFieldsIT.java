package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code mounts} and {@code linux.devices} of a config.json do, seen from inside. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class MountFieldsIT {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private static SpecContainer container(Sandbox sandbox) throws IOException {
    return new SpecContainer(sandbox.directory().resolve("mounts-" + COUNT.incrementAndGet()));
  }

  private static String options(String path) {
    return "busybox grep ' " + path + " ' /proc/self/mountinfo | busybox cut -d' ' -f6,7";
  }

  @Test
  void aFileSystemHasItsFlags(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .mount(
                "{\"destination\": \"/t\", \"type\": \"tmpfs\", \"source\": \"tmpfs\", \"options\":"
                    + " [\"rro\", \"nosuid\", \"rnodev\", \"noexec\", \"noatime\", \"sync\","
                    + " \"lazytime\", \"size=64k\", \"silent\", \"iversion\"]}")
            .run("busybox grep ' /t ' /proc/self/mountinfo");
    assertThat(seen).contains(" ro,nosuid,nodev,noexec,noatime ");
    assertThat(seen).contains("sync,lazytime,size=64k");
  }

  @Test
  void aFileSystemCanBeShared(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .mount("{\"destination\": \"/t\", \"type\": \"tmpfs\", \"options\": [\"shared\"]}")
            .run(options("/t"));
    assertThat(seen).contains("shared:");
  }

  @Test
  void recursiveAttributesHoldForMountsBelow(Sandbox sandbox) throws IOException {
    Path source = Files.createDirectories(sandbox.directory().resolve("tree/below"));
    String seen =
        container(sandbox)
            .mount(
                "{\"destination\": \"/x\", \"source\": \""
                    + source.getParent()
                    + "\", \"options\": [\"rbind\", \"rro\", \"rnosuid\"]}")
            .run(options("/x"));
    assertThat(seen).startsWith("ro,nosuid");
  }

  @Test
  void aRemountChangesWhatIsThere(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .mount(
                "{\"destination\": \"/t\", \"type\": \"tmpfs\","
                    + " \"options\": [\"nodev\", \"size=64k\"]}")
            .mount(
                "{\"destination\": \"/t\", \"type\": \"tmpfs\","
                    + " \"options\": [\"remount\", \"ro\", \"size=128k\"]}")
            .run("busybox grep ' /t ' /proc/self/mountinfo");
    assertThat(seen).contains(" ro,relatime ").contains("size=128k");
  }

  @Test
  void aTmpfsCanBeginWithWhatIsThere(Sandbox sandbox) throws IOException {
    SpecContainer container =
        container(sandbox)
            .mount(
                "{\"destination\": \"/opt\", \"type\": \"tmpfs\","
                    + " \"options\": [\"tmpcopyup\", \"size=1m\"]}");
    Path opt = Files.createDirectories(container.layer().resolve("opt/below"));
    Files.setAttribute(Files.writeString(opt.resolve("file"), "text\n"), "unix:uid", 5);
    Files.createSymbolicLink(opt.resolve("link"), Path.of("/etc/passwd"));
    String seen =
        container.run(
            "busybox stat -c '%A %u %N' /opt/below/*; busybox cat /opt/below/file;"
                + " echo changed >/opt/below/other; busybox stat -f -c %T /opt/below");
    assertThat(seen)
        .isEqualTo(
            """
            -rw-r--r-- 5 /opt/below/file
            lrwxrwxrwx 0 '/opt/below/link' -> '/etc/passwd'
            text
            tmpfs
            """);
    assertThat(container.upper().resolve("opt/below")).doesNotExist();
  }

  @Test
  void aRelativeDestinationIsBelowTheRoot(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .mount("{\"destination\": \"deep/down\", \"type\": \"tmpfs\"}")
            .run("busybox grep -c ' /deep/down ' /proc/self/mountinfo");
    assertThat(seen).isEqualTo("1\n");
  }

  @Test
  void theDefaultDevicesAreThereAndNoOthers(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox).run("cd /dev; busybox ls -l | busybox grep ^c | busybox wc -l");
    assertThat(seen).isEqualTo("6\n");
  }

  @Test
  void devicesHaveTheirModesAndOwnersAnywhere(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .linux(
                "devices",
                "[{\"path\": \"/opt/a\", \"type\": \"u\", \"major\": 1, \"minor\": 3,"
                    + " \"fileMode\": 416, \"uid\": 7, \"gid\": 8},"
                    + " {\"path\": \"/dev/pipe\", \"type\": \"p\"},"
                    + " {\"path\": \"/dev/disk\", \"type\": \"b\", \"major\": 7, \"minor\": 300,"
                    + " \"fileMode\": 24960}]")
            .run("busybox stat -c '%A %u %g %t:%T %n' /opt/a /dev/pipe /dev/disk");
    assertThat(seen)
        .isEqualTo(
            """
            crw-r----- 7 8 1:3 /opt/a
            prw-rw-rw- 0 0 0:0 /dev/pipe
            brw------- 0 0 7:12c /dev/disk
            """);
  }

  @Test
  void aFileThatIsNotTheDeviceIsAnError(Sandbox sandbox) throws IOException {
    SpecContainer container =
        container(sandbox)
            .linux(
                "devices", "[{\"path\": \"/opt/a\", \"type\": \"c\", \"major\": 1, \"minor\": 3}]");
    Files.writeString(Files.createDirectories(container.layer().resolve("opt")).resolve("a"), "x");
    assertThatThrownBy(() -> container.run("echo ran"))
        .isInstanceOf(MydockerException.class)
        .hasMessage("create the device /opt/a: file exists");
  }
}
