package dev.mydocker.cli.call;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.ImageChoice;
import dev.mydocker.engine.PullPolicy;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same program once more, with its compilers, for what takes long before a container can start.
 * What only starts containers is over before a compiler has paid for itself, so the launcher lets
 * it be interpreted; but interpreted, an image of 100 MB would be hashed for minutes.
 */
public final class Preparation {
  /** The word by which {@code Main} knows such a process. */
  public static final String WORD = "__prepare";

  /** What the process would be slower with. */
  private static final List<String> LEFT_OUT = List.of("-Xint", "-Xmn16m");

  private static final String MAIN = "dev.mydocker.cli.Main";
  private static final int LIMIT = 1 << 24;

  private Preparation() {}

  /** It has told why it failed. */
  public static final class Failed extends MydockerException {
    private static final long serialVersionUID = 1;

    private Failed(String what) {
      super(Category.INTERNAL, what + ": the process for it has told why not");
    }
  }

  static boolean isWorthAProcess() {
    return System.getProperty("java.vm.info", "").startsWith("interpreted");
  }

  /**
   * Has it done, with our own standard streams.
   *
   * @return false if that is not possible
   * @throws Failed if it failed
   */
  static boolean run(Call call, ContainerSpec spec) {
    String own =
        Bytes.decode(call.host().files().read(FileWorker.HOST, "/proc/self/cmdline", LIMIT));
    List<String> line = line(own, call.arguments().flag("quiet"), spec);
    if (line == null) {
      return false;
    }
    ProcessBuilder builder = new ProcessBuilder(line).inheritIO();
    String root = call.environment().get("MYDOCKER_ROOT");
    if (root != null) {
      builder.environment().put("MYDOCKER_ROOT", root);
    }
    try {
      call.err().flush();
      if (builder.start().waitFor() != 0) {
        throw new Failed("prepare a container");
      }
      return true;
    } catch (IOException e) {
      // No memory for another process, say: then it takes longer.
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MydockerException(Category.INTERRUPTED, "prepare a container: interrupted");
    }
  }

  /**
   * The command line of the other process.
   *
   * @param own that of this process, each word with a zero byte behind it
   * @return null if Java cannot say it
   */
  static @Nullable List<String> line(String own, boolean quiet, ContainerSpec spec) {
    List<String> line = new ArrayList<>();
    for (String word : own.split("\0")) {
      if (!LEFT_OUT.contains(word)) {
        line.add(word);
      }
      if (word.equals(MAIN)) {
        break;
      }
    }
    line.add(WORD);
    line.add("create");
    if (quiet) {
      line.add("--quiet");
    }
    String rootfs = spec.rootfs();
    if (rootfs != null) {
      line.addAll(List.of("--rootfs", rootfs, "true"));
    } else {
      addImage(line, spec);
    }
    // Names that are not ASCII need a locale on their way through ProcessBuilder.
    boolean plain = line.stream().allMatch(word -> word.chars().allMatch(c -> c < 0x80));
    return plain ? line : null;
  }

  private static void addImage(List<String> line, ContainerSpec spec) {
    ImageChoice choice = spec.choice();
    line.add("--pull=" + word(choice.pull()));
    String platform = choice.platform();
    if (platform != null) {
      line.add("--platform=" + platform);
    }
    line.add(String.valueOf(spec.image()));
  }

  private static String word(PullPolicy policy) {
    return switch (policy) {
      case ALWAYS -> "always";
      case MISSING -> "missing";
      case NEVER -> "never";
    };
  }
}
