package dev.mydocker.cli.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.kernel.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InvocationTest {
  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void theWordsBehindTheMainClassAreOurs() {
    byte[] line =
        latin("java\0-Xshare:auto\0-cp\0/x.jar\0dev.mydocker.cli.Main\0run\0\0a b\n\0x\u00ff\0");
    List<String> words = Invocation.words(line, "dev.mydocker.cli.Main");
    assertThat(words).containsExactly("run", "", "a b\n", "x\uDCFF");
    assertThat(Bytes.encode(words.get(3))).containsExactly('x', 0xFF);
  }

  @Test
  void aCommandLineWithoutTheMainClassIsNotOurs() {
    assertThatThrownBy(() -> Invocation.words(latin("java\0Other\0"), "dev.mydocker.cli.Main"))
        .hasMessageContaining("does not name dev.mydocker.cli.Main");
  }

  @Test
  void variablesThatTheLauncherKeptFromJavaComeBack() {
    assertThat(
            Invocation.environment(
                latin("A=1\0MYDOCKER_KEEP_JAVA_TOOL_OPTIONS=-x\0B==\0A=2\0\0junk\0C=\0")))
        .isEqualTo(Map.of("A", "1", "B", "=", "C", "", "JAVA_TOOL_OPTIONS", "-x"));
  }

  @Test
  void textIsWrittenAsTheBytesItCameFrom() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Output out = Output.buffered(bytes);
    out.println("é\uDCFF").write(new byte[] {1, 2});
    assertThat(bytes.size()).isZero();
    out.flush();
    assertThat(bytes.toByteArray()).containsExactly(0xC3, 0xA9, 0xFF, '\n', 1, 2);
  }

  @Test
  void muchIsWrittenWithoutAFlush() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Output out = Output.buffered(bytes);
    out.print("a");
    out.write(new byte[100_000]);
    out.print("b".repeat(9000));
    out.flush();
    assertThat(bytes.size()).isEqualTo(109_001);
  }

  @Test
  void linesOfErrorsAreWrittenAtOnce() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Output.byLine(bytes).println("x");
    assertThat(bytes.size()).isEqualTo(2);
  }

  @Test
  void aReaderThatHasEndedIsTold() {
    Output out =
        Output.byLine(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            });
    assertThatThrownBy(() -> out.println("x"))
        .isInstanceOf(Output.Closed.class)
        .hasMessage("write output: Broken pipe");
  }
}
