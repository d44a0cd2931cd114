package dev.mydocker.cli.option;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a command's table, and makes only that one: a cold start pays for no other. */
public final class Commands {
  /** Docker's commands that mydocker does not have yet. */
  private static final List<String> LATER =
      List.of(
          "build",
          "builder",
          "buildx",
          "checkpoint",
          "compose",
          "config",
          "context",
          "cp",
          "diff",
          "events",
          "manifest",
          "network",
          "node",
          "plugin",
          "port",
          "prune",
          "secret",
          "service",
          "stack",
          "stats",
          "swarm",
          "top",
          "trust",
          "update",
          "volume");

  private Commands() {}

  /** Returns the table of a command. */
  public static Command of(Verb verb) {
    return switch (verb) {
      case RUN -> RunTable.run();
      case CREATE -> RunTable.create();
      case EXEC -> ContainerTables.exec();
      case PS -> ContainerTables.ps();
      case IMAGES -> ImageTables.images();
      case PULL -> ImageTables.pull();
      case PUSH -> ImageTables.push();
      case LOGIN -> ImageTables.login();
      case LOGOUT -> ImageTables.logout();
      case SEARCH -> ImageTables.search();
      case LOGS -> ContainerTables.logs();
      case STOP -> ContainerTables.stop();
      case START -> ContainerTables.start();
      case RM -> ContainerTables.rm();
      case ATTACH -> ContainerTables.attach();
      case COMMIT -> ContainerTables.commit();
      case EXPORT -> ContainerTables.export();
      case IMPORT -> ImageTables.importing();
      case INSPECT -> ContainerTables.inspect();
      case KILL -> ContainerTables.kill();
      case PAUSE -> ContainerTables.pause();
      case RENAME -> ContainerTables.rename();
      case RESTART -> ContainerTables.restart();
      case RMI -> ImageTables.rmi();
      case LOAD -> ImageTables.load();
      case SAVE -> ImageTables.save();
      case HISTORY -> ImageTables.history();
      case TAG -> ImageTables.tag();
      case UNPAUSE -> ContainerTables.unpause();
      case WAIT -> ContainerTables.waiting();
      case VERSION -> ImageTables.version();
      case INFO -> ImageTables.info();
      case IMAGE_PRUNE -> ImageTables.prune();
      case SYSTEM_DF -> ImageTables.diskUsage();
      case HEALTHCHECK_RUN -> ContainerTables.healthcheckRun();
      case DOCTOR -> ImageTables.doctor();
      case COMPLETION -> ImageTables.completion();
      case HELP -> ImageTables.help();
    };
  }

  /** Returns the command a word names, or null. */
  static @Nullable Verb verb(String word) {
    for (Verb verb : Verb.values()) {
      if (verb.word().equals(word) && !verb.isGrouped()) {
        return verb;
      }
    }
    return null;
  }

  /** Returns the command whose {@link Verb#word} this is, or null. */
  static @Nullable Verb topic(String word) {
    for (Verb verb : Verb.values()) {
      if (verb.word().equals(word)) {
        return verb;
      }
    }
    return null;
  }

  /** Whether a word is one of Docker's management commands that mydocker has. */
  static boolean isGroup(String word) {
    return switch (word) {
      case "container", "image", "system", "healthcheck" -> true;
      default -> false;
    };
  }

  /** Returns what {@code mydocker GROUP WORD} stands for, or null. */
  static @Nullable Verb inGroup(String group, String word) {
    return switch (group) {
      case "container" ->
          switch (word) {
            case "ls", "list", "ps" -> Verb.PS;
            case "rm", "remove" -> Verb.RM;
            case "run",
                "create",
                "start",
                "stop",
                "rename",
                "restart",
                "kill",
                "logs",
                "exec",
                "attach",
                "wait",
                "pause",
                "unpause",
                "inspect",
                "commit",
                "export" ->
                verb(word);
            default -> null;
          };
      case "image" ->
          switch (word) {
            case "ls", "list" -> Verb.IMAGES;
            case "rm", "remove" -> Verb.RMI;
            case "prune" -> Verb.IMAGE_PRUNE;
            case "import", "tag", "inspect", "history", "load", "pull", "push", "save" ->
                verb(word);
            default -> null;
          };
      case "healthcheck" -> word.equals("run") ? Verb.HEALTHCHECK_RUN : null;
      default ->
          switch (word) {
            case "info" -> Verb.INFO;
            case "df" -> Verb.SYSTEM_DF;
            default -> null;
          };
    };
  }

  /** The words that {@link #inGroup} knows, as help lists them. */
  static List<String> groupWords(String group) {
    return switch (group) {
      case "container" ->
          List.of(
              "attach", "commit", "create", "exec", "export", "inspect", "kill", "logs", "ls",
              "pause", "rename", "restart", "rm", "run", "start", "stop", "unpause", "wait");
      case "image" ->
          List.of(
              "history", "import", "inspect", "load", "ls", "prune", "pull", "push", "rm", "save",
              "tag");
      case "healthcheck" -> List.of("run");
      default -> List.of("df", "info");
    };
  }

  /** The error for a word that is no command, with the nearest one that is. */
  static UsageException unknown(String group, String word) {
    String path = group.isEmpty() ? word : group + " " + word;
    if (LATER.contains(word)) {
      return UsageException.unsupported(
          "'mydocker " + path + "' is not supported by mydocker yet",
          group,
          UsageException.GENERAL);
    }
    List<String> known = new ArrayList<>();
    if (group.isEmpty()) {
      for (Verb verb : Verb.values()) {
        if (!verb.isGrouped()) {
          known.add(verb.word());
        }
      }
      known.add("container");
      known.add("image");
    } else {
      known.addAll(groupWords(group));
    }
    String near = Suggestions.nearest(word, known);
    return UsageException.of(
        "unknown command: mydocker " + path,
        near == null ? null : "did you mean " + near + "?",
        group,
        UsageException.GENERAL);
  }
}
