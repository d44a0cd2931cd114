package dev.mydocker.cli.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A parsed command line: which options were given with which values, and the operands.
 *
 * <p>Options are asked for by their long name; asking for one that the command's table does not
 * hold is a mistake in the program and says so.
 */
public final class Arguments {
  private final Command command;
  private final List<Option> options = new ArrayList<>();
  private final List<String> values = new ArrayList<>();
  private final List<String> operands = new ArrayList<>();
  private boolean help;

  Arguments(Command command) {
    this.command = command;
  }

  void add(Option option, String value) {
    options.add(option);
    values.add(value);
  }

  void addOperand(String word) {
    operands.add(word);
  }

  void askHelp() {
    help = true;
  }

  /** Returns the table these arguments were parsed with. */
  public Command command() {
    return command;
  }

  /** Returns whether help was asked for; nothing else was checked then. */
  public boolean help() {
    return help;
  }

  /** Returns whether the option was given. */
  public boolean given(String name) {
    return options.contains(row(name));
  }

  /** Returns whether an option was given that other commands may not have. */
  public boolean mentions(String name) {
    for (Option option : options) {
      if (option.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a flag is on, given or by default. */
  public boolean flag(String name) {
    return last(row(name)).equals("true");
  }

  /** Returns the option's last value, else its default, else nothing. */
  public Optional<String> value(String name) {
    Option option = row(name);
    return options.contains(option) || !option.fallback().isEmpty()
        ? Optional.of(last(option))
        : Optional.empty();
  }

  /** Returns all values of the option in the order they were given. */
  public List<String> values(String name) {
    Option option = row(name);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < options.size(); i++) {
      if (options.get(i) == option) {
        all.add(values.get(i));
      }
    }
    return all;
  }

  /** Returns the option's value as a whole number, or {@code absent}. */
  public long integer(String name, long absent) {
    Option option = row(name);
    String text = last(option);
    return text.isEmpty() ? absent : Values.integer(text);
  }

  /** Returns the words that are not options. */
  public List<String> operands() {
    return List.copyOf(operands);
  }

  /** Returns the operand at {@code index}, if there is one. */
  public Optional<String> operand(int index) {
    return index < operands.size() ? Optional.of(operands.get(index)) : Optional.empty();
  }

  private String last(Option option) {
    int at = options.lastIndexOf(option);
    return at < 0 ? option.fallback() : values.get(at);
  }

  private Option row(String name) {
    Option option = command.find(name);
    if (option == null) {
      throw new IllegalArgumentException(command.word() + " has no option --" + name);
    }
    return option;
  }
}
