package dev.mydocker.cli.explain;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines. */
final class Wrap {
  /** Arguments of a call that goes on in the next line stand below its first one, or here. */
  private static final int DEEPEST = 8;

  private static final String RESULT = ") = ";

  private Wrap() {}

  /** Breaks at spaces. */
  static List<String> words(String text, int width) {
    return fill(parts(text), width, 0);
  }

  /** Breaks between the arguments of a call, and else at the bars between flags or at spaces. */
  static List<String> call(String text, int width) {
    int open = text.indexOf('(');
    return fill(parts(text), width, Math.min(open + 1, DEEPEST));
  }

  /**
   * A call in parts that stay together, each with the comma and the space that follow it: what
   * stands between commas outside of quotes and braces.
   */
  static List<String> parts(String call) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    boolean quoted = false;
    for (int i = 0; i < call.length(); i++) {
      char c = call.charAt(i);
      if (c == '\\' && quoted) {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (call.startsWith(RESULT, i) && !quoted) {
        break;
      } else if (c == ' ' && !quoted) {
        parts.add(call.substring(from, i + 1));
        from = i + 1;
      }
    }
    parts.add(call.substring(from));
    return parts;
  }

  private static List<String> fill(List<String> parts, int width, int indent) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String part : parts) {
      String rest = part;
      while (!rest.isEmpty()) {
        if (line.length() + rest.stripTrailing().length() <= width) {
          line.append(rest);
          break;
        }
        int cut = cut(rest, width - line.length());
        boolean fresh = line.toString().isBlank();
        if (cut > 0 || fresh) {
          int take = cut > 0 ? cut : Math.min(rest.length(), width - line.length());
          line.append(rest, 0, take);
          rest = rest.substring(take);
        }
        lines.add(line.toString().stripTrailing());
        line.setLength(0);
        line.append(" ".repeat(indent));
      }
    }
    if (!line.toString().isBlank() || lines.isEmpty()) {
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  /** How much of a part goes into what is left of a line: up to a bar between flags, or nothing. */
  private static int cut(String part, int room) {
    boolean string = part.indexOf('"') >= 0;
    return string || room <= 0 ? 0 : part.lastIndexOf('|', room - 1) + 1;
  }
}
