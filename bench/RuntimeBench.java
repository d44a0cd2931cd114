import dev.mydocker.kernel.CoProcess;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.spec.ContainerState.Status;
import dev.mydocker.runtime.CallerStreams;
import dev.mydocker.runtime.lifecycle.Create;
import dev.mydocker.runtime.lifecycle.Delete;
import dev.mydocker.runtime.lifecycle.RuntimeContainer;
import dev.mydocker.runtime.lifecycle.Start;
import dev.mydocker.runtime.lifecycle.StateRoot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The OCI runtime in a warm JVM, at the other end of a pipe. A line in is one thing to do, its words
 * parted by tabs; a line out is its time in nanoseconds and this JVM's processor time for it, or
 * "failed" and why.
 *
 * <pre>
 *   life BUNDLE    create, start and delete; the wait for the end between them does not count
 *   begin BUNDLE   create and start
 * </pre>
 */
public final class RuntimeBench {
  private RuntimeBench() {}

  public static void main(String[] arguments) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try (CoProcess helper = CoProcess.start()) {
      FileWorker files = new FileWorker(helper.open());
      StateRoot root = new StateRoot(files, arguments[0]);
      int nothing = files.open(FileWorker.HOST, "/dev/null", 02, 0);
      CallerStreams streams = new CallerStreams(nothing, nothing, nothing, List.of());
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split("\t");
        long cpu = system.getProcessCpuTime();
        try {
          long elapsed = perform(root, streams, words[0].equals("life"), words[1]);
          System.out.println(elapsed + " " + (system.getProcessCpuTime() - cpu));
        } catch (RuntimeException | InterruptedException e) {
          System.out.println("failed " + e);
        }
      }
    }
  }

  private static long perform(StateRoot root, CallerStreams streams, boolean whole, String bundle)
      throws InterruptedException {
    String id = bundle.substring(bundle.lastIndexOf('/') + 1);
    Create.Wishes wishes =
        new Create.Wishes(
            id, bundle, bundle + "/config.json", null, null, streams, 0, true, false);
    long begin = System.nanoTime();
    RuntimeContainer container = new Create(root, wishes).create(null);
    var _ = Start.start(root, id);
    long elapsed = System.nanoTime() - begin;
    if (whole) {
      while (container.status() != Status.STOPPED) {
        Thread.sleep(1);
      }
      begin = System.nanoTime();
      Delete.delete(root, id, false);
      elapsed += System.nanoTime() - begin;
    }
    return elapsed;
  }
}
