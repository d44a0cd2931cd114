package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.testkit.Requires;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Requires(tools = {"tar", "xz=xz-utils", "zstd"})
class DebFileIT {
  @TempDir private Path temporary;

  @ParameterizedTest
  @CsvSource({"data.tar, cat", "data.tar.gz, gzip", "data.tar.xz, xz", "data.tar.zst, zstd"})
  void aPackagesProgramIsFoundHoweverItIsPacked(String member, String packer) throws IOException {
    DebFile deb = new DebFile(deb(member, packer), "test.deb");
    BusyboxProgram program = deb.program("bin/busybox").orElseThrow();
    assertThat(program.content()).asString().isEqualTo("odd");
    assertThat(program.modified()).isEqualTo(1234567890);
    assertThat(deb.program("bin/other")).isEmpty();
  }

  @Test
  void whatIsNoPackageIsRefused() throws IOException {
    byte[] deb = deb("data.tar", "cat");
    assertThatThrownBy(() -> new DebFile(new byte[3], "x.deb").program("a"))
        .isInstanceOf(MydockerException.class)
        .hasMessage("read x.deb: it is no package");
    assertThatThrownBy(() -> new DebFile(Arrays.copyOf(deb, 300), "x.deb").program("a"))
        .hasMessage("read x.deb: it is cut off");
    assertThatThrownBy(() -> new DebFile(Arrays.copyOf(deb, 72), "x.deb").program("a"))
        .hasMessage("read x.deb: it has no files");
  }

  private byte[] deb(String member, String packer) throws IOException {
    Machine.run(
        "sh",
        "-ec",
        "mkdir -p $0/t/bin; printf odd >$0/t/bin/busybox; touch -d @1234567890 $0/t/bin/busybox;"
            + " tar cf - -C $0/t . | $1 >$0/data",
        temporary.toString(),
        packer);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write("!<arch>\n".getBytes(StandardCharsets.UTF_8));
    add(out, "debian-binary", "2.0\n".getBytes(StandardCharsets.UTF_8));
    add(out, "control.tar", new byte[3]);
    add(out, member, Files.readAllBytes(temporary.resolve("data")));
    return out.toByteArray();
  }

  private static void add(ByteArrayOutputStream out, String name, byte[] content)
      throws IOException {
    String header = (name + " ".repeat(48)).substring(0, 48) + content.length + " ".repeat(12);
    out.write((header.substring(0, 58) + "`\n").getBytes(StandardCharsets.UTF_8));
    out.write(content);
    if (content.length % 2 == 1) {
      out.write('\n');
    }
  }
}
