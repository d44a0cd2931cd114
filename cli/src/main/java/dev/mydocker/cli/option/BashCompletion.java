package dev.mydocker.cli.option;

import java.util.ArrayList;
import java.util.List;

/** The script for bash, which needs nothing but bash. */
final class BashCompletion {
  private static final String DRIVER =
      """
      _mydocker() {
        local cur=${COMP_WORDS[COMP_CWORD]} group= verb= pending= word= i operands=0
        local options= valued= lister= first=
        COMPREPLY=()
        for ((i = 1; i < COMP_CWORD; i++)); do
          word=${COMP_WORDS[i]}
          if [[ $word == '=' ]]; then
            continue
          elif [[ $pending ]]; then
            pending=
          elif [[ -z $verb ]]; then
            if [[ $word == --root ]]; then
              pending=$word
            elif [[ -z $group && " $_mydocker_groups " == *" $word "* ]]; then
              group=$word
            else
              _mydocker_verb "$group" "$word"
              _mydocker_table "$verb"
              [[ $word == -* && " $valued " == *" $word "* ]] && pending=$word
            fi
          elif [[ $word == -* && ( -z $first || $operands == 0 ) ]]; then
            [[ " $valued " == *" $word "* ]] && pending=$word
          else
            operands=$((operands + 1))
          fi
        done
        [[ $cur == '=' ]] && cur=
        if [[ $pending ]]; then
          word=$(_mydocker_values "$verb" "$pending")
          [[ $word ]] && COMPREPLY=($(compgen -W "$word" -- "$cur"))
        elif [[ -z $verb ]]; then
          COMPREPLY=($(compgen -W "$(_mydocker_commands "$group")" -- "$cur"))
        elif [[ $cur == -* && ( -z $first || $operands == 0 ) ]]; then
          COMPREPLY=($(compgen -W "$options --help" -- "$cur"))
        elif [[ $lister && ( -z $first || $operands == 0 ) ]]; then
          COMPREPLY=($(compgen -W "$(eval "$lister" 2>/dev/null)" -- "$cur"))
          _mydocker_colon
        fi
      }

      # bash breaks words at colons; what stands before the last one is already typed.
      _mydocker_colon() {
        local i before line=${COMP_LINE:0:COMP_POINT}
        line=${line##* }
        [[ $line == *:* && $COMP_WORDBREAKS == *:* ]] || return 0
        before=${line%:*}:
        COMPREPLY=($(compgen -W "$(eval "$lister" 2>/dev/null)" -- "$line"))
        for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
          COMPREPLY[i]=${COMPREPLY[i]#"$before"}
        done
      }

      complete -o default -F _mydocker mydocker
      """;

  private BashCompletion() {}

  static String script() {
    StringBuilder out = new StringBuilder("# Completion of mydocker in bash. To load it:\n");
    out.append("#   source <(mydocker completion bash)\n\n");
    out.append("_mydocker_groups='").append(String.join(" ", Completion.GROUPS)).append("'\n\n");
    commands(out);
    verbs(out);
    tables(out);
    values(out);
    return out.append(DRIVER).toString();
  }

  private static void commands(StringBuilder out) {
    out.append("_mydocker_commands() {\n  case $1 in\n");
    for (String group : Completion.GROUPS) {
      out.append("    ").append(group).append(") echo ");
      out.append(String.join(" ", Commands.groupWords(group))).append(" ;;\n");
    }
    out.append("    *) echo ").append(String.join(" ", Completion.verbs()));
    out.append(" $_mydocker_groups ;;\n  esac\n}\n\n");
  }

  private static void verbs(StringBuilder out) {
    out.append("_mydocker_verb() {\n  case $1:$2 in\n");
    for (String group : Completion.GROUPS) {
      for (String word : Commands.groupWords(group)) {
        Verb verb = Commands.inGroup(group, word);
        if (verb != null && !verb.word().equals(word)) {
          out.append("    ").append(group).append(':').append(word);
          out.append(") verb=").append(verb.word()).append(" ;;\n");
        }
      }
    }
    out.append("    :-*) verb=run ;;\n    *) verb=$2 ;;\n  esac\n}\n\n");
  }

  private static void tables(StringBuilder out) {
    out.append("_mydocker_table() {\n  case $1 in\n");
    for (Verb verb : Verb.values()) {
      Command command = Commands.of(verb);
      List<String> all = new ArrayList<>();
      List<String> valued = new ArrayList<>();
      for (Option option : Completion.shown(command)) {
        List<String> spellings = new ArrayList<>();
        if (option.letter() != Option.NONE) {
          spellings.add("-" + option.letter());
        }
        spellings.add("--" + option.name());
        all.addAll(spellings);
        if (option.kind() != Kind.FLAG) {
          valued.addAll(spellings);
        }
      }
      out.append("    ").append(verb.word()).append(")\n");
      out.append("      options='").append(String.join(" ", all)).append("'\n");
      out.append("      valued='").append(String.join(" ", valued)).append("'\n");
      String lister = Completion.lister(command.operand()).replace("'", "'\\''");
      out.append("      lister='").append(lister).append("'\n");
      out.append("      first=").append(command.interspersed() ? "" : "1").append("\n      ;;\n");
    }
    out.append("  esac\n}\n\n");
  }

  private static void values(StringBuilder out) {
    out.append("_mydocker_values() {\n  case $1:$2 in\n");
    for (Verb verb : Verb.values()) {
      for (Option option : Completion.shown(Commands.of(verb))) {
        if (!option.choices().isEmpty()) {
          out.append("    ").append(verb.word()).append(":--").append(option.name());
          if (option.letter() != Option.NONE) {
            out.append(" | ").append(verb.word()).append(":-").append(option.letter());
          }
          out.append(") echo '").append(String.join(" ", option.choices())).append("' ;;\n");
        }
      }
    }
    out.append("  esac\n}\n\n");
  }
}
