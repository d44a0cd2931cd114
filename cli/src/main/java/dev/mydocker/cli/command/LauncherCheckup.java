package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.Finding;
import dev.mydocker.engine.Finding.Level;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import java.util.List;
import java.util.Optional;

/**
 * Whether commands start quickly: the launcher's AOT cache is there, this JVM uses it, and it is of
 * the jar and the JDK that run.
 */
final class LauncherCheckup {
  private static final String REBUILD = "mydocker --rebuild";
  private static final int LIMIT = 1 << 24;

  private LauncherCheckup() {}

  static List<Finding> run(Call call) {
    return List.of(cache(call.host().files(), System.getProperty("mydocker.home", "")));
  }

  private static Finding cache(FileWorker files, String home) {
    String cache = home + "/mydocker.aot";
    Optional<FileStatus> status = files.status(FileWorker.HOST, cache);
    if (status.isEmpty()) {
      return degraded(cache + " is missing: every command starts more slowly", REBUILD);
    }
    Optional<FileStatus> jar = files.status(FileWorker.HOST, home + "/mydocker.jar");
    if (jar.isEmpty() || jar.get().modifiedSeconds() > status.get().modifiedSeconds()) {
      return degraded(cache + " is older than the program", REBUILD);
    }
    // The JVM maps a cache that it accepts, and says nothing of one that it does not.
    String maps = Bytes.decode(files.read(FileWorker.HOST, "/proc/self/maps", LIMIT));
    if (!maps.contains(cache)) {
      return degraded(
          "the Java virtual machine does not use " + cache + ": flags or JDK have changed",
          REBUILD);
    }
    String current = home.substring(0, home.lastIndexOf('/')) + "/current";
    String named = files.readIfThere(FileWorker.HOST, current).map(Bytes::decode).orElse("");
    if (!named.startsWith("#current " + home.substring(home.lastIndexOf('/') + 1) + "\n")) {
      return degraded(current + " names another build than the one that runs", REBUILD);
    }
    return new Finding(
        "launcher", "AOT cache", Level.OK, status.get().size() / (1 << 20) + " MiB, used", null);
  }

  private static Finding degraded(String message, String fix) {
    return new Finding("launcher", "AOT cache", Level.DEGRADED, message, fix);
  }
}
