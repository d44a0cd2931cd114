package dev.mydocker.cli.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a whole command line asks for: a command with its arguments, or help, or the version.
 *
 * <p>Words in front of the command are few: {@code --root DIR}, {@code --version} and {@code
 * --help}. Any other option without a command means {@code run}, as one tutorial types it.
 */
public final class CommandLine {
  private final @Nullable Arguments arguments;
  private final String helpTopic;
  private final @Nullable String root;

  private CommandLine(@Nullable Arguments arguments, String helpTopic, @Nullable String root) {
    this.arguments = arguments;
    this.helpTopic = helpTopic;
    this.root = root;
  }

  /**
   * Parses the words after {@code mydocker}.
   *
   * @throws UsageException if they cannot be understood
   */
  public static CommandLine parse(List<String> words) {
    int at = 0;
    String root = null;
    while (at < words.size()) {
      String word = words.get(at);
      if (word.equals("--root") && at + 1 < words.size()) {
        root = words.get(at + 1);
        at += 2;
      } else if (word.startsWith("--root=")) {
        root = word.substring("--root=".length());
        at++;
      } else {
        break;
      }
    }
    return parse(words.subList(at, words.size()), root);
  }

  private static CommandLine parse(List<String> words, @Nullable String root) {
    if (words.isEmpty()) {
      return new CommandLine(null, "", root);
    }
    String first = words.get(0);
    List<String> rest = words.subList(1, words.size());
    switch (first) {
      case "--help", "-h" -> {
        return new CommandLine(null, "", root);
      }
      case "--version" -> {
        return of(Verb.VERSION, List.of(), root);
      }
      case "-v" -> {
        if (rest.isEmpty()) {
          return of(Verb.VERSION, List.of(), root);
        }
      }
      case "--debug",
          "-D",
          "--host",
          "-H",
          "--config",
          "--context",
          "--log-level",
          "--tls",
          "--tlscacert",
          "--tlscert",
          "--tlskey",
          "--tlsverify" ->
          throw UsageException.unsupported(
              "flag " + first + " is not supported by mydocker", "", UsageException.BAD_OPTION);
      default -> {}
    }
    if (first.startsWith("-")) {
      return of(Verb.RUN, words, root);
    }
    if (Commands.isGroup(first)) {
      return group(first, rest, root);
    }
    Verb verb = Commands.verb(first);
    if (verb == null && first.equals("log")) {
      verb = rest.isEmpty() ? Verb.PS : Verb.LOGS;
    }
    if (verb == null) {
      throw Commands.unknown("", first);
    }
    return verb == Verb.HELP ? help(rest, root) : of(verb, rest, root);
  }

  private static CommandLine of(Verb verb, List<String> words, @Nullable String root) {
    return new CommandLine(Parser.parse(Commands.of(verb), words), verb.word(), root);
  }

  private static CommandLine group(String group, List<String> words, @Nullable String root) {
    if (words.isEmpty() || words.get(0).equals("--help") || words.get(0).equals("-h")) {
      return new CommandLine(null, group, root);
    }
    String word = words.get(0);
    Verb verb = Commands.inGroup(group, word);
    if (verb == null) {
      throw Commands.unknown(group, word);
    }
    List<String> rest = new ArrayList<>(words.subList(1, words.size()));
    if (verb == Verb.INSPECT) {
      rest.addAll(0, List.of("--type", group));
    }
    return of(verb, rest, root);
  }

  /** {@code help COMMAND}: the same as {@code COMMAND --help}. */
  private static CommandLine help(List<String> words, @Nullable String root) {
    Arguments asked = Parser.parse(Commands.of(Verb.HELP), words);
    Optional<String> topic = asked.operand(0);
    if (asked.help() || topic.isEmpty()) {
      return new CommandLine(null, asked.help() ? Verb.HELP.word() : "", root);
    }
    String word = topic.get();
    Optional<String> second = asked.operand(1);
    if (Commands.isGroup(word) && second.isEmpty()) {
      return new CommandLine(null, word, root);
    }
    Verb verb;
    if (second.isPresent()) {
      verb = Commands.inGroup(word, second.get());
    } else {
      verb = Commands.verb(word.equals("log") ? "logs" : word);
    }
    if (verb == null) {
      throw second.isPresent() ? Commands.unknown(word, second.get()) : Commands.unknown("", word);
    }
    return new CommandLine(null, verb.word(), root);
  }

  /** Returns the arguments of the command to run; nothing if help is to be printed instead. */
  public Optional<Arguments> arguments() {
    return arguments == null || arguments.help() ? Optional.empty() : Optional.of(arguments);
  }

  /** Returns the text to print where there are no arguments: help on all, a group or a command. */
  public String helpText() {
    if (helpTopic.isEmpty()) {
      return Help.overview();
    }
    Verb verb = Commands.topic(helpTopic);
    return verb == null ? Help.group(helpTopic) : Help.of(Commands.of(verb));
  }

  /** Returns the state directory that {@code --root} names. */
  public Optional<String> root() {
    return Optional.ofNullable(root);
  }
}
