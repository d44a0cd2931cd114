package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Requires({Need.ROOT, Need.BUSYBOX})
class BusyboxImageIT {
  @TempDir private Path root;

  @Test
  void theHostsBusyboxBecomesAnImageWithAllItsApplets() {
    ImageStore store = new ImageStore(Machine.FILES, root.toString());
    BusyboxImage.Assembled assembled = new BusyboxImage(Machine.FILES, store).assemble();

    assertThat(assembled.message()).startsWith("assembled localhost/busybox from /");
    Image found = store.find("busybox").orElseThrow();
    assertThat(found).isEqualTo(assembled.image());
    assertThat(found.names()).hasToString("[localhost/busybox:latest]");
    assertThat(found.config().config().cmd()).containsExactly("sh");
    String layer = store.layerDirectories(found).getFirst();
    String applets = Machine.run("busybox", "--list");
    for (String applet : applets.split("\n")) {
      assertThat(Path.of(layer, "bin", applet)).isExecutable();
    }
    assertThat(Machine.run("chroot", layer, "/bin/sh", "-c", "id -un; ls -d /tmp /root /proc"))
        .isEqualTo("root\n/proc\n/root\n/tmp\n");
  }

  @Test
  void theSameProgramGivesTheSameImage(@TempDir Path other) {
    Image one = assemble(root);
    Image two = assemble(other);
    assertThat(one.id()).isEqualTo(two.id());
    assertThat(one.manifest()).isEqualTo(two.manifest());
    assertThat(assemble(root).id()).isEqualTo(one.id());
    assertThat(new ImageStore(Machine.FILES, root.toString()).list()).hasSize(1);
  }

  @Test
  void aProgramThatIsNoStaticBusyboxIsNotTaken() throws Exception {
    Path script = Files.writeString(root.resolve("busybox"), "#!/bin/sh\n");
    List<byte[]> programs =
        List.of(Files.readAllBytes(Path.of("/bin/sh")), Files.readAllBytes(script));
    assertThat(new BusyboxProgram(programs.get(0), 0).problem())
        .contains("it is linked dynamically");
    assertThat(new BusyboxProgram(programs.get(1), 0).problem()).contains("it is no ELF program");
  }

  @Test
  void withoutAnyTheErrorSaysWhatToInstall() {
    ImageStore store = new ImageStore(Machine.FILES, root.toString());
    assertThatThrownBy(
            () -> new BusyboxImage(Machine.FILES, store, List.of("/nowhere"), false).assemble())
        .isInstanceOfSatisfying(
            MydockerException.class,
            e -> assertThat(e.suggestion().orElseThrow()).contains("apt-get install"));
    assertThat(root.resolve("images")).doesNotExist();
  }

  private static Image assemble(Path root) {
    ImageStore store = new ImageStore(Machine.FILES, root.toString());
    return new BusyboxImage(Machine.FILES, store).assemble().image();
  }
}
