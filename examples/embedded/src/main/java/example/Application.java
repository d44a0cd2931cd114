package example;

import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import java.time.Duration;

/** Runs a container to its end, and another one with a command inside it. */
public final class Application {
  private Application() {}

  /** Prints what the containers print. */
  public static void main(String[] arguments) {
    System.out.print(run());
  }

  /** What the containers print. */
  static String run() {
    try (Engine engine = Engine.open()) {
      String hello = engine.run(ContainerSpec.of("busybox", "echo", "hello")).orThrow().stdout();
      Container container = engine.start(ContainerSpec.of("busybox", "sleep", "1000"));
      try {
        return hello + container.exec("echo", "from inside").orThrow().stdout();
      } finally {
        container.stop(Duration.ZERO);
        container.remove(true);
      }
    }
  }
}
