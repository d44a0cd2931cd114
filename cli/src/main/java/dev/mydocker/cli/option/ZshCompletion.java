package dev.mydocker.cli.option;

/** The script for zsh, in the terms of its function _arguments. */
final class ZshCompletion {
  private ZshCompletion() {}

  static String script() {
    StringBuilder out = new StringBuilder("#compdef mydocker\n");
    out.append("# Completion of mydocker in zsh. To load it:\n");
    out.append("#   source <(mydocker completion zsh)\n\n");
    listers(out);
    out.append("_mydocker_groups() {\n  local -a words\n  case $1 in\n");
    for (String group : Completion.GROUPS) {
      out.append("    ").append(group).append(") words=(\n");
      for (String word : Commands.groupWords(group)) {
        Verb verb = Commands.inGroup(group, word);
        if (verb != null) {
          described(out, word, verb.summary());
        }
      }
      out.append("    ) ;;\n");
    }
    out.append("    *) words=(\n");
    for (Verb verb : Verb.values()) {
      if (!verb.isGrouped()) {
        described(out, verb.word(), verb.summary());
      }
    }
    for (String group : Completion.GROUPS) {
      described(out, group, "Manage " + (group.equals("system") ? "mydocker" : group + "s"));
    }
    out.append("    ) ;;\n  esac\n  _describe command words\n}\n\n");
    out.append("_mydocker_verb() {\n  case $1 in\n");
    for (Verb verb : Verb.values()) {
      command(out, Commands.of(verb));
    }
    out.append("  esac\n}\n\n");
    return out.append(driver()).toString();
  }

  private static void described(StringBuilder out, String word, String summary) {
    out.append("      ").append(quoted(word + ":" + summary)).append('\n');
  }

  private static void listers(StringBuilder out) {
    for (Command.Operand operand : Command.Operand.values()) {
      String lister = Completion.lister(operand);
      if (!lister.isEmpty()) {
        out.append(listerName(operand)).append("() {\n  local -a words\n  words=(");
        out.append(
            lister.startsWith("echo ")
                ? lister.substring(5)
                : "${(f)\"$({ " + lister + "; } 2>/dev/null)\"}");
        out.append(")\n  compadd -a words\n}\n\n");
      }
    }
  }

  private static String listerName(Command.Operand operand) {
    return "_mydocker_list_" + operand.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static void command(StringBuilder out, Command command) {
    out.append("    ").append(command.verb().word()).append(")\n      _arguments -s -S \\\n");
    for (Option option : Completion.shown(command)) {
      option(out, option);
    }
    out.append("        '(- *)--help[Print usage]'");
    String action = "";
    if (!Completion.lister(command.operand()).isEmpty()) {
      action = listerName(command.operand());
    } else if (command.operand() == Command.Operand.FILE) {
      action = "_files";
    }
    if (!action.isEmpty() && command.interspersed()) {
      out.append(" \\\n        '*:name:").append(action).append('\'');
    } else if (!action.isEmpty()) {
      out.append(" \\\n        '1:name:").append(action).append("'");
      out.append(" \\\n        '*::command:_normal'");
    }
    out.append("\n      ;;\n");
  }

  private static void option(StringBuilder out, Option option) {
    StringBuilder tail = new StringBuilder("[");
    tail.append(Completion.summary(option).replace("[", "\\[").replace("]", "\\]")).append(']');
    if (option.kind() != Kind.FLAG) {
      tail.append(':').append(option.placeholder()).append(':');
      if (!option.choices().isEmpty()) {
        tail.append('(').append(String.join(" ", option.choices()).replace(":", "\\:")).append(')');
      } else if (Completion.isPath(option)) {
        tail.append("_files");
      }
    }
    String repeats = option.repeatable() ? "*" : "";
    String equals = option.kind() == Kind.FLAG ? "" : "=";
    out.append("        ").append(quoted(repeats + "--" + option.name() + equals + tail));
    out.append(" \\\n");
    if (option.letter() != Option.NONE) {
      String plus = option.kind() == Kind.FLAG ? "" : "+";
      out.append("        ").append(quoted(repeats + "-" + option.letter() + plus + tail));
      out.append(" \\\n");
    }
  }

  private static String driver() {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        _mydocker() {
          local verb=$words[2] skip=1
          if (( CURRENT == 2 )); then
            _mydocker_groups
            return
          fi
          case $words[2] in
            container | image | system)
              if (( CURRENT == 3 )); then
                _mydocker_groups $words[2]
                return
              fi
              skip=2
              case $words[2]:$words[3] in
        """);
    for (String group : Completion.GROUPS) {
      for (String word : Commands.groupWords(group)) {
        Verb verb = Commands.inGroup(group, word);
        if (verb != null && !verb.word().equals(word)) {
          out.append("        ").append(group).append(':').append(word);
          out.append(") verb=").append(verb.word()).append(" ;;\n");
        }
      }
    }
    out.append(
        """
                *) verb=$words[3] ;;
              esac
              ;;
            -*)
              verb=run
              skip=0
              ;;
          esac
          shift $skip words
          (( CURRENT -= skip ))
          _mydocker_verb $verb
        }

        if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
          _mydocker "$@"
        else
          compdef _mydocker mydocker
        fi
        """);
    return out.toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
