package dev.mydocker.cli.format;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.format.TemplateToken.Kind;
import java.util.ArrayList;
import java.util.List;

/** Cuts a template into tokens, as Go's text/template does. */
final class TemplateLexer {
  private static final String BLANKS = " \t\r\n";

  private final String in;
  private final List<TemplateToken> out = new ArrayList<>();
  private int at;

  private TemplateLexer(String in) {
    this.in = in;
  }

  static List<TemplateToken> tokens(String template) {
    TemplateLexer lexer = new TemplateLexer(template);
    lexer.template();
    return lexer.out;
  }

  private void template() {
    boolean trimBefore = false;
    while (true) {
      int open = in.indexOf("{{", at);
      int end = open < 0 ? in.length() : open;
      int from = at;
      if (trimBefore) {
        while (from < end && isBlank(in.charAt(from))) {
          from++;
        }
      }
      boolean trimAfter =
          open >= 0
              && in.startsWith("-", open + 2)
              && open + 3 < in.length()
              && isBlank(in.charAt(open + 3));
      int to = end;
      if (trimAfter) {
        while (to > from && isBlank(in.charAt(to - 1))) {
          to--;
        }
      }
      if (to > from) {
        add(Kind.TEXT, in.substring(from, to), from, false);
      }
      at = end;
      if (open < 0) {
        add(Kind.END, "EOF", at, false);
        return;
      }
      at += trimAfter ? 3 : 2;
      trimBefore = action(open);
    }
  }

  /** Reads up to the end of an action; returns whether blanks after it are dropped. */
  private boolean action(int open) {
    int start = at;
    while (start < in.length() && isBlank(in.charAt(start))) {
      start++;
    }
    if (in.startsWith("/*", start)) {
      int end = in.indexOf("*/", start);
      if (end < 0) {
        throw error(open, "unclosed comment");
      }
      at = end + 2;
      boolean trim = atTrimmedEnd();
      if (!trim && !in.startsWith("}}", at)) {
        throw error(open, "comment ends before closing delimiter");
      }
      at = in.indexOf("}}", at) + 2;
      return trim;
    }
    add(Kind.OPEN, "{{", open, false);
    while (true) {
      boolean trim = atTrimmedEnd();
      if (trim || in.startsWith("}}", at)) {
        add(Kind.CLOSE, "}}", at, false);
        at = in.indexOf("}}", at) + 2;
        return trim;
      }
      if (at >= in.length()) {
        throw error(open, "unclosed action");
      }
      token();
    }
  }

  private boolean atTrimmedEnd() {
    int i = at;
    while (i < in.length() && isBlank(in.charAt(i))) {
      i++;
    }
    return i > at && in.startsWith("-}}", i);
  }

  private void token() {
    int from = at;
    char c = in.charAt(at);
    boolean apart = at > 0 && isBlank(in.charAt(at - 1));
    if (isBlank(c)) {
      at++;
    } else if (c == '"') {
      add(Kind.STRING, quoted('"'), from, apart);
    } else if (c == '\'') {
      String text = quoted('\'');
      if (text.codePointCount(0, text.length()) != 1) {
        throw error(from, "malformed character constant: " + in.substring(from, at));
      }
      add(Kind.NUMBER, Integer.toString(text.codePointAt(0)), from, apart);
    } else if (c == '`') {
      int end = in.indexOf('`', at + 1);
      if (end < 0) {
        throw error(from, "unterminated raw quoted string");
      }
      at = end + 1;
      add(Kind.STRING, in.substring(from + 1, end), from, apart);
    } else if (c == '$') {
      at++;
      add(Kind.VARIABLE, word(), from, apart);
    } else if (c == '.' && !(at + 1 < in.length() && isDigit(in.charAt(at + 1)))) {
      at++;
      String name = word();
      add(name.isEmpty() ? Kind.DOT : Kind.FIELD, name, from, apart);
    } else if (isDigit(c) || c == '.' || (c == '-' || c == '+') && digitFollows()) {
      at++;
      while (at < in.length()
          && (isWord(in.charAt(at)) || in.charAt(at) == '.' || isExponentSign())) {
        at++;
      }
      add(Kind.NUMBER, in.substring(from, at), from, apart);
    } else if (isWord(c)) {
      add(Kind.WORD, word(), from, apart);
    } else if (in.startsWith(":=", at)) {
      at += 2;
      add(Kind.SIGN, ":=", from, apart);
    } else if ("|(),=".indexOf(c) >= 0) {
      at++;
      add(Kind.SIGN, String.valueOf(c), from, apart);
    } else {
      throw error(from, "unexpected " + Quote.go(String.valueOf(c)) + " in command");
    }
  }

  private boolean digitFollows() {
    return at + 1 < in.length() && (isDigit(in.charAt(at + 1)) || in.charAt(at + 1) == '.');
  }

  private boolean isExponentSign() {
    char c = in.charAt(at);
    char before = in.charAt(at - 1);
    return (c == '-' || c == '+') && (before == 'e' || before == 'E');
  }

  private String word() {
    int from = at;
    while (at < in.length() && isWord(in.charAt(at))) {
      at++;
    }
    return in.substring(from, at);
  }

  /** Reads a literal with Go's escapes up to its closing quote. */
  private String quoted(char quote) {
    int from = at++;
    StringBuilder text = new StringBuilder();
    while (at < in.length() && in.charAt(at) != '\n') {
      char c = in.charAt(at++);
      if (c == quote) {
        return text.toString();
      }
      if (c == '\\' && at < in.length()) {
        escape(text, from);
      } else {
        text.append(c);
      }
    }
    throw error(
        from, quote == '"' ? "unterminated quoted string" : "unterminated character constant");
  }

  private void escape(StringBuilder text, int from) {
    char c = in.charAt(at++);
    switch (c) {
      case 'n' -> text.append('\n');
      case 't' -> text.append('\t');
      case 'r' -> text.append('\r');
      case 'a' -> text.append('\u0007');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'v' -> text.append('\u000B');
      case '\\', '"', '\'' -> text.append(c);
      case 'x' -> text.appendCodePoint(hex(2, from));
      case 'u' -> text.appendCodePoint(hex(4, from));
      case 'U' -> text.appendCodePoint(hex(8, from));
      default -> throw error(from, "invalid syntax in string");
    }
  }

  private int hex(int digits, int from) {
    if (at + digits > in.length()) {
      throw error(from, "invalid syntax in string");
    }
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(in.charAt(at++), 16);
      if (digit < 0) {
        throw error(from, "invalid syntax in string");
      }
      value = value << 4 | digit;
    }
    if (value > Character.MAX_CODE_POINT) {
      throw error(from, "invalid syntax in string");
    }
    return (int) value;
  }

  private void add(Kind kind, String text, int position, boolean apart) {
    out.add(new TemplateToken(kind, text, position, apart));
  }

  private MydockerException error(int position, String cause) {
    return GoTemplate.error(in, position, cause);
  }

  private static boolean isBlank(char c) {
    return BLANKS.indexOf(c) >= 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }
}
