package dev.mydocker.cli;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.call.Host;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.call.Output;
import dev.mydocker.engine.Attachment;
import dev.mydocker.engine.Engine;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Timestamp;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The commands that the AOT caches are trained on, run as users run them, in this JVM and on a
 * state directory of their own. Where containers are forbidden they fail early, and still train the
 * rest.
 *
 * <p>Every class of a cache is loaded at every start, some 8 µs each. So the commands for which a
 * person or a loop waits have caches of their own, and what they need once is done before the
 * recording, by {@code prepare}. {@code launcher/install.sh} calls this once for each part.
 */
final class Train {
  private static final List<List<String>> PREPARE =
      List.of(words("run", "-d", "--name", "train", "busybox", "sh", "-c", "echo a; sleep 300"));

  private static final List<List<String>> RUN =
      List.of(
          words("run", "--rm", "busybox", "true"),
          List.of(
              "run",
              "--rm",
              "-i",
              "-e",
              "A=b",
              "-m",
              "64m",
              "-v",
              "/tmp:/mnt:ro",
              "-w",
              "/",
              "busybox",
              "true"),
          words("run", "--rm", "-t", "--hostname", "h", "/bin/true"),
          words("run", "-d", "--name", "train-run", "busybox", "sleep", "300"),
          words("create", "--name", "train-create", "busybox", "sleep", "300"),
          words("start", "train-create"),
          words("run", "--rm", "busybox", "nosuch"));

  private static final List<List<String>> EXEC =
      List.of(
          words("exec", "train", "true"),
          words("exec", "-e", "A=b", "train", "sh", "-c", "exit 3"),
          words("exec", "-t", "train", "true"),
          words("exec", "nosuch", "true"));

  private static final List<List<String>> PS =
      List.of(
          words("ps"),
          words("ps", "-a", "--no-trunc"),
          words("ps", "-aq"),
          words("ps", "-a", "--filter", "name=train"),
          words("ps", "--format", "{{.ID}} {{.Names}}"));

  private static final List<List<String>> LOGS =
      List.of(words("logs", "train"), words("logs", "-t", "--tail", "1", "train"));

  private static final List<List<String>> INSPECT =
      List.of(words("inspect", "train"), words("inspect", "-f", "{{.State.Status}}", "train"));

  /** What has no cache of its own, and all the others: how else they might be typed. */
  private static final List<List<List<String>>> REST =
      List.of(
          List.of(
              words("--help"),
              words("run", "--help"),
              words("version"),
              words("rnu"),
              words("run", "-d", "--name", "train-rest", "busybox", "sleep", "300"),
              words("ps", "--format", "json"),
              words("inspect", "busybox"),
              words("pause", "train-rest"),
              words("unpause", "train-rest"),
              words("stop", "-t", "0", "train-rest"),
              words("start", "train-rest"),
              words("kill", "train-rest"),
              words("wait", "train-rest"),
              words("rm", "-f", "train-rest"),
              words("rm", "nosuch"),
              words("images"),
              words("images", "-q")),
          RUN,
          EXEC,
          PS,
          LOGS,
          INSPECT);

  private static final List<List<String>> CLEAN =
      List.of(words("rm", "-f", "train", "train-run", "train-create", "train-rest"));

  private Train() {}

  /**
   * Runs one part in this JVM, and returns normally: only then is a recording complete.
   *
   * @param part prepare, run, exec, ps, logs, inspect, rest or clean
   * @param root the state directory for all parts; {@code clean} removes it
   */
  static void run(String home, String part, String root) {
    TrainingHost host = new TrainingHost(new ProcessHost(home));
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("MYDOCKER_ROOT", root);
    environment.put("MYDOCKER_CGROUP_PARENT", root.substring(root.lastIndexOf('/') + 1));
    // Reads what every command reads of its process.
    Invocation process = Main.invocation(host.process());
    switch (part) {
      case "prepare" -> runAll(PREPARE, environment, host);
      case "run" -> runAll(RUN, environment, host);
      case "exec" -> runAll(EXEC, environment, host);
      case "ps" -> runAll(PS, environment, host);
      case "logs" -> runAll(LOGS, environment, host);
      case "inspect" -> runAll(INSPECT, environment, host);
      case "clean" -> {
        runAll(CLEAN, environment, host);
        remove(host, root, process.err());
      }
      default -> {
        for (List<List<String>> commands : REST) {
          runAll(commands, environment, host);
        }
      }
    }
  }

  private static List<String> words(String... words) {
    return List.of(words);
  }

  private static void runAll(
      List<List<String>> commands, Map<String, String> environment, TrainingHost host) {
    for (List<String> words : commands) {
      var _ = Mydocker.run(invocation(words, environment), host);
    }
  }

  /**
   * The last monitors may still be writing there: then something is left, but the caches are good.
   */
  private static void remove(TrainingHost host, String root, Output err) {
    try {
      host.files().deleteTree(FileWorker.HOST, root);
    } catch (MydockerException e) {
      err.println(String.valueOf(e.getMessage())).flush();
    }
  }

  private static Invocation invocation(List<String> words, Map<String, String> environment) {
    return new Invocation(
        words,
        environment,
        "/",
        0,
        1,
        2,
        Output.buffered(new ByteArrayOutputStream()),
        Output.byLine(new ByteArrayOutputStream()),
        Timestamp::now);
  }

  /** The usual process, but for becoming another program, which would be the training's end. */
  private record TrainingHost(ProcessHost process) implements Host {
    @Override
    public Engine engine(Map<String, String> environment, Consumer<String> notices) {
      return process.engine(environment, notices);
    }

    @Override
    public FileWorker files() {
      return process.files();
    }

    @Override
    public boolean mayBecome() {
      return true;
    }

    /** Hangs up where the attach client would take over: the container goes on without us. */
    @Override
    public int attach(
        Attachment attachment, Attachment.ClientOptions options, Invocation invocation) {
      attachment.close();
      return 0;
    }
  }
}
