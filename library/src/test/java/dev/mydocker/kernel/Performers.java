package dev.mydocker.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** The two performers, for tests that must hold for both. */
enum Performers {
  IN_PROCESS {
    @Override
    Performer open() {
      return new InProcess(home());
    }
  },
  CO_PROCESS {
    @Override
    Performer open() {
      CoProcess coProcess = CoProcess.start(home());
      return new Owning(coProcess, coProcess.open());
    }
  };

  /** A new one; its closing ends a co-process too. */
  abstract Performer open();

  /** The directory with what was built of native/. */
  static String home() {
    return System.getProperty("mydocker.home", Path.of("target", "native").toAbsolutePath() + "");
  }

  /** Waits until a process has ended, reaped or not: whoever it is left to may take its time. */
  static void awaitEnd(long pid) {
    Instant end = Instant.now().plusSeconds(10);
    while (isRunning(pid)) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("process " + pid + " goes on");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static boolean isRunning(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state != 'Z' && state != 'X';
    } catch (IOException e) {
      return false;
    }
  }

  private record Owning(CoProcess coProcess, Performer performer) implements Performer {
    @Override
    public Reply perform(Segment segment) {
      return performer.perform(segment);
    }

    @Override
    public String helper() {
      return performer.helper();
    }

    @Override
    public void close() {
      performer.close();
      coProcess.close();
    }
  }
}
