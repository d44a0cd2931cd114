package dev.mydocker.engine;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import java.util.Optional;

/** Reads what the kernel says of itself; what cannot be read says nothing. */
final class Facts {
  private final FileWorker files;

  Facts(FileWorker files) {
    this.files = files;
  }

  /** The text of a file of /proc or /sys without blanks around it; empty if it cannot be read. */
  String text(String path) {
    try {
      return files
          .readIfThere(FileWorker.HOST, path)
          .map(bytes -> Bytes.decode(bytes).strip())
          .orElse("");
    } catch (KernelException e) {
      return "";
    }
  }

  /** The number in a file, if it is there and holds one. */
  Optional<Long> number(String path) {
    return parse(text(path));
  }

  static Optional<Long> parse(String text) {
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** What stands behind a word at the beginning of a line, as in /proc/self/status. */
  String field(String path, String word) {
    for (String line : text(path).split("\n", -1)) {
      String text = line.strip();
      if (text.startsWith(word)) {
        return text.substring(word.length()).strip();
      }
    }
    return "";
  }

  boolean exists(String path) {
    try {
      return files.status(FileWorker.HOST, path).isPresent();
    } catch (KernelException e) {
      return false;
    }
  }
}
