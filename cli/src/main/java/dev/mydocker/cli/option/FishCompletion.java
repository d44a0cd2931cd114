package dev.mydocker.cli.option;

/** The script for fish. */
final class FishCompletion {
  private FishCompletion() {}

  static String script() {
    StringBuilder out = new StringBuilder("# Completion of mydocker in fish. To load it:\n");
    out.append("#   mydocker completion fish | source\n\n");
    out.append("complete -c mydocker -f\n");
    String groups = String.join(" ", Completion.GROUPS);
    String none = "not __fish_seen_subcommand_from " + String.join(" ", Completion.verbs());
    String plain = none + " " + groups;
    for (Verb verb : Verb.values()) {
      if (!verb.isGrouped()) {
        word(out, plain, verb.word(), verb.summary());
      }
    }
    for (String group : Completion.GROUPS) {
      word(out, plain, group, "Manage " + (group.equals("system") ? "mydocker" : group + "s"));
      for (String word : Commands.groupWords(group)) {
        Verb verb = Commands.inGroup(group, word);
        if (verb != null) {
          String inGroup =
              "__fish_seen_subcommand_from "
                  + group
                  + "; and not __fish_seen_subcommand_from "
                  + String.join(" ", Commands.groupWords(group));
          word(out, inGroup, word, verb.summary());
        }
      }
    }
    for (Verb verb : Verb.values()) {
      command(out, Commands.of(verb));
    }
    return out.toString();
  }

  private static void word(StringBuilder out, String when, String word, String summary) {
    out.append("complete -c mydocker -n ").append(quoted(when)).append(" -a ").append(word);
    out.append(" -d ").append(quoted(summary)).append('\n');
  }

  private static void command(StringBuilder out, Command command) {
    out.append('\n');
    String when = quoted("__fish_seen_subcommand_from " + seen(command));
    String lister = Completion.lister(command.operand());
    if (!lister.isEmpty()) {
      String list = lister.startsWith("echo ") ? lister.substring(5) : "(" + lister + ")";
      out.append("complete -c mydocker -n ").append(when).append(" -a ").append(quoted(list));
      out.append('\n');
    } else if (command.operand() == Command.Operand.FILE) {
      out.append("complete -c mydocker -n ").append(when).append(" -F\n");
    }
    for (Option option : Completion.shown(command)) {
      out.append("complete -c mydocker -n ").append(when);
      if (option.letter() != Option.NONE) {
        out.append(" -s ").append(option.letter());
      }
      out.append(" -l ").append(option.name());
      if (option.kind() != Kind.FLAG) {
        out.append(Completion.isPath(option) ? " -r -F" : " -x");
      }
      if (!option.choices().isEmpty()) {
        out.append(" -a ").append(quoted(String.join(" ", option.choices())));
      }
      out.append(" -d ").append(quoted(Completion.summary(option))).append('\n');
    }
  }

  /** All the words that mean the command; within a group, its last word. */
  private static String seen(Command command) {
    StringBuilder words = new StringBuilder(command.verb().word());
    for (String name : command.names()) {
      String word = name.substring(name.indexOf(' ') + 1);
      if (Commands.verb(word) == null && !word.equals("ls") && !word.equals("list")) {
        words.append(' ').append(word);
      } else if (command.verb() == Verb.PS && !word.equals("ps")) {
        words.append(' ').append(word);
      }
    }
    return words.toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
