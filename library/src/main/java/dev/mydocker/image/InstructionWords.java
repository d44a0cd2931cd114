package dev.mydocker.image;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of a Dockerfile instruction: parted by blanks, with quotes, backslashes and variables
 * as a Dockerfile has them ({@code $name}, {@code ${name}}, {@code ${name:-word}}, {@code
 * ${name:+word}}).
 */
final class InstructionWords {
  /** The values of variables. */
  interface Variables {
    /** The value, or null if it is not set. */
    @Nullable String value(String name);
  }

  /**
   * A word without its quotes.
   *
   * @param equals where its first equals sign stands that was not quoted, or -1
   */
  record Word(String text, int equals) {}

  private final String line;
  private final Variables variables;
  private int at;

  private InstructionWords(String line, Variables variables) {
    this.line = line;
    this.variables = variables;
  }

  /** The words of a line. */
  static List<Word> split(String line, Variables variables) {
    InstructionWords reader = new InstructionWords(line, variables);
    List<Word> words = new ArrayList<>();
    while (true) {
      while (reader.at < line.length() && Character.isWhitespace(line.charAt(reader.at))) {
        reader.at++;
      }
      if (reader.at == line.length()) {
        return words;
      }
      words.add(reader.word(true));
    }
  }

  /** A line as one word, blanks and all. */
  static String expand(String line, Variables variables) {
    return new InstructionWords(line, variables).word(false).text();
  }

  private Word word(boolean endsAtBlank) {
    StringBuilder text = new StringBuilder();
    int equals = -1;
    char quote = 0;
    while (at < line.length()) {
      char c = line.charAt(at);
      if (quote == 0 && endsAtBlank && Character.isWhitespace(c)) {
        break;
      }
      at++;
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else if (c == '\\' && quote != '\'' && at < line.length()) {
        char next = line.charAt(at++);
        // Between double quotes a backslash is itself, but before these.
        if (quote == '"' && next != '"' && next != '$' && next != '\\') {
          text.append(c);
        }
        text.append(next);
      } else if (c == '$' && quote != '\'') {
        variable(text);
      } else {
        if (c == '=' && quote == 0 && equals < 0) {
          equals = text.length();
        }
        text.append(c);
      }
    }
    return new Word(text.toString(), equals);
  }

  private void variable(StringBuilder text) {
    boolean braced = at < line.length() && line.charAt(at) == '{';
    int from = braced ? at + 1 : at;
    int to = from;
    while (to < line.length() && isNameChar(line.charAt(to), to == from)) {
      to++;
    }
    int end = braced ? line.indexOf('}', to) : to;
    if (to == from || end < 0) {
      text.append('$');
      return;
    }
    String value = variables.value(line.substring(from, to));
    String modifier = line.substring(to, end);
    boolean set = value != null && !value.isEmpty();
    if (modifier.startsWith(":-")) {
      text.append(set ? value : modifier.substring(2));
    } else if (modifier.startsWith(":+")) {
      text.append(set ? modifier.substring(2) : "");
    } else if (value != null) {
      text.append(value);
    }
    at = braced ? end + 1 : to;
  }

  private static boolean isNameChar(char c, boolean first) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c == '_'
        || !first && c >= '0' && c <= '9';
  }
}
