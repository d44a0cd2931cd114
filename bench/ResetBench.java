import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import java.util.Arrays;

/**
 * How long {@link Container#reset} takes, to running again, by how much the container has written:
 * {@code java -Dmydocker.home=… -cp …/mydocker.jar bench/ResetBench.java [rounds]}.
 */
final class ResetBench {
  private static final int[] MEGABYTES = {0, 50, 500};
  private static final int WARM_UP = 300;

  public static void main(String[] arguments) {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
    try (Engine engine = Engine.open()) {
      ContainerSpec spec = ContainerSpec.of("busybox", "sleep", "1000");
      for (boolean owned : new boolean[] {true, false}) {
        Container container = engine.start(owned ? spec.ownedByThisProcess() : spec);
        for (int i = 0; owned && i < WARM_UP; i++) {
          container.reset();
        }
        for (int size : MEGABYTES) {
          long[] nanos = new long[rounds];
          for (int i = 0; i < rounds; i++) {
            container
                .exec("dd", "if=/dev/zero", "of=/file", "bs=1M", "count=" + size)
                .orThrow();
            long before = System.nanoTime();
            container.reset();
            nanos[i] = System.nanoTime() - before;
          }
          Arrays.sort(nanos);
          System.out.println(
              (owned ? "owned" : "lasting") + ", " + size + " MB: median "
                  + nanos[rounds / 2] / 10000 / 100.0 + " ms, best " + nanos[0] / 10000 / 100.0
                  + ", worst " + nanos[rounds - 1] / 10000 / 100.0);
        }
        container.remove(true);
      }
    }
  }
}
