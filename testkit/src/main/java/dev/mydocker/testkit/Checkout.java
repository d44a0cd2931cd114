package dev.mydocker.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout whose code is tested. */
public final class Checkout {
  private Checkout() {}

  /** Returns its root: the property {@code mydocker.checkout}, or found from where tests run. */
  public static Path directory() {
    String property = System.getProperty("mydocker.checkout");
    if (property != null) {
      return Path.of(property);
    }
    for (Path directory = Path.of("").toAbsolutePath();
        directory != null;
        directory = directory.getParent()) {
      if (Files.exists(directory.resolve("launcher/install.sh"))) {
        return directory;
      }
    }
    throw new IllegalStateException("not below a checkout, and mydocker.checkout is not set");
  }
}
