package dev.mydocker.engine;

import static dev.mydocker.engine.ContainerSpecTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.engine.Bind.Propagation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "32, 32",
    "32b, 32",
    "32k, 32768",
    "32kb, 32768",
    "32KiB, 32768",
    "32 k, 32768",
    "1.5m, 1572864",
    "100m, 104857600",
    "2g, 2147483648",
    "1t, 1099511627776",
    ".5k, 512"
  })
  void readsSizes(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(ByteSize.bytes(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "'', invalid size: ''",
    "m, invalid size: 'm'",
    "-1m, invalid size: '-1m'",
    "1x, invalid suffix: 'x'",
    "1mm, invalid suffix: 'mm'",
    "1bb, invalid suffix: 'bb'",
    "1e3, invalid size: '1e3'",
    "1.2.3, invalid size: '1.2.3'",
    "9223372036854775808, invalid size: '9223372036854775808'",
    "9999999999p, invalid size: '9999999999p'"
  })
  void refusesWhatIsNoSize(String text, String message) {
    assertRefused(() -> ByteSize.parse(text), message);
  }

  @Test
  void unlimitedIsLargerThanAnySize() {
    assertThat(ByteSize.UNLIMITED).isGreaterThan(ByteSize.bytes(Long.MAX_VALUE));
    assertThat(ByteSize.UNLIMITED).isEqualByComparingTo(ByteSize.bytes(-1));
  }

  @ParameterizedTest
  @CsvSource({
    "core=unlimited, core, -1, -1",
    "nofile=10:unlimited, nofile, 10, -1",
    "nofile=1024, nofile, 1024, 1024",
    "nofile=1024:4096, nofile, 1024, 4096",
    "core=-1, core, -1, -1",
    "nproc=5:-1, nproc, 5, -1"
  })
  void readsUlimits(String text, String name, long soft, long hard) {
    assertThat(Ulimit.parse(text)).isEqualTo(new Ulimit(name, soft, hard));
  }

  @ParameterizedTest
  @CsvSource({
    "nofile, invalid ulimit argument: nofile",
    "nofile=, invalid ulimit argument: nofile=",
    "nofile=a:b, invalid ulimit argument: nofile=a:b",
    "bogus=1, invalid ulimit type: bogus",
    "nofile=2:1, ulimit soft limit must be less than or equal to hard limit: 2 > 1",
    "nofile=-1:1, ulimit soft limit must be less than or equal to hard limit: -1 > 1"
  })
  void refusesWhatIsNoUlimit(String text, String message) {
    assertRefused(() -> Ulimit.parse(text), message);
  }

  @ParameterizedTest
  @CsvSource({
    "/a:/b, /a, /b, false, RPRIVATE",
    "/a/:/b//c/, /a, /b/c, false, RPRIVATE",
    "/a:/b:ro, /a, /b, true, RPRIVATE",
    "/a:/b:rw, /a, /b, false, RPRIVATE",
    "'/a:/b:ro,rslave', /a, /b, true, RSLAVE",
    "'/a:/b:shared,Z', /a, /b, false, SHARED",
    "./a:/b, /here/a, /b, false, RPRIVATE",
    "..:/b, /, /b, false, RPRIVATE"
  })
  void readsBinds(String text, String source, String destination, boolean ro, Propagation how) {
    assertThat(Bind.parse(text, "/here")).isEqualTo(new Bind(source, destination, ro, how));
  }

  @ParameterizedTest
  @CsvSource({
    "/a, invalid volume /a: anonymous volumes are not there yet",
    ":/b, invalid volume specification: ':/b'",
    "/a:, invalid volume specification: '/a:'",
    "/a:/b:ro:x, invalid volume specification: '/a:/b:ro:x'",
    "data:/b, invalid bind source data: the path must be absolute",
    "/a:b, invalid mount path: 'b' mount path must be absolute",
    "/a:/b/.., invalid specification: destination can't be '/'",
    "/a:/b:x, invalid mode: x",
    "'/a:/b:ro,rw', 'invalid mode: ro,rw'",
    "'/a:/b:shared,slave', 'invalid mode: shared,slave'"
  })
  void refusesWhatIsNoBind(String text, String message) {
    assertRefused(() -> Bind.parse(text, "/here"), message);
  }

  @ParameterizedTest
  @CsvSource({
    "/dev/fuse, /dev/fuse, /dev/fuse, rwm",
    "/dev/fuse:/dev/x, /dev/fuse, /dev/x, rwm",
    "/dev/fuse:r, /dev/fuse, /dev/fuse, r",
    "/dev/fuse:/dev/x:rw, /dev/fuse, /dev/x, rw",
    "/dev/fuse::rw, /dev/fuse, /dev/fuse, rw"
  })
  void readsDevices(String text, String source, String destination, String access) {
    assertThat(DeviceMapping.parse(text)).isEqualTo(new DeviceMapping(source, destination, access));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fuse", "/dev/a:b", "/dev/a:/b:x", "/dev/a:/b:rr", "/a:/b:r:w", ""})
  void refusesWhatIsNoDevice(String text) {
    assertThatThrownBy(() -> DeviceMapping.parse(text)).isInstanceOf(MydockerException.class);
  }

  @Test
  void readsTmpfsMounts() {
    assertThat(TmpfsMount.parse("/run")).isEqualTo(new TmpfsMount("/run", List.of()));
    assertThat(TmpfsMount.parse("/run:size=64m,exec"))
        .isEqualTo(new TmpfsMount("/run", List.of("size=64m", "exec")));
    assertRefused(
        () -> TmpfsMount.parse("run"), "invalid mount path: 'run' mount path must be absolute");
  }
}
