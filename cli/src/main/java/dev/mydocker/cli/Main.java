package dev.mydocker.cli;

/** The command {@code mydocker}. */
public final class Main {
  private Main() {}

  /** Runs one command line. */
  public static void main(String[] arguments) {
    if (arguments.length > 0 && arguments[0].equals("__train")) {
      Train.run();
      return;
    }
    System.out.println("mydocker version 0.1.0");
  }
}
