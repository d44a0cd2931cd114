package dev.mydocker.cli.oci;

import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.call.Output;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.oci.json.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The commands that the cache of {@code mydocker-oci} is trained on, run in this JVM on a bundle
 * whose only program is the helper, which ends at once. Where containers are forbidden they fail
 * early, and still train the rest.
 */
final class OciTrain {
  private static final String ID = "mydocker-train";

  private OciTrain() {}

  /**
   * Runs them, and returns normally: only then is a recording complete.
   *
   * @param directory an empty one
   */
  static void run(FileWorker files, String directory) {
    String bundle = directory + "/oci";
    String id = ID + directory.substring(directory.lastIndexOf('-'));
    try {
      prepare(files, bundle);
      for (List<String> words : commands(bundle, id)) {
        var _ = MydockerOci.run(invocation(words, bundle), files, false);
      }
    } finally {
      files.deleteTree(FileWorker.HOST, bundle);
    }
  }

  private static List<List<String>> commands(String bundle, String id) {
    return List.of(
        typed(bundle, "spec", "--bundle", bundle + "/example"),
        typed(bundle, "create", "--bundle", bundle, "--pid-file", bundle + "/pid", id),
        typed(bundle, "state", id),
        typed(bundle, "start", id),
        typed(bundle, "kill", id, "KILL"),
        typed(bundle, "exec", id, "/helper"),
        typed(bundle, "exec", "--process", bundle + "/config.json", "--detach", id),
        typed(bundle, "list"),
        typed(bundle, "ps", "--format", "json", id),
        typed(bundle, "update", "--pids-limit", "100", id),
        typed(bundle, "events", "--stats", id),
        typed(bundle, "features"),
        typed(bundle, "delete", "--force", id),
        typed(bundle, "state", id));
  }

  private static List<String> typed(String bundle, String... words) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("--root", bundle + "/state", "--log", bundle + "/log"));
    all.addAll(List.of("--log-format", "json"));
    all.addAll(List.of(words));
    return all;
  }

  private static void prepare(FileWorker files, String bundle) {
    files.makeDirectories(FileWorker.HOST, bundle + "/rootfs", 0755);
    files.makeDirectories(FileWorker.HOST, bundle + "/example", 0755);
    byte[] helper = files.read(FileWorker.HOST, files.performer().helper(), 1 << 22);
    files.replace(FileWorker.HOST, bundle + "/rootfs/helper", helper, 0755, false);
    files.replace(
        FileWorker.HOST, bundle + "/config.json", Json.encode(ExampleSpec.training()), 0644, false);
  }

  private static Invocation invocation(List<String> words, String directory) {
    return new Invocation(
        words,
        Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
        directory,
        0,
        1,
        2,
        Output.buffered(new ByteArrayOutputStream()),
        Output.byLine(new ByteArrayOutputStream()),
        Timestamp::now);
  }
}
