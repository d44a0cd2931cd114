package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.FileWorker.Entry;
import dev.mydocker.kernel.Linux;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The package busybox-static of Debian and Ubuntu, fetched and never installed. */
final class BusyboxPackage {
  static final String NAME = "busybox-static";

  private static final String APT = "/usr/bin/apt-get";
  private static final int MAXIMUM_PACKAGE = 64 << 20;
  private static final int MINUTES = 2;

  private BusyboxPackage() {}

  /**
   * The program of the package, downloaded into a directory that is gone afterwards.
   *
   * @param tried takes why there is none
   */
  static Optional<BusyboxProgram> download(FileWorker files, List<String> tried) {
    if (files.status(FileWorker.HOST, APT).isEmpty()) {
      return Optional.empty();
    }
    String name = "mydocker-" + Long.toHexString(System.nanoTime());
    String directory = "/tmp/" + name;
    // Fails if it is there already: nobody can have prepared it for us.
    if (!files.makeDirectory(FileWorker.HOST, directory, 0700)) {
      return Optional.empty();
    }
    try {
      if (!run(directory, tried)) {
        return Optional.empty();
      }
      return program(files, directory);
    } catch (MydockerException e) {
      tried.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    } finally {
      int temporary = files.open(FileWorker.HOST, "/tmp", Linux.O_PATH | Linux.O_DIRECTORY, 0);
      files.deleteTree(temporary, name);
      files.close(temporary);
    }
  }

  /** Off the usual way, so that a ProcessBuilder's 17 ms do not matter. */
  private static boolean run(String directory, List<String> tried) {
    ProcessBuilder builder = new ProcessBuilder(APT, "-q", "download", NAME);
    builder.directory(new File(directory));
    builder.redirectErrorStream(true);
    builder.redirectOutput(new File(directory, "log"));
    builder.redirectInput(new File("/dev/null"));
    try {
      Process process = builder.start();
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        tried.add("apt-get download " + NAME + ": no answer in " + MINUTES + " minutes");
        return false;
      }
      if (process.exitValue() != 0) {
        tried.add(
            "apt-get download "
                + NAME
                + ": failed; its package lists may be empty (apt-get update)");
        return false;
      }
      return true;
    } catch (IOException e) {
      tried.add("apt-get download " + NAME + ": " + e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      tried.add("apt-get download " + NAME + ": interrupted");
      return false;
    }
  }

  private static Optional<BusyboxProgram> program(FileWorker files, String path) {
    int directory = files.open(FileWorker.HOST, path, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      for (Entry entry : files.list(directory)) {
        if (entry.name().endsWith(".deb")) {
          DebFile deb =
              new DebFile(
                  files.read(directory, entry.name(), MAXIMUM_PACKAGE), "package " + entry.name());
          Optional<BusyboxProgram> program = deb.program("bin/busybox");
          return program.isPresent() ? program : deb.program("usr/bin/busybox");
        }
      }
      return Optional.empty();
    } finally {
      files.close(directory);
    }
  }
}
