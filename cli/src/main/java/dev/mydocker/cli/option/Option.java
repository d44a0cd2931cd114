package dev.mydocker.cli.option;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a command's option table; parsing, help, completion and suggestions are made from it.
 *
 * <p>Rows are written with {@link #flag}, {@link #one} and {@link #many}, refined by the methods
 * that return {@code this}, and never change once their {@link Command} is made.
 */
public final class Option {
  /** Stands for "has no one-letter form". */
  static final char NONE = 0;

  /** How far the option is usable. */
  private enum Support {
    YES,
    HIDDEN,
    LATER
  }

  private final String name;
  private final char letter;
  private final Kind kind;
  private final boolean repeatable;
  private final String help;
  private String fallback = "";
  private List<String> aliases = List.of();
  private List<String> singleDash = List.of();
  private List<String> choices = List.of();
  private Support support = Support.YES;
  private String laterMessage = "";

  private Option(String name, char letter, Kind kind, boolean repeatable, String help) {
    this.name = name;
    this.letter = letter;
    this.kind = kind;
    this.repeatable = repeatable;
    this.help = help;
  }

  /** A row without a value. */
  static Option flag(String name, char letter, String help) {
    return new Option(name, letter, Kind.FLAG, false, help);
  }

  /** A row with one value; given twice, the last one wins. */
  static Option one(String name, char letter, Kind kind, String help) {
    return new Option(name, letter, kind, false, help);
  }

  /** A row that may be given many times. */
  static Option many(String name, char letter, Kind kind, String help) {
    return new Option(name, letter, kind, true, help);
  }

  /** A row of Docker's that mydocker refuses, with one clear line. */
  static Option unsupported(String name, char letter) {
    return later(name, letter, "");
  }

  /** A flag of Docker's that mydocker refuses; it differs in taking no value. */
  static Option unsupportedFlag(String name, char letter) {
    Option option = flag(name, letter, "");
    option.support = Support.LATER;
    return option;
  }

  /** A row that belongs to a later release and is refused with {@code message} until then. */
  static Option later(String name, char letter, String message) {
    Option option = many(name, letter, Kind.TEXT, "");
    option.support = Support.LATER;
    option.laterMessage = message;
    return option;
  }

  /** Sets the value that holds when the option is not given. */
  Option fallback(String value) {
    fallback = value;
    return this;
  }

  /** Adds other long names, accepted but not shown. */
  Option alias(String... names) {
    aliases = List.of(names);
    return this;
  }

  /** Adds names that also work behind a single dash, as tutorials type them. */
  Option singleDash(String... names) {
    singleDash = List.of(names);
    return this;
  }

  /** Lists the values completion offers. */
  Option choices(String... values) {
    choices = List.of(values);
    return this;
  }

  /** Accepts the option without showing it in help. */
  Option hidden() {
    support = Support.HIDDEN;
    return this;
  }

  /** Returns the long name, without dashes. */
  public String name() {
    return name;
  }

  /** Returns the one-letter form, or 0. */
  public char letter() {
    return letter;
  }

  /** Returns what the value is. */
  public Kind kind() {
    return kind;
  }

  /** Returns whether each occurrence adds a value. */
  public boolean repeatable() {
    return repeatable;
  }

  /** Returns the help text; lines are kept. */
  public String help() {
    return help;
  }

  /** Returns the value that holds when the option is not given; empty for none. */
  public String fallback() {
    return fallback;
  }

  /** Returns the values that completion offers. */
  public List<String> choices() {
    return choices;
  }

  /** Returns whether help, completion and suggestions show the option. */
  public boolean shown() {
    return support == Support.YES;
  }

  /** Returns why the option is refused, or null if it works. */
  @Nullable String laterMessage() {
    if (support != Support.LATER) {
      return null;
    }
    // Put together here, as a cold start pays for each of the many rows that are never used.
    return laterMessage.isEmpty()
        ? "flag --" + name + " is not supported by mydocker yet"
        : laterMessage;
  }

  /** Returns what help calls the value; empty for a flag. */
  public String placeholder() {
    return repeatable && kind.placeholder().equals("string") ? "list" : kind.placeholder();
  }

  /** Adds the words that, typed behind two dashes, mean this option; the first row wins. */
  void putNames(Map<String, Option> rows) {
    rows.putIfAbsent(name, this);
    for (String alias : aliases) {
      rows.putIfAbsent(alias, this);
    }
    for (String word : singleDash) {
      rows.putIfAbsent(word, this);
    }
  }

  /** Whether {@code word}, typed behind one dash, means this option rather than letters. */
  boolean isSingleDash(String word) {
    return singleDash.contains(word);
  }

  /** Returns how messages name the option: {@code -m, --memory}. */
  String display() {
    return letter == NONE ? "--" + name : "-" + letter + ", --" + name;
  }
}
