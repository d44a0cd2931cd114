package dev.mydocker.cli.command;

/** What this program is. */
final class Product {
  static final String VERSION = "0.1.0";

  /** The version of Docker's API whose objects {@code inspect} is modelled on. */
  static final String API = "1.47";

  private Product() {}

  /** The processor as Go, and so Docker, calls it. */
  static String architecture() {
    String name = System.getProperty("os.arch", "");
    return switch (name) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }

  static String java() {
    return System.getProperty("java.vm.version", "");
  }
}
