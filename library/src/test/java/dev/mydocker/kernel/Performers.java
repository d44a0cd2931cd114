package dev.mydocker.kernel;

import java.nio.file.Path;

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
