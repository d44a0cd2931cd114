package dev.mydocker.cli.oci;

import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.call.Output;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The commands that the cache of {@code mydocker-oci} is trained on, run in this JVM on a bundle
 * whose only program is the helper. Where containers are forbidden they fail early, and still train
 * the rest.
 */
final class OciTrain {
  private static final long O_CLOEXEC = 02000000;

  private OciTrain() {}

  /**
   * Runs them, and returns normally: only then is a recording complete.
   *
   * @param directory one that is used for nothing but training
   */
  static void run(FileWorker files, String directory) {
    String bundle = directory + "/oci";
    // Reads what every command reads of its process.
    var _ = Invocation.ofProcess(Main.class.getName(), files);
    // Not the directory's name: that is the cgroup of what the other program is trained on
    // meanwhile.
    String id = "mydocker-oci" + directory.substring(directory.lastIndexOf('-'));
    try {
      prepare(files, bundle);
      int[] pipe = pipe(files);
      for (List<String> words : commands(bundle, id)) {
        var _ = MydockerOci.run(invocation(words, bundle, pipe[0]), files, false);
      }
      files.close(List.of(pipe[0], pipe[1]));
    } finally {
      files.deleteTree(FileWorker.HOST, bundle);
    }
  }

  /** The helper as a worker lives until its standard input ends. */
  private static int[] pipe(FileWorker files) {
    SegmentBuilder b = Segment.builder();
    Value pair = b.room(8);
    b.syscall(Wire.SYS_PIPE2, pair, Value.of(O_CLOEXEC));
    Value in = b.load(pair, 4);
    Value out = b.load(pair.plus(4), 4);
    Reply made = files.performer().perform(b.build()).orThrow("make a pipe");
    return new int[] {(int) made.result(in), (int) made.result(out)};
  }

  private static List<List<String>> commands(String bundle, String id) {
    return List.of(
        typed(bundle, "spec", "--bundle", bundle + "/example"),
        typed(bundle, "create", "--bundle", bundle, "--pid-file", bundle + "/pid", id),
        typed(bundle, "state", id),
        typed(bundle, "start", id),
        // Not in the foreground: then we would have to reap it, before its container can end.
        typed(bundle, "exec", "--detach", id, "/helper"),
        typed(bundle, "exec", "--process", bundle + "/process.json", "--detach", id),
        typed(bundle, "list"),
        typed(bundle, "ps", "--format", "json", id),
        typed(bundle, "update", "--pids-limit", "100", id),
        typed(bundle, "events", "--stats", id),
        typed(bundle, "pause", id),
        typed(bundle, "resume", id),
        typed(bundle, "features"),
        typed(bundle, "kill", id, "KILL"),
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
    RuntimeSpec spec = ExampleSpec.training();
    files.replace(
        FileWorker.HOST, bundle + "/config.json", Json.encode(spec.toJson()), 0644, false);
    ProcessSpec process = spec.process();
    if (process != null) {
      files.replace(
          FileWorker.HOST, bundle + "/process.json", Json.encode(process.toJson()), 0644, false);
    }
  }

  private static Invocation invocation(List<String> words, String directory, int in) {
    return new Invocation(
        words,
        Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
        directory,
        in,
        1,
        2,
        Output.buffered(new ByteArrayOutputStream()),
        Output.byLine(new ByteArrayOutputStream()),
        Timestamp::now);
  }
}
