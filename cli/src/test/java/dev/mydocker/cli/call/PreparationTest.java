package dev.mydocker.cli.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.PullPolicy;
import org.junit.jupiter.api.Test;

class PreparationTest {
  private static final String OWN =
      "/jdk/bin/java\0-Xms32m\0-Xmn16m\0-Xint\0-Dmydocker.home=/a b\0dev.mydocker.cli.Main\0"
          + "run\0--rm\0-Xint\0image\0dev.mydocker.cli.Main\0";

  @Test
  void itIsTheSameProgramWithItsCompilers() {
    assertThat(Preparation.line(OWN, false, ContainerSpec.of("image")))
        .containsExactly(
            "/jdk/bin/java",
            "-Xms32m",
            "-Dmydocker.home=/a b",
            "dev.mydocker.cli.Main",
            "__prepare",
            "create",
            "--pull=missing",
            "image");
  }

  @Test
  void itIsToldHowTheImageIsChosen() {
    ContainerSpec spec =
        ContainerSpec.of("image:1").pull(PullPolicy.ALWAYS).platform("linux/arm64");
    assertThat(Preparation.line(OWN, true, spec))
        .endsWith("create", "--quiet", "--pull=always", "--platform=linux/arm64", "image:1");
  }

  @Test
  void itIsToldTheArchive() {
    assertThat(Preparation.line(OWN, false, ContainerSpec.ofRootfs("/a b/fs.tar")))
        .endsWith("create", "--rootfs", "/a b/fs.tar", "true");
  }

  @Test
  void aNameThatJavaMightChangeIsNotPassedOn() {
    assertThat(Preparation.line(OWN, false, ContainerSpec.ofRootfs("/ä.tar"))).isNull();
    assertThat(Preparation.line(OWN, false, ContainerSpec.ofRootfs("/\udcff.tar"))).isNull();
  }
}
