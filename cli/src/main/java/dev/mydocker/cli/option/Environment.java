package dev.mydocker.cli.option;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.format.Quote;
import dev.mydocker.kernel.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The variables of {@code -e} and {@code --env-file}, resolved as Docker does. */
public final class Environment {
  private Environment() {}

  static void check(String text) {
    if (text.isEmpty() || text.charAt(0) == '=') {
      throw Values.invalid("invalid environment variable: " + text, "write NAME=VALUE or NAME");
    }
  }

  /**
   * Returns all {@code NAME=VALUE} of a command line: files first, then {@code -e}, a later one of
   * a name replacing an earlier one. A bare {@code NAME} takes the host's value; one that the host
   * does not have is returned bare, and removes the image's variable.
   *
   * @param arguments of a command with the options {@code env} and {@code env-file}
   * @param host the variables of mydocker itself
   * @param read reads a host file
   */
  public static List<String> resolve(
      Arguments arguments, Map<String, String> host, Function<String, byte[]> read) {
    List<String> all = new ArrayList<>();
    for (String file : arguments.values("env-file")) {
      for (String line : file(file, read.apply(file), host)) {
        put(all, line);
      }
    }
    for (String variable : arguments.values("env")) {
      put(all, variable.indexOf('=') < 0 ? fromHost(variable, host) : variable);
    }
    return all;
  }

  private static void put(List<String> all, String variable) {
    String name = name(variable);
    for (int i = 0; i < all.size(); i++) {
      if (name(all.get(i)).equals(name)) {
        all.set(i, variable);
        return;
      }
    }
    all.add(variable);
  }

  private static String name(String variable) {
    int equals = variable.indexOf('=');
    return equals < 0 ? variable : variable.substring(0, equals);
  }

  private static String fromHost(String name, Map<String, String> host) {
    String value = host.get(name);
    return value == null ? name : name + "=" + value;
  }

  /**
   * Parses a file of variables as docker run does: a line each, blanks before it dropped, {@code #}
   * begins a comment line, quotes are kept, a bare name takes the host's value or is left out.
   */
  static List<String> file(String path, byte[] content, Map<String, String> host) {
    List<String> all = new ArrayList<>();
    int from = 0;
    int number = 0;
    if (content.length > 2
        && (content[0] & 0xFF) == 0xEF
        && (content[1] & 0xFF) == 0xBB
        && (content[2] & 0xFF) == 0xBF) {
      from = 3;
    }
    while (from < content.length) {
      int to = from;
      while (to < content.length && content[to] != '\n') {
        to++;
      }
      number++;
      int end = to > from && content[to - 1] == '\r' ? to - 1 : to;
      String line = Bytes.decode(content, from, end).stripLeading();
      from = to + 1;
      if (line.isEmpty() || line.charAt(0) == '#') {
        continue;
      }
      int equals = line.indexOf('=');
      String name = equals < 0 ? line.strip() : line.substring(0, equals);
      if (name.isEmpty()) {
        throw bad(path, number, "no variable name on line '" + line + "'");
      }
      if (name.indexOf(' ') >= 0 || name.indexOf('\t') >= 0) {
        throw bad(path, number, "variable " + Quote.go(name) + " contains whitespaces");
      }
      if (equals >= 0) {
        all.add(line);
      } else if (host.containsKey(name)) {
        all.add(fromHost(name, host));
      }
    }
    return all;
  }

  private static MydockerException bad(String path, int line, String cause) {
    return MydockerException.of(
        Category.INVALID, "read environment file", path, "line " + line + ": " + cause);
  }
}
