package dev.mydocker.testing.example;

import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Events;
import dev.mydocker.engine.ExecSpec;
import dev.mydocker.engine.ProcessIo;
import dev.mydocker.engine.Snapshot;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** The example of docs/library.md, as an application has it. {@link LibraryTourIT} runs it. */
final class LibraryTour {
  private LibraryTour() {}

  /** Runs it. */
  public static void main(String[] arguments) {
    // begin docs
    try (Engine engine = Engine.open();
        Events events = engine.events()) {
      // It is gone when the engine is closed, and when this JVM ends, kill -9 included.
      Container database =
          engine.start(
              ContainerSpec.of("busybox", "sh", "-c", "echo ready; exec sleep 1000")
                  .ownedByThisProcess());
      database.awaitOutput(line -> line.text().equals("ready"), Duration.ofSeconds(30));

      // Prepared once. A thread that is interrupted here leaves, and the process is killed.
      byte[] data = "prepared\n".getBytes(StandardCharsets.UTF_8);
      database.exec(
          ExecSpec.of("sh", "-c", "cat >/data"),
          ProcessIo.NONE.stdin(new ByteArrayInputStream(data)).limit(Duration.ofSeconds(30)));
      database.stop(Duration.ZERO);
      Snapshot prepared = database.snapshot();
      database.start();

      // And put back before each test, within milliseconds, however much was written.
      for (String test : List.of("first", "second")) {
        database.reset();
        database.exec("sh", "-c", "echo " + test + " >>/data").orThrow();
        System.out.print(database.exec("cat", "/data").orThrow().stdout());
      }

      // Another one beside it, with the same files, which are there once.
      Container clone = prepared.start(prepared.spec());
      System.out.print(clone.exec("cat", "/data").orThrow().stdout());
      System.out.println("the first event: " + events.next().action());
    }
    // end docs
  }
}
