package dev.mydocker.cli.option;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.format.Quote;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses a command's words as Docker does, whose rules are those of Go's pflag: {@code --name
 * value}, {@code --name=value}, {@code -m value}, {@code -mvalue}, {@code -m=value}, bundles such
 * as {@code -itd}, {@code --flag=false}, and {@code --} to end the options.
 *
 * <p>Beyond pflag, the long names that tutorials type behind one dash ({@code -name bird}) win over
 * a bundle of the same letters. Values are checked while parsing, as Docker does, so that a
 * malformed one is refused before anything happens.
 */
public final class Parser {
  private final Command command;
  private final Arguments arguments;
  private final List<String> words;
  private int next;

  private Parser(Command command, List<String> words) {
    this.command = command;
    this.words = words;
    this.arguments = new Arguments(command);
  }

  /**
   * Parses the words that follow the command's name.
   *
   * @throws UsageException for an unknown or refused option, a malformed value, or a wrong number
   *     of operands
   */
  public static Arguments parse(Command command, List<String> words) {
    Parser parser = new Parser(command, words);
    parser.parse();
    if (!parser.arguments.help()) {
      command.checkOperands(parser.arguments);
    }
    return parser.arguments;
  }

  private void parse() {
    while (next < words.size() && !arguments.help()) {
      String word = words.get(next++);
      if (word.length() < 2 || word.charAt(0) != '-') {
        arguments.addOperand(word);
        if (!command.interspersed()) {
          addRest();
        }
      } else if (word.equals("--")) {
        addRest();
      } else if (word.charAt(1) == '-') {
        parseLong(word);
      } else {
        parseShort(word);
      }
    }
  }

  private void addRest() {
    while (next < words.size()) {
      arguments.addOperand(words.get(next++));
    }
  }

  private void parseLong(String word) {
    int equals = word.indexOf('=');
    String name = word.substring(2, equals < 0 ? word.length() : equals);
    if (name.isEmpty() || name.charAt(0) == '-') {
      throw wrong("bad flag syntax: " + word, null);
    }
    Option option = command.find(name);
    if (option != null) {
      set(option, equals < 0 ? valueOf(option, "--" + name) : word.substring(equals + 1));
    } else if (name.equals("help")) {
      arguments.askHelp();
    } else {
      throw wrong("unknown flag: --" + name, nearestFlag(name));
    }
  }

  private void parseShort(String word) {
    int equals = word.indexOf('=');
    String name = word.substring(1, equals < 0 ? word.length() : equals);
    Option whole = command.findSingleDash(name);
    if (whole != null) {
      set(whole, equals < 0 ? valueOf(whole, "-" + name) : word.substring(equals + 1));
      return;
    }
    int at = 1;
    while (at < word.length()) {
      char letter = word.charAt(at++);
      Option option = command.findLetter(letter);
      if (option == null) {
        if (letter == 'h') {
          arguments.askHelp();
          return;
        }
        throw wrong("unknown shorthand flag: '" + letter + "' in " + word, nearestLong(name));
      }
      if (at + 1 < word.length() && word.charAt(at) == '=') {
        set(option, word.substring(at + 1));
        return;
      }
      if (option.kind() == Kind.FLAG) {
        set(option, "true");
      } else if (at < word.length()) {
        set(option, word.substring(at));
        return;
      } else {
        set(option, valueOf(option, "'" + letter + "' in " + word));
      }
    }
  }

  /** The value of an option that was typed without {@code =}. */
  private String valueOf(Option option, String typed) {
    if (option.kind() == Kind.FLAG) {
      return "true";
    }
    if (next < words.size()) {
      return words.get(next++);
    }
    refuseLater(option);
    throw wrong("flag needs an argument: " + typed, null);
  }

  private void set(Option option, String value) {
    refuseLater(option);
    if (option.kind() == Kind.FLAG) {
      arguments.add(option, check(option, value) ? "true" : "false");
      return;
    }
    check(option, value);
    arguments.add(option, value);
  }

  private void refuseLater(Option option) {
    String later = option.laterMessage();
    if (later != null) {
      throw UsageException.unsupported(later, command.word(), UsageException.BAD_OPTION);
    }
  }

  /** Returns a flag's state; true for any other value that is well formed. */
  private boolean check(Option option, String value) {
    try {
      if (option.kind() == Kind.FLAG) {
        return Values.bool(value);
      }
      Check.value(option, value);
      return true;
    } catch (MydockerException e) {
      if (e.category() == MydockerException.Category.UNSUPPORTED) {
        throw UsageException.unsupported(
            String.valueOf(e.getMessage()), command.word(), UsageException.BAD_OPTION);
      }
      throw wrong(
          "invalid argument "
              + Quote.go(value)
              + " for \""
              + option.display()
              + "\" flag: "
              + e.getMessage(),
          e.suggestion().orElse(null));
    }
  }

  private UsageException wrong(String message, @Nullable String suggestion) {
    return UsageException.of(message, suggestion, command.word(), UsageException.BAD_OPTION);
  }

  private @Nullable String nearestFlag(String typed) {
    List<String> known = new ArrayList<>();
    for (Option option : command.options()) {
      if (option.shown()) {
        known.add(option.name());
      }
    }
    known.add("help");
    String best = Suggestions.nearest(typed, known);
    return best == null ? null : "did you mean --" + best + "?";
  }

  /** Someone who types {@code -rm} means {@code --rm}. */
  private @Nullable String nearestLong(String typed) {
    return typed.length() > 1 && command.find(typed) != null
        ? "did you mean --" + typed + "?"
        : typed.length() > 3 ? nearestFlag(typed) : null;
  }
}
