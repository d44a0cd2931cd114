package dev.mydocker.cli.option;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of one command: how it is called, its options, how many operands it takes. */
public final class Command {
  /** What an operand names, for completion. */
  public enum Operand {
    /** Nothing that can be completed. */
    NONE,
    /** Containers of any status. */
    CONTAINER,
    /** Running containers. */
    RUNNING,
    /** Containers that do not run. */
    STOPPED,
    /** Images. */
    IMAGE,
    /** Containers or images. */
    OBJECT,
    /** Files of the host. */
    FILE,
    /** One of the commands. */
    COMMAND,
    /** A shell that completion scripts exist for. */
    SHELL
  }

  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final @Nullable Verb verb;
  private final String program;
  private final String word;
  private final String synopsis;
  private final List<Option> options;
  private int minimum;
  private int maximum;
  private boolean interspersed = true;
  private Operand operand = Operand.NONE;
  private List<String> names;
  private List<String> operandReplacedBy = List.of();
  private final Map<String, Option> byName = new HashMap<>(256);

  private Command(
      @Nullable Verb verb, String program, String word, String synopsis, List<Option> options) {
    this.verb = verb;
    this.program = program;
    this.word = word;
    this.synopsis = synopsis;
    this.options = options;
    this.names = List.of(word);
    // A command asks for some fifty of its options by name; looking through the table each time
    // was a tenth of what a cold start executed.
    for (Option option : options) {
      option.putNames(byName);
    }
  }

  /** A table without operands, until {@link #operands} says otherwise. */
  static Command of(Verb verb, String synopsis, Option... options) {
    return new Command(verb, "mydocker", verb.typed(), synopsis, List.of(options));
  }

  /** A table of another program's. */
  static Command of(String program, String word, String synopsis, Option... options) {
    return new Command(null, program, word, synopsis, List.of(options));
  }

  /** Takes between {@code least} and {@code most} operands. */
  Command operands(int least, int most, Operand what) {
    minimum = least;
    maximum = most;
    operand = what;
    return this;
  }

  /** Takes {@code least} operands or more. */
  Command operandsFrom(int least, Operand what) {
    return operands(least, UNLIMITED, what);
  }

  /** Options end at the first operand, as the rest is a command of the container's. */
  Command optionsFirst() {
    interspersed = false;
    return this;
  }

  /** Other ways to call the command, all of them in the order that help shows them. */
  Command names(String... all) {
    names = List.of(all);
    return this;
  }

  /** Options that say what the first operand would have said. */
  Command operandReplacedBy(String... optionNames) {
    operandReplacedBy = List.of(optionNames);
    return this;
  }

  /** Returns which command of mydocker's this is. */
  public Verb verb() {
    if (verb == null) {
      throw new IllegalStateException(word + " is no command of mydocker");
    }
    return verb;
  }

  /** Returns the program that has this command. */
  public String program() {
    return program;
  }

  /** Returns what the command does, in one line. */
  String summary() {
    return verb == null ? OciTables.summary(word) : verb.summary();
  }

  /** Returns the command's name. */
  public String word() {
    return word;
  }

  /** Returns what follows {@code mydocker VERB} in the usage line. */
  public String synopsis() {
    return synopsis;
  }

  /** Returns the rows, sorted by name. */
  public List<Option> options() {
    return options;
  }

  /** Returns the ways to call the command. */
  public List<String> names() {
    return names;
  }

  /** Returns what an operand names. */
  public Operand operand() {
    return operand;
  }

  /** Returns whether options may follow operands. */
  public boolean interspersed() {
    return interspersed;
  }

  /** Returns the row of a long name or alias. */
  public Optional<Option> option(String name) {
    return Optional.ofNullable(find(name));
  }

  @Nullable Option find(String longName) {
    return byName.get(longName);
  }

  @Nullable Option findLetter(char letter) {
    for (Option option : options) {
      if (option.letter() == letter) {
        return option;
      }
    }
    return null;
  }

  @Nullable Option findSingleDash(String word) {
    for (Option option : options) {
      if (option.isSingleDash(word)) {
        return option;
      }
    }
    return null;
  }

  /** Refuses a wrong number of operands in Docker's words. */
  void checkOperands(Arguments arguments) {
    int count = arguments.operands().size();
    int least = minimum;
    for (String name : operandReplacedBy) {
      if (arguments.given(name)) {
        least = minimum - 1;
      }
    }
    if (count >= least && count <= maximum) {
      return;
    }
    String wants;
    if (maximum == 0) {
      wants = "accepts no arguments";
    } else if (minimum == maximum) {
      wants = "requires " + counted(minimum);
    } else if (maximum == UNLIMITED) {
      wants = "requires at least " + counted(minimum);
    } else if (minimum == 0) {
      wants = "requires at most " + counted(maximum);
    } else {
      wants = "requires at least " + minimum + " and at most " + counted(maximum);
    }
    throw UsageException.of(
        "'" + program + " " + word + "' " + wants,
        "usage: " + program + " " + word + (synopsis.isEmpty() ? "" : " " + synopsis),
        word,
        UsageException.GENERAL);
  }

  private static String counted(int count) {
    return count == 1 ? "1 argument" : count + " arguments";
  }
}
