package dev.mydocker.engine;

import static dev.mydocker.engine.ContainerSpecTest.assertRefused;
import static dev.mydocker.engine.TestFiles.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.engine.HostDevices.Given;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostTest {
  @Test
  void isThisMachine() throws IOException {
    Host host = Host.of(WORKER);

    assertThat(host.hostname())
        .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
    assertThat(host.kernelRelease()).isEqualTo(System.getProperty("os.version"));
    assertThat(host.processors())
        .isGreaterThanOrEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(host.capabilities().isEmpty()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "0-3, 4", "'0-1,4-7', 8", "'', 1", "0-127, 128"})
  void countsProcessors(String possible, int count) {
    assertThat(Host.count(possible)).isEqualTo(count);
  }

  @Test
  void findsADeviceUnderAnotherName() {
    List<Given> found =
        new HostDevices(WORKER).resolve(DeviceMapping.parse("/dev/null:/dev/nothing:r"));

    assertThat(found).hasSize(1);
    Given given = found.getFirst();
    assertThat(given.access()).isEqualTo("r");
    assertThat(given.device().path()).isEqualTo("/dev/nothing");
    assertThat(given.device().type()).isEqualTo("c");
    assertThat(given.device().major()).isEqualTo(1);
    assertThat(given.device().minor()).isEqualTo(3);
    assertThat(given.device().fileMode()).isEqualTo(0666);
  }

  @Test
  void findsAllDevicesButTheTerminals() {
    assertThat(new HostDevices(WORKER).all())
        .extracting(device -> device.path())
        .contains("/dev/null", "/dev/zero")
        .doesNotContain("/dev/console")
        .noneMatch(path -> path.startsWith("/dev/pts"));
  }

  @Test
  void speaksAsDockerDoesOfWhatIsNoDevice() {
    HostDevices devices = new HostDevices(WORKER);
    String gathering = "error gathering device information while adding custom device ";

    assertRefused(
        () -> devices.resolve(DeviceMapping.parse("/dev/bogus")),
        gathering + "\"/dev/bogus\": no such file or directory");
    assertRefused(
        () -> devices.resolve(DeviceMapping.parse("/etc/passwd")),
        gathering + "\"/etc/passwd\": not a device node");
  }
}
