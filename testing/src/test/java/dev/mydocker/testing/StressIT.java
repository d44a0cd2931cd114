package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Many commands at once on the same names: each gives an answer that can be true, one wins a name,
 * and nothing is left. {@code -Dstress.seconds} and {@code -Dstress.seed} say how long and with
 * which dice.
 */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@Isolated("it takes all processors")
class StressIT {
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("stress.seconds", 20));
  private static final long SEED = Long.getLong("stress.seed", 4711);
  private static final List<String> NAMES = List.of("ant", "bee", "cat");
  private static final String NONE = "No such container: \\w+";
  private static final String NOT_RUNNING = "it is not running; .*";

  private final Sandbox sandbox;

  StressIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void theImageIsHere() {
    run("run", "--rm", "busybox", "true").orThrow();
  }

  @AfterEach
  void nothingIsLeft() {
    for (String id : run("ps", "-aq").stdout().lines().toList()) {
      run("rm", "-f", id).orThrow();
    }
    assertThat(sandbox.root().resolve("containers")).isEmptyDirectory();
    assertThat(sandbox.root().resolve("names")).isEmptyDirectory();
    assertThat(sandbox.run().resolve(".engine")).isEmptyDirectory();
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).limit(Duration.ofSeconds(100)).run();
  }

  private static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    }
  }

  @Test
  void sixtyFourAtOnce() throws Exception {
    List<Callable<Result>> tasks = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      String text = "number " + i;
      int code = i;
      tasks.add(() -> run("run", "--rm", "busybox", "sh", "-c", "echo " + text + "; exit " + code));
    }
    List<Result> results = atOnce(tasks);
    for (int i = 0; i < 64; i++) {
      assertThat(results.get(i)).isEqualTo(new Result(i, "number " + i + "\n", ""));
    }
    assertThat(run("ps", "-aq").stdout()).isEmpty();
  }

  @Test
  void oneWinsAName() throws Exception {
    List<Callable<Result>> tasks = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      tasks.add(() -> run("create", "--name", "prize", "busybox"));
      String other = "other" + i;
      run("create", "--name", other, "busybox").orThrow();
      tasks.add(() -> run("rename", other, "prize"));
    }
    List<Result> results = atOnce(tasks);
    assertThat(results.stream().filter(result -> result.exit() == 0)).hasSize(1);
    assertThat(results.stream().filter(result -> result.exit() != 0))
        .allMatch(result -> result.stderr().contains("\"prize\" is already in use"));
    assertThat(run("inspect", "-f", "{{.Name}}", "prize").stdout()).isEqualTo("/prize\n");
  }

  /** A command, and what it may say when it fails because another one was there first. */
  private record Deed(List<String> words, List<String> refusals, Pattern output) {
    static Deed of(String words, String output, String... refusals) {
      return new Deed(
          List.of(words.split(" ")), List.of(refusals), Pattern.compile(output, Pattern.DOTALL));
    }

    /** What is wrong with a result, or an empty text. */
    String judge(Result result) {
      boolean refused =
          result.stderr().lines().count() == 1
              && refusals.stream()
                  .anyMatch(
                      text ->
                          Pattern.compile("mydocker: (.*: )?" + text + "\n")
                              .matcher(result.stderr())
                              .matches());
      // A doctor may find that another command has just left something, and say so.
      boolean done =
          result.exit() <= (words.contains("doctor") ? 1 : 0)
              && result.stderr().isEmpty()
              && output.matcher(result.stdout()).matches();
      // Another command killed the container, and with it what was executed there.
      boolean killed = words.contains("exec") && result.exit() == 137 && result.stderr().isEmpty();
      return refused || done || killed ? "" : words + ": " + result;
    }
  }

  private static Deed roll(Random dice) {
    String name = NAMES.get(dice.nextInt(NAMES.size()));
    String other = NAMES.get(dice.nextInt(NAMES.size()));
    String taken = "Conflict\\. The container name \"" + name + "\" is already in use by .*";
    return switch (dice.nextInt(12)) {
      case 0, 1 -> Deed.of("run -d --name " + name + " busybox sleep 1000", "\\w{64}\n", taken);
      case 2 -> Deed.of("run -d --rm --name " + name + " busybox sleep 0.3", "\\w{64}\n", taken);
      case 3 -> Deed.of("start " + name, name + "\n", NONE);
      case 4 -> Deed.of("stop -t 0 " + name, name + "\n", NONE);
      case 5 -> Deed.of("rm -f " + name, name + "\n", NONE);
      case 6 ->
          Deed.of(
              "rm " + name,
              name + "\n",
              NONE,
              "container is running: stop the container before .*",
              "it was started meanwhile; try again");
      case 7 -> Deed.of("exec " + name + " echo here", "here\n", NONE, NOT_RUNNING);
      case 8 -> Deed.of("kill " + name, name + "\n", NONE, NOT_RUNNING);
      case 9 ->
          Deed.of(
              "rename " + name + " " + other,
              "",
              NONE,
              "Conflict\\. The container name \"" + other + "\" is already in use by .*",
              "Renaming a container with the same name .*");
      case 10 -> Deed.of("doctor --repair", ".*\n(healthy|degraded: .*)\n");
      default ->
          Deed.of("ps -a --format {{.Names}}={{.Status}}", "(\\w+=(Up|Exited|Created)[^\n]*\n)*");
    };
  }

  @Test
  void commandsRaceForTheSameContainers() throws Exception {
    long end = System.nanoTime() + TIME.toNanos();
    List<Callable<List<String>>> workers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Random dice = new Random(SEED + i);
      workers.add(() -> race(dice, end));
    }
    List<String> wrong = new ArrayList<>();
    atOnce(workers).forEach(wrong::addAll);
    assertThat(wrong).as("seed " + SEED).isEmpty();
    List<String> names = run("ps", "-a", "--format", "{{.Names}}").stdout().lines().toList();
    assertThat(new HashSet<>(names)).hasSameSizeAs(names);
    for (String name : names) {
      if (run("inspect", name).exit() != 0) {
        // One with --rm may have ended since.
        assertThat(run("ps", "-a", "--format", "{{.Names}}").stdout().lines()).doesNotContain(name);
      }
    }
    assertThat(run("doctor", "--repair").stdout()).endsWith("\nhealthy\n");
  }

  private List<String> race(Random dice, long end) {
    List<String> wrong = new ArrayList<>();
    while (System.nanoTime() < end && wrong.isEmpty()) {
      Deed deed = roll(dice);
      Command command = sandbox.mydocker(deed.words().toArray(new String[0]));
      Result result = command.limit(Duration.ofSeconds(100)).run();
      String problem = deed.judge(result);
      if (!problem.isEmpty()) {
        wrong.add(problem);
      }
    }
    return wrong;
  }
}
