package dev.mydocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Host;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.call.Output;
import dev.mydocker.cli.option.Verb;
import dev.mydocker.engine.Attachment;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Notices;
import dev.mydocker.kernel.FileWorker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MydockerTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** A process whose engine cannot be opened. */
  private record BrokenHost(Supplier<RuntimeException> failure) implements Host {
    @Override
    public Engine engine(Map<String, String> environment, Notices notices) {
      throw failure.get();
    }

    @Override
    public FileWorker files() {
      throw failure.get();
    }

    @Override
    public boolean mayBecome() {
      return false;
    }

    @Override
    public int attach(
        Attachment attachment, Attachment.ClientOptions options, Invocation invocation) {
      throw failure.get();
    }
  }

  private int run(Host host, Map<String, String> environment, OutputStream to, String... words) {
    return Mydocker.run(
        new Invocation(
            List.of(words),
            environment,
            "/",
            0,
            1,
            2,
            Output.buffered(to),
            Output.byLine(err),
            () -> 0),
        host);
  }

  private int run(RuntimeException failure, String... words) {
    return run(new BrokenHost(() -> failure), Map.of(), out, words);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "RUN, NOT_FOUND, 125",
    "RUN, CONFLICT, 125",
    "RUN, NOT_EXECUTABLE, 126",
    "RUN, COMMAND_NOT_FOUND, 127",
    "CREATE, INVALID, 125",
    "CREATE, CONFLICT, 1",
    "START, NOT_FOUND, 1",
    "START, COMMAND_NOT_FOUND, 1",
    "EXEC, CONFLICT, 1",
    "EXEC, NOT_EXECUTABLE, 126",
    "PS, INVALID, 1",
    "STOP, NOT_FOUND, 1",
    "STOP, INTERNAL, 125",
  })
  void exitCodesAreDockers(Verb verb, Category category, int code) {
    assertThat(Mydocker.exitCode(verb, category)).isEqualTo(code);
  }

  @Test
  void anErrorIsOneLineWithItsSuggestion() {
    MydockerException failure =
        new MydockerException(Category.CONFLICT, "open it: it is\nopen", "close it");
    assertThat(run(failure, "ps")).isEqualTo(1);
    assertThat(err()).isEqualTo("mydocker: open it: it is\\nopen; close it\n");
  }

  @Test
  void aMistypedFlagIsOneLineWithItsSuggestion() {
    assertThat(run(new IllegalStateException(), "run", "--nmae", "x", "busybox")).isEqualTo(125);
    assertThat(err())
        .isEqualTo(
            "mydocker: unknown flag: --nmae; did you mean --name? (see 'mydocker run --help')\n");
  }

  @Test
  void aMistakeOfOursIsOneLineThatSaysHowToSeeMore() {
    assertThat(run(new IllegalStateException("oh"), "ps")).isEqualTo(125);
    assertThat(err())
        .isEqualTo(
            "mydocker: internal error: java.lang.IllegalStateException: oh;"
                + " run it again with MYDOCKER_DEBUG=1 to see where\n");
  }

  @Test
  void stackTracesAreShownToThoseWhoAsk() {
    RuntimeException failure = new MydockerException(Category.CONFLICT, "no");
    run(new BrokenHost(() -> failure), Map.of("MYDOCKER_DEBUG", "1"), out, "ps");
    assertThat(err()).startsWith("mydocker: no\n").contains("\tat dev.mydocker.cli.MydockerTest");
  }

  @Test
  void helpNeedsNoEngine() {
    assertThat(run(new IllegalStateException(), "ps", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Usage:  mydocker ps [OPTIONS]");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"Broken pipe, 141", "No space left on device, 1"})
  void outputThatCannotBeWritten(String why, int code) {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException(why);
          }
        };
    assertThat(run(new BrokenHost(IllegalStateException::new), Map.of(), full, "--help"))
        .isEqualTo(code);
    assertThat(err()).isEqualTo(code == 1 ? "mydocker: write output: " + why + "\n" : "");
  }
}
