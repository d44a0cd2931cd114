package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.call.Invocation;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.runtime.lifecycle.RuntimeContainer;
import dev.mydocker.runtime.lifecycle.StateRoot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command of {@code mydocker-oci} works with.
 *
 * @param globals what stood before the command
 * @param arguments its own
 * @param mayBecome whether this process may become another program
 */
record OciCall(
    Invocation invocation,
    Arguments globals,
    Arguments arguments,
    FileWorker files,
    boolean mayBecome,
    Log log) {
  /** The first descriptor behind the standard streams. */
  private static final int FIRST_PASSED = 3;

  /** Where the containers are. */
  StateRoot root() {
    return new StateRoot(files, path(globals.value("root").orElse(StateRoot.DEFAULT)));
  }

  /** Tells, in the log, what did not go well and is no reason to stop. */
  void warn(List<String> warnings) {
    for (String warning : warnings) {
      log.warning(warning, Timestamp.now());
    }
  }

  /** The first operand. */
  String id() {
    return arguments.operands().get(0);
  }

  /** The container that the first operand names. */
  RuntimeContainer container() {
    return RuntimeContainer.load(root(), id());
  }

  /** Makes a path absolute, as the caller would mean it. */
  String path(String typed) {
    return typed.startsWith("/")
        ? typed
        : typed.isEmpty() || typed.equals(".")
            ? invocation.directory()
            : invocation.directory() + "/" + typed;
  }

  /** The path that an option gives, made absolute, or null. */
  @Nullable String pathOption(String name) {
    return arguments.value(name).filter(typed -> !typed.isEmpty()).map(this::path).orElse(null);
  }

  /**
   * How many sockets whoever started us has opened for the container (sd_listen_fds(3)): they are
   * the first behind the standard streams.
   */
  int sockets() {
    String count = invocation.environment().get("LISTEN_FDS");
    if (count == null
        || !Long.toString(ProcessHandle.current().pid())
            .equals(invocation.environment().get("LISTEN_PID"))) {
      return 0;
    }
    try {
      return Math.max(0, Integer.parseInt(count));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /**
   * The descriptors of the caller's that {@code --preserve-fds} passes on.
   *
   * @param before how many others are passed on before these
   * @throws MydockerException if one is not open
   */
  List<Integer> passed(int before) {
    long count = before + arguments.integer("preserve-fds", 0);
    return count == 0 ? List.of() : Inherited.descriptors(files, FIRST_PASSED, count);
  }
}
