package dev.mydocker.testing.example;

import dev.mydocker.engine.ByteSize;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Exit;
import dev.mydocker.engine.Output;
import java.nio.file.Path;
import java.time.Duration;

/** The README's example, as an application has it. {@link ReadmeExampleIT} runs it. */
final class ReadmeExample {
  private ReadmeExample() {}

  /**
   * Runs it.
   *
   * @param arguments a directory to share with the container
   */
  public static void main(String[] arguments) {
    Path site = Path.of(arguments[0]);
    // begin README
    try (Engine engine = Engine.open()) {
      // A whole life in one call: it runs, its output is collected, and nothing is left of it.
      Output hello = engine.run(ContainerSpec.of("busybox", "echo", "hello"));
      System.out.print(hello.orThrow().stdout());

      // One that stays. start() returns when the command executes, or throws why it cannot.
      Container container =
          engine.start(
              ContainerSpec.of("busybox", "sleep", "1000")
                  .env("GREETING", "good morning")
                  .memory(ByteSize.mebibytes(64))
                  .bind(site, "/site"));
      try {
        Output said = container.exec("sh", "-c", "echo $GREETING; ls /site");
        System.out.print(said.orThrow().stdout());

        // SIGTERM, which sleep as PID 1 does not hear, and SIGKILL a second later.
        container.stop(Duration.ofSeconds(1));
        String end =
            switch (container.await()) {
              case Exit.Code(int code) -> "ended by itself, with code " + code;
              case Exit.Signal(int number) -> "ended by signal " + number;
              case Exit.Unknown(String why) -> "ended, and " + why;
            };
        System.out.println(end);
      } finally {
        container.remove(true);
      }
    }
    // end README
  }
}
