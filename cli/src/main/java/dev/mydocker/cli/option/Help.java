package dev.mydocker.cli.option;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Writes help from the tables, in Docker's layout. */
public final class Help {
  private static final int WIDTH = 80;
  private static final int NAME_COLUMN = 12;

  /** A blank at which no line is broken. */
  private static final char UNBROKEN = '\u00A0';

  private Help() {}

  /** Returns the help on one command. */
  public static String of(Command command) {
    StringBuilder out = new StringBuilder("Usage:  ");
    out.append(command.program()).append(' ').append(command.word());
    if (!command.synopsis().isEmpty()) {
      out.append(' ').append(command.synopsis());
    }
    out.append("\n\n").append(command.summary()).append('\n');
    if (command.names().size() > 1) {
      out.append("\nAliases:\n  ");
      String between = "";
      for (String name : command.names()) {
        out.append(between).append("mydocker ").append(name);
        between = ", ";
      }
      out.append('\n');
    }
    List<Option> shown = new ArrayList<>();
    for (Option option : command.options()) {
      if (option.shown()) {
        shown.add(option);
      }
    }
    if (!shown.isEmpty()) {
      shown.sort(Comparator.comparing(Option::name));
      out.append("\nOptions:\n");
      options(out, shown);
    }
    return out.toString();
  }

  private static void options(StringBuilder out, List<Option> options) {
    int widest = 0;
    for (Option option : options) {
      widest = Math.max(widest, left(option).length());
    }
    int column = widest + 3;
    for (Option option : options) {
      String left = left(option);
      out.append(left).repeat(' ', column - left.length());
      String help = option.help();
      String fallback = option.fallback();
      if (!fallback.isEmpty()) {
        boolean quoted = option.kind() != Kind.FLAG && option.kind() != Kind.INTEGER;
        help += " (default" + UNBROKEN + (quoted ? "\"" + fallback + "\"" : fallback) + ")";
      }
      wrap(out, help, column);
    }
  }

  private static String left(Option option) {
    String letter = option.letter() == Option.NONE ? "      " : "  -" + option.letter() + ", ";
    String placeholder = option.placeholder();
    return letter + "--" + option.name() + (placeholder.isEmpty() ? "" : " " + placeholder);
  }

  /** Appends a text whose lines begin at {@code column} and are broken at blanks. */
  private static void wrap(StringBuilder out, String text, int column) {
    int room = Math.max(WIDTH - column, 24);
    String indent = "";
    for (String line : Specs.split(text, '\n')) {
      String rest = line;
      while (rest.length() > room) {
        int blank = rest.lastIndexOf(' ', room);
        if (blank <= 0) {
          break;
        }
        out.append(indent).append(rest.substring(0, blank).replace(UNBROKEN, ' ')).append('\n');
        rest = rest.substring(blank + 1).stripLeading();
        indent = " ".repeat(column);
      }
      out.append(indent).append(rest.replace(UNBROKEN, ' ')).append('\n');
      indent = " ".repeat(column);
    }
  }

  /** Returns the help on a group of commands such as {@code container}. */
  static String group(String group) {
    StringBuilder out = new StringBuilder("Usage:  mydocker ").append(group).append(" COMMAND\n\n");
    out.append(group.equals("system") ? "Manage mydocker" : "Manage " + group + "s").append('\n');
    out.append("\nCommands:\n");
    for (String word : Commands.groupWords(group)) {
      Verb verb = Commands.inGroup(group, word);
      if (verb != null) {
        line(out, word, verb.summary());
      }
    }
    return out.append("\nRun 'mydocker ")
        .append(group)
        .append(" COMMAND --help' for more information on a command.\n")
        .toString();
  }

  /** Returns the help on mydocker-oci itself. */
  public static String oci() {
    Command globals = OciTables.globals();
    StringBuilder out = new StringBuilder("Usage:  " + globals.program() + " ");
    out.append(globals.synopsis())
        .append("\n\n")
        .append(globals.summary())
        .append("\n\nCommands:\n");
    for (String word : OciTables.WORDS) {
      line(out, word, OciTables.summary(word));
    }
    out.append("\nOptions:\n");
    options(out, globals.options());
    return out.append("\nRun '")
        .append(globals.program())
        .append(" COMMAND --help' for more information on a command.\n")
        .toString();
  }

  /** Returns the help on mydocker itself. */
  static String overview() {
    StringBuilder out = new StringBuilder("Usage:  mydocker [OPTIONS] COMMAND\n\n");
    out.append("A daemonless container engine\n\nCommon Commands:\n");
    Verb[] verbs = Verb.values();
    for (Verb verb : verbs) {
      if (verb.compareTo(Verb.RM) <= 0) {
        line(out, verb.word(), verb.summary());
      }
    }
    out.append("\nManagement Commands:\n");
    line(out, "container", "Manage containers");
    line(out, "image", "Manage images");
    line(out, "healthcheck", "Manage healthchecks");
    line(out, "system", "Manage mydocker");
    out.append("\nCommands:\n");
    for (Verb verb : verbs) {
      if (verb.compareTo(Verb.RM) > 0 && !verb.isGrouped()) {
        line(out, verb.word(), verb.summary());
      }
    }
    return out.append(
            """

            Options:
                  --help          Print usage
                  --root string   Directory of containers and images (default
                                  "/var/lib/mydocker")
              -v, --version       Print version information and quit

            Run 'mydocker COMMAND --help' for more information on a command.
            """)
        .toString();
  }

  private static void line(StringBuilder out, String word, String summary) {
    out.append("  ").append(word).repeat(' ', NAME_COLUMN - word.length());
    out.append(summary).append('\n');
  }
}
