package dev.mydocker.cli.explain;

/** The colours of a terminal, or none. */
final class Style {
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String RED = "\u001b[1;31m";
  private static final String GREEN = "\u001b[32m";
  private static final String BLUE = "\u001b[34m";
  private static final String CYAN = "\u001b[1;36m";
  private static final String END = "\u001b[0m";

  private final boolean colours;

  Style(boolean colours) {
    this.colours = colours;
  }

  String bold(String text) {
    return in(BOLD, text);
  }

  String dim(String text) {
    return in(DIM, text);
  }

  String bad(String text) {
    return in(RED, text);
  }

  String heading(String text) {
    return in(CYAN, text);
  }

  private String in(String colour, String text) {
    return colours && !text.isEmpty() ? colour + text + END : text;
  }

  /**
   * Paints a call, line by line.
   *
   * @param failed whether its result is bad news
   * @param result where the result begins in the whole text, or -1
   */
  Painter painter(boolean failed, int result) {
    return new Painter(failed, result >= 0);
  }

  /** Remembers from line to line what it is in. */
  final class Painter {
    private final boolean failed;
    private final boolean hasResult;
    private boolean named;
    private boolean quoted;

    private Painter(boolean failed, boolean hasResult) {
      this.failed = failed;
      this.hasResult = hasResult;
    }

    String paint(String line) {
      if (!colours) {
        return line;
      }
      StringBuilder out = new StringBuilder();
      int at = 0;
      if (!named) {
        named = true;
        at = line.indexOf('(');
        at = at < 0 ? line.length() : at;
        out.append(BLUE).append(line, 0, at).append(END);
      }
      int equals = hasResult ? line.lastIndexOf(") = ") : -1;
      int end = equals < 0 ? line.length() : equals + 1;
      out.append(quoted ? GREEN : "");
      for (; at < end; at++) {
        char c = line.charAt(at);
        if (c == '\\' && quoted && at + 1 < end) {
          out.append(c).append(line.charAt(++at));
        } else if (c == '"') {
          out.append(quoted ? "\"" + END : GREEN + "\"");
          quoted = !quoted;
        } else {
          out.append(c);
        }
      }
      out.append(quoted ? END : "");
      if (equals >= 0) {
        out.append(failed ? RED : DIM).append(line, end, line.length()).append(END);
      }
      return out.toString();
    }
  }
}
