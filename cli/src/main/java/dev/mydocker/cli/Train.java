package dev.mydocker.cli;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.call.Host;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.call.Output;
import dev.mydocker.engine.Attachment;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Notices;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Timestamp;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

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
  private static final List<String> RUN =
      List.of(
          "run --rm busybox true",
          "run --rm -i -e A=b -m 64m -v /tmp:/mnt:ro -w / busybox true",
          "run --rm -t --hostname h /bin/true",
          "run -d --name train-run busybox sleep 300",
          "create --name train-create busybox sleep 300",
          "start train-create",
          "run --rm busybox nosuch");

  private static final List<String> EXEC =
      List.of(
          "exec train true",
          "exec -e A=b train sh -c exit${IFS}3",
          "exec -t train true",
          "exec nosuch true");

  private static final List<String> PS =
      List.of(
          "ps",
          "ps -a --no-trunc",
          "ps -aq",
          "ps -a --filter name=train",
          "ps --format {{.ID}}:{{.Names}}");

  private static final List<String> LOGS = List.of("logs train", "logs -t --tail 1 train");

  private static final List<String> INSPECT =
      List.of("inspect train", "inspect -f {{.State.Status}} train");

  /** What has no cache of its own; {@code rest} is this and all the others. */
  private static final List<String> OTHERS =
      List.of(
          "--help",
          "run --help",
          "version",
          "rnu",
          "run -d --name train-rest busybox sleep 300",
          "ps --format json",
          "inspect busybox",
          "pause train-rest",
          "unpause train-rest",
          "stop -t 0 train-rest",
          "start train-rest",
          "kill train-rest",
          "wait train-rest",
          "rm -f train-rest",
          "rm nosuch",
          "images",
          "images -q");

  /** So many that lists keep an index of them. */
  private static final int MANY = 20;

  /** After this long a list keeps what it has read of a container. */
  private static final long KEPT_NANOS = 2_200_000_000L;

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
    environment.put("MYDOCKER_OFFLINE", "1");
    environment.put("MYDOCKER_CGROUP_PARENT", root.substring(root.lastIndexOf('/') + 1));
    // Reads what every command reads of its process.
    Invocation process = Main.invocation(host.process());
    if (part.equals("ps")) {
      // The first of them writes the index, which the others read.
      LockSupport.parkNanos(KEPT_NANOS);
    }
    for (List<String> lines : lines(part)) {
      for (String line : lines) {
        var _ = Mydocker.run(invocation(List.of(line.split(" ")), environment), host);
      }
    }
    if (part.equals("clean")) {
      remove(host, root, process.err());
    }
  }

  /** The command lines of a part, whose words have no spaces in them. */
  private static List<List<String>> lines(String part) {
    return switch (part) {
      case "prepare" ->
          List.of(
              List.of("run -d --name train busybox sh -c echo${IFS}a;sleep${IFS}300"),
              Collections.nCopies(MANY, "create busybox"));
      case "run" -> List.of(RUN);
      case "exec" -> List.of(EXEC);
      case "ps" -> List.of(PS);
      case "logs" -> List.of(LOGS);
      case "inspect" -> List.of(INSPECT);
      case "clean" -> List.of(List.of("rm -f train train-run train-create train-rest"));
      // How else they might be typed.
      default -> List.of(OTHERS, RUN, EXEC, PS, LOGS, INSPECT);
    };
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
    public Engine engine(Map<String, String> environment, Notices notices) {
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
