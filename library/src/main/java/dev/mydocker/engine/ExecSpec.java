package dev.mydocker.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another process to run in a running container.
 *
 * @param command the program and its arguments
 * @param environment variables beside the container's own, each NAME=value
 * @param user name or id, perhaps a colon and a group; null for the container's user
 * @param workingDirectory an absolute path; null for the container's
 * @param interactive whether standard input stays open
 * @param terminal whether it gets a pseudoterminal
 * @param privileged whether it gets all capabilities
 */
public record ExecSpec(
    List<String> command,
    List<String> environment,
    @Nullable String user,
    @Nullable String workingDirectory,
    boolean interactive,
    boolean terminal,
    boolean privileged) {
  public ExecSpec {
    command = List.copyOf(command);
    environment = List.copyOf(environment);
  }

  /** Returns what runs a command as the container itself would. */
  public static ExecSpec of(String... command) {
    return of(List.of(command));
  }

  /** Returns what runs a command as the container itself would. */
  public static ExecSpec of(List<String> command) {
    return new ExecSpec(command, List.of(), null, null, false, false, false);
  }

  /** Adds an environment variable. */
  public ExecSpec env(String name, String value) {
    List<String> more = new ArrayList<>(environment);
    more.add(name + "=" + value);
    return new ExecSpec(command, more, user, workingDirectory, interactive, terminal, privileged);
  }

  /** Sets whom it runs as. */
  public ExecSpec user(String value) {
    return new ExecSpec(
        command, environment, value, workingDirectory, interactive, terminal, privileged);
  }

  /** Sets the working directory. */
  public ExecSpec workingDirectory(String value) {
    return new ExecSpec(command, environment, user, value, interactive, terminal, privileged);
  }

  ExecSpec interactive(boolean value) {
    return new ExecSpec(command, environment, user, workingDirectory, value, terminal, privileged);
  }
}
