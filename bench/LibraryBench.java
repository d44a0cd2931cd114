import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.NamespaceMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The library in a warm JVM, at the other end of a pipe. A line in is one thing to do, its words
 * parted by tabs; a line out is its time in nanoseconds and this JVM's processor time for it, or
 * "failed" and why.
 *
 * <pre>
 *   run COMMAND...        engine.run(), from here to its output; removed
 *   batch N COMMAND...    N of them at once, each in a virtual thread
 *   start NAME COMMAND... in the background, to be left
 *   exec NAME COMMAND...  another process in it, to its end
 *   list                  all containers
 * </pre>
 */
public final class LibraryBench {
  private LibraryBench() {}

  public static void main(String[] arguments) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try (Engine engine = Engine.open()) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        List<String> words = Arrays.asList(line.split("\t"));
        long cpu = system.getProcessCpuTime();
        long begin = System.nanoTime();
        try {
          perform(engine, words);
          long end = System.nanoTime();
          System.out.println((end - begin) + " " + (system.getProcessCpuTime() - cpu));
        } catch (RuntimeException | ExecutionException | InterruptedException e) {
          System.out.println("failed " + e);
        }
      }
    }
  }

  private static void perform(Engine engine, List<String> words)
      throws ExecutionException, InterruptedException {
    switch (words.getFirst()) {
      case "run" -> run(engine, words.subList(1, words.size()));
      case "batch" -> {
        List<String> command = words.subList(2, words.size());
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int number = Integer.parseInt(words.get(1)); number > 0; number--) {
            all.add(executor.submit(() -> run(engine, command)));
          }
        }
        for (Future<?> each : all) {
          each.get();
        }
      }
      case "start" -> engine.start(spec(words.subList(2, words.size())).name(words.get(1)));
      case "exec" ->
          engine
              .container(words.get(1))
              .exec(words.subList(2, words.size()).toArray(String[]::new))
              .orThrow();
      case "list" -> engine.list();
      default -> throw new IllegalArgumentException(words.getFirst());
    }
  }

  private static ContainerSpec spec(List<String> command) {
    return ContainerSpec.of("busybox", command.toArray(String[]::new)).network(NamespaceMode.NONE);
  }

  private static void run(Engine engine, List<String> command) {
    engine.run(spec(command)).orThrow();
  }
}
