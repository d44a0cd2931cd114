package dev.mydocker.runtime.process;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Reply;
import java.util.ArrayList;
import java.util.List;

/** Where a command may be found, and what its not being executable means. */
public final class Commands {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private Commands() {}

  /**
   * The paths to try for a command, as execvp(3) has them: itself if it holds a slash, else each
   * directory of PATH. An empty element of PATH is the working directory.
   */
  public static List<String> candidates(String command, List<String> environment) {
    if (command.indexOf('/') >= 0) {
      return List.of(command);
    }
    String path = variable(environment, "PATH");
    List<String> candidates = new ArrayList<>();
    for (String directory : (path == null ? DEFAULT_PATH : path).split(":", -1)) {
      candidates.add(directory.isEmpty() ? "./" + command : directory + "/" + command);
    }
    return candidates;
  }

  /** The value of the last entry for a variable, or null. */
  public static @org.jspecify.annotations.Nullable String variable(
      List<String> environment, String name) {
    String value = null;
    for (String entry : environment) {
      if (entry.startsWith(name) && entry.startsWith("=", name.length())) {
        value = entry.substring(name.length() + 1);
      }
    }
    return value;
  }

  /**
   * What to tell of a last plan that came back instead of executing the command.
   *
   * @return exit code 126 or 127 in kind, with the texts of Docker and runc
   */
  public static MydockerException failure(
      String command, Execution execution, Reply reply, MydockerException otherwise) {
    boolean reached = false;
    boolean denied = false;
    for (int attempt : execution.decisive(reply)) {
      long result = reply.result(attempt);
      reached |= result < 0;
      denied |= result == -Errno.EACCES;
    }
    if (!reached) {
      return otherwise;
    }
    String quoted = '"' + command + '"';
    if (otherwise instanceof KernelException kernel && kernel.error() != Errno.ENOENT) {
      return MydockerException.of(
          kernel.error() == Errno.ELOOP ? Category.COMMAND_NOT_FOUND : Category.NOT_EXECUTABLE,
          "exec",
          quoted,
          Errno.message(kernel.error()),
          kernel.error() == Errno.ENOEXEC
              ? "it is no program of this machine's architecture, or a script without #!"
              : null);
    }
    if (command.indexOf('/') >= 0) {
      return denied
          ? MydockerException.of(
              Category.NOT_EXECUTABLE,
              "exec",
              quoted,
              "permission denied",
              "is it a directory, or without the x permission for the container's user?")
          : MydockerException.of(
              Category.COMMAND_NOT_FOUND,
              "exec",
              quoted,
              "no such file or directory",
              "it, or the interpreter that it names, is not in the image");
    }
    // What is on the PATH and may not be executed counts as not found for Docker (Go's LookPath).
    return MydockerException.of(
        Category.COMMAND_NOT_FOUND,
        "exec",
        quoted,
        "executable file not found in $PATH",
        command.isEmpty()
            ? "the command is an empty word"
            : denied
                ? "what has that name there is a directory or lacks the x permission"
                : "is it in the image? try: mydocker run IMAGE ls /bin");
  }
}
