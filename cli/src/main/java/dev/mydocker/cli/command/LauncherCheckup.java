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

  /** What launcher/install.sh makes; see launcher/jvm.sh. */
  private static final List<String> CACHES =
      List.of("rest", "run", "exec", "ps", "logs", "inspect");

  /** The one that this command is started with. */
  private static final String OURS = "rest";

  private static final int LIMIT = 1 << 24;

  private LauncherCheckup() {}

  static List<Finding> run(Call call) {
    return List.of(cache(call.host().files(), System.getProperty("mydocker.home", "")));
  }

  private static Finding cache(FileWorker files, String home) {
    Optional<FileStatus> jar = files.status(FileWorker.HOST, home + "/mydocker.jar");
    long bytes = 0;
    for (String name : CACHES) {
      String cache = home + "/" + name + ".aot";
      Optional<FileStatus> status = files.status(FileWorker.HOST, cache);
      if (status.isEmpty()) {
        return degraded(cache + " is missing: commands start more slowly", REBUILD);
      }
      if (jar.isEmpty() || jar.get().modifiedSeconds() > status.get().modifiedSeconds()) {
        return degraded(cache + " is older than the program", REBUILD);
      }
      bytes += status.get().size();
    }
    // The JVM maps a cache that it accepts, and says nothing of one that it does not.
    String maps = Bytes.decode(files.read(FileWorker.HOST, "/proc/self/maps", LIMIT));
    if (!maps.contains(home + "/" + OURS + ".aot")) {
      return degraded(
          "the Java virtual machine does not use "
              + home
              + "/"
              + OURS
              + ".aot: flags or JDK have"
              + " changed",
          REBUILD);
    }
    String current = home.substring(0, home.lastIndexOf('/')) + "/current";
    String named = files.readIfThere(FileWorker.HOST, current).map(Bytes::decode).orElse("");
    if (!named.startsWith("#current " + home.substring(home.lastIndexOf('/') + 1) + "\n")) {
      return degraded(current + " names another build than the one that runs", REBUILD);
    }
    return new Finding(
        "launcher",
        "AOT cache",
        Level.OK,
        CACHES.size() + " files, " + bytes / (1 << 20) + " MiB, used",
        null);
  }

  private static Finding degraded(String message, String fix) {
    return new Finding("launcher", "AOT cache", Level.DEGRADED, message, fix);
  }
}
