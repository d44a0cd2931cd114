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
 * The commands that the AOT cache is trained on, run as users run them, in this JVM and on a state
 * directory of its own. Where containers are forbidden they fail early, and still train the rest.
 */
final class Train {
  private static final String NAME = "train";

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("--help"),
          List.of("run", "--help"),
          List.of("version"),
          List.of("rnu"),
          List.of("ps"),
          List.of("run", "--rm", "busybox", "true"),
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
          List.of("run", "--rm", "-t", "--hostname", "h", "/bin/true"),
          List.of("run", "-d", "--name", NAME, "busybox", "sh", "-c", "echo a; sleep 60"),
          List.of("ps"),
          List.of("ps", "-a", "--no-trunc", "--filter", "name=" + NAME),
          List.of("ps", "-aq"),
          List.of("ps", "--format", "{{.ID}} {{.Names}}"),
          List.of("ps", "--format", "json"),
          List.of("exec", NAME, "true"),
          List.of("exec", "-e", "A=b", NAME, "sh", "-c", "exit 3"),
          List.of("logs", NAME),
          List.of("logs", "-t", "--tail", "1", NAME),
          List.of("inspect", NAME),
          List.of("inspect", "busybox"),
          List.of("inspect", "-f", "{{.State.Status}}", NAME),
          List.of("pause", NAME),
          List.of("unpause", NAME),
          List.of("stop", "-t", "0", NAME),
          List.of("start", NAME),
          List.of("kill", NAME),
          List.of("wait", NAME),
          List.of("rm", "-f", NAME),
          List.of("create", "--name", NAME, "busybox", "true"),
          List.of("rm", NAME),
          List.of("rm", "nosuch"),
          List.of("images"),
          List.of("images", "-q"),
          List.of("run", "--rm", "busybox", "nosuch"));

  private Train() {}

  /** Runs them all in this JVM, and returns normally: only then is the cache complete. */
  static void run(String home) {
    TrainingHost host = new TrainingHost(new ProcessHost(home));
    String name = "mydocker-train-" + ProcessHandle.current().pid();
    String root = System.getProperty("java.io.tmpdir", "/tmp") + "/" + name;
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("MYDOCKER_ROOT", root);
    environment.put("MYDOCKER_CGROUP_PARENT", name);
    // Reads what every command reads of its process.
    Invocation process = Main.invocation(host.process());
    try {
      for (List<String> words : COMMANDS) {
        var _ = Mydocker.run(invocation(words, environment), host);
      }
    } finally {
      remove(host, root, process.err());
    }
  }

  /**
   * The last monitors may still be writing there: then something is left, but the cache is good.
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
      return false;
    }

    @Override
    public int attach(
        Attachment attachment, Attachment.ClientOptions options, Invocation invocation) {
      try (attachment) {
        return attachment.communicate(new byte[0]).exit().shellCode();
      } catch (MydockerException e) {
        return Mydocker.ENGINE_FAILED;
      }
    }
  }
}
