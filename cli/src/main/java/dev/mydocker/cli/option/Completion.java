package dev.mydocker.cli.option;

import java.util.ArrayList;
import java.util.List;

/** Writes the scripts with which shells complete command lines, from the tables. */
public final class Completion {
  /** The shells there are scripts for. */
  public static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  static final List<String> GROUPS = List.of("container", "image", "healthcheck", "system");

  private Completion() {}

  /**
   * Returns the script for a shell.
   *
   * @throws UsageException if there is none
   */
  public static String script(String shell) {
    return switch (shell) {
      case "bash" -> BashCompletion.script();
      case "zsh" -> ZshCompletion.script();
      case "fish" -> FishCompletion.script();
      default ->
          throw UsageException.of(
              "unknown shell: " + shell,
              "write one of " + String.join(", ", SHELLS),
              Verb.COMPLETION.word(),
              UsageException.GENERAL);
    };
  }

  /** Returns the rows that help shows. */
  static List<Option> shown(Command command) {
    List<Option> shown = new ArrayList<>();
    for (Option option : command.options()) {
      if (option.shown()) {
        shown.add(option);
      }
    }
    return shown;
  }

  /** Returns the words of all commands. */
  static List<String> verbs() {
    List<String> words = new ArrayList<>();
    for (Verb verb : Verb.values()) {
      if (!verb.isGrouped()) {
        words.add(verb.word());
      }
    }
    return words;
  }

  /** Returns the shell command that lists what an operand may be; empty for none. */
  static String lister(Command.Operand operand) {
    return switch (operand) {
      case CONTAINER -> "mydocker ps -a --format '{{.Names}}'";
      case RUNNING -> "mydocker ps --format '{{.Names}}'";
      case STOPPED ->
          "mydocker ps -a --filter status=exited --filter status=created --format '{{.Names}}'";
      case IMAGE -> "mydocker images --format '{{.Repository}}:{{.Tag}}'";
      case OBJECT ->
          "mydocker ps -a --format '{{.Names}}'; mydocker images --format"
              + " '{{.Repository}}:{{.Tag}}'";
      case COMMAND -> "echo " + String.join(" ", verbs());
      case SHELL -> "echo " + String.join(" ", SHELLS);
      case NONE, FILE -> "";
    };
  }

  /** Returns whether completing the option's value means completing a path. */
  static boolean isPath(Option option) {
    return option.kind() == Kind.FILE
        || option.kind() == Kind.VOLUME
        || option.kind() == Kind.DEVICE;
  }

  /** Returns the first line of the help text. */
  static String summary(Option option) {
    String help = option.help();
    int end = help.indexOf('\n');
    return end < 0 ? help : help.substring(0, end);
  }
}
