package dev.mydocker.cli.oci;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The descriptors that whoever started us left open for the container. */
final class Inherited {
  private static final int LARGEST = 1 << 16;
  private static final int CLOSE_ON_EXEC = 02000000;

  private Inherited() {}

  /**
   * Returns consecutive descriptors.
   *
   * @throws MydockerException if one is not open, or is one of java's own: the container would get
   *     something else than what was meant
   */
  static List<Integer> descriptors(FileWorker files, int first, long count) {
    List<Integer> all = new ArrayList<>();
    for (int number = first; number < first + count; number++) {
      if (!isInherited(files, number)) {
        throw MydockerException.of(
            Category.INVALID,
            "pass on descriptor",
            Integer.toString(number),
            "it is not open",
            "--preserve-fds counts from 3 on");
      }
      all.add(number);
    }
    return all;
  }

  /**
   * Whether it was open when we began: what has come over an execve does not close on the next. But
   * java opens its own modules without that flag.
   */
  private static boolean isInherited(FileWorker files, int number) {
    Optional<byte[]> about = files.readIfThere(FileWorker.HOST, "/proc/self/fdinfo/" + number);
    if (about.isEmpty() || about.get().length > LARGEST) {
      return false;
    }
    for (String line : new String(about.get(), US_ASCII).split("\n", -1)) {
      if (line.startsWith("flags:")) {
        long flags = Long.parseLong(line.substring("flags:".length()).strip(), 8);
        return (flags & CLOSE_ON_EXEC) == 0 && !isOfJava(files, number);
      }
    }
    return false;
  }

  private static boolean isOfJava(FileWorker files, int number) {
    String home = System.getProperty("java.home", "");
    return files
        .readLink(FileWorker.HOST, "/proc/self/fd/" + number)
        .filter(path -> path.startsWith(home + "/"))
        .isPresent();
  }
}
