package dev.mydocker.cli;

/** The commands that the AOT cache is trained on. */
final class Train {
  private Train() {}

  /** Runs them all in this JVM, and returns normally: only then is the cache complete. */
  static void run() {}
}
