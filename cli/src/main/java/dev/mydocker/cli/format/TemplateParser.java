package dev.mydocker.cli.format;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.format.TemplateToken.Kind;
import dev.mydocker.oci.json.JsonBoolean;
import dev.mydocker.oci.json.JsonNumber;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** Makes nodes of a template's tokens, by recursive descent. */
final class TemplateParser {
  private final String text;
  private final List<TemplateToken> tokens;
  private final List<String> variables = new ArrayList<>(List.of(""));
  private int at;
  private int ranges;

  TemplateParser(String text) {
    this.text = text;
    this.tokens = TemplateLexer.tokens(text);
  }

  /** What ended a list of nodes. */
  private enum Ended {
    TEMPLATE,
    END,
    ELSE
  }

  List<TemplateNode> parse() {
    List<TemplateNode> nodes = new ArrayList<>();
    Ended ended = list(nodes);
    if (ended != Ended.TEMPLATE) {
      throw error(
          tokens.get(at - 1), "unexpected {{" + (ended == Ended.END ? "end" : "else") + "}}");
    }
    return nodes;
  }

  private Ended list(List<TemplateNode> nodes) {
    while (true) {
      TemplateToken token = next();
      if (token.kind() == Kind.END) {
        return Ended.TEMPLATE;
      }
      if (token.kind() == Kind.TEXT) {
        nodes.add(new TemplateNode.Text(token.text()));
        continue;
      }
      TemplateToken first = peek();
      if (first.is(Kind.WORD, "end")) {
        at++;
        close("end");
        return Ended.END;
      }
      if (first.is(Kind.WORD, "else")) {
        at++;
        return Ended.ELSE;
      }
      nodes.add(action(first));
    }
  }

  private TemplateNode action(TemplateToken first) {
    if (first.kind() == Kind.WORD) {
      switch (first.text()) {
        case "if", "with", "range" -> {
          at++;
          return control(first);
        }
        case "break", "continue" -> {
          at++;
          if (ranges == 0) {
            throw error(first, "{{" + first.text() + "}} outside {{range}}");
          }
          close(first.text());
          return new TemplateNode.Jump(
              first.text().equals("break") ? TemplateNode.Flow.BREAK : TemplateNode.Flow.CONTINUE);
        }
        case "define", "block", "template" ->
            throw error(first, "{{" + first.text() + "}} is not supported by mydocker");
        default -> {}
      }
    }
    TemplatePipe pipe = pipeline("command", Kind.CLOSE);
    return new TemplateNode.Print(pipe);
  }

  /** {@code if}, {@code with} or {@code range}, whose word has been read. */
  private TemplateNode control(TemplateToken word) {
    int mark = variables.size();
    TemplatePipe pipe = pipeline(word.text(), Kind.CLOSE);
    boolean range = word.text().equals("range");
    ranges += range ? 1 : 0;
    List<TemplateNode> body = new ArrayList<>();
    int bodyMark = variables.size();
    Ended ended = list(body);
    forget(bodyMark);
    ranges -= range ? 1 : 0;
    List<TemplateNode> otherwise = new ArrayList<>();
    if (ended == Ended.ELSE) {
      TemplateToken chained = peek();
      if (chained.kind() == Kind.WORD && chained.text().equals(word.text()) && !range) {
        // {{else if x}} is {{else}}{{if x}} whose end ends both.
        at++;
        otherwise.add(control(chained));
        ended = Ended.END;
      } else {
        close("else");
        ended = list(otherwise);
      }
    }
    if (ended != Ended.END) {
      throw error(peek(), ended == Ended.ELSE ? "unexpected {{else}}" : "unexpected EOF");
    }
    forget(mark);
    return switch (word.text()) {
      case "if" -> new TemplateNode.If(pipe, body, otherwise);
      case "with" -> new TemplateNode.With(pipe, body, otherwise);
      default -> new TemplateNode.Range(pipe, body, otherwise);
    };
  }

  private void forget(int mark) {
    while (variables.size() > mark) {
      variables.removeLast();
    }
  }

  private void close(String word) {
    TemplateToken token = next();
    if (token.kind() != Kind.CLOSE) {
      throw error(token, "unexpected " + shown(token) + " in " + word);
    }
  }

  /** A pipeline and the sign that ends it. */
  private TemplatePipe pipeline(String context, Kind end) {
    int start = peek().position();
    List<String> set = new ArrayList<>();
    boolean declares = declarations(context, set);
    List<TemplatePipe.Command> commands = new ArrayList<>();
    while (true) {
      commands.add(command(context, end));
      TemplateToken token = next();
      if (token.is(Kind.SIGN, "|")) {
        continue;
      }
      if (declares) {
        variables.addAll(set);
      }
      return new TemplatePipe(
          start, text.substring(start, token.position()).strip(), set, declares, commands);
    }
  }

  /** {@code $x :=}, {@code $x =} or {@code $k, $v :=}; returns whether they are new. */
  private boolean declarations(String context, List<String> set) {
    int begin = at;
    while (peek().kind() == Kind.VARIABLE) {
      TemplateToken variable = next();
      TemplateToken sign = next();
      set.add(variable.text());
      if (sign.is(Kind.SIGN, ":=") || sign.is(Kind.SIGN, "=")) {
        if (set.size() > (context.equals("range") ? 2 : 1)) {
          throw error(sign, "too many declarations in " + context);
        }
        boolean declares = sign.text().equals(":=");
        for (String name : set) {
          if (!declares && !variables.contains(name)) {
            throw error(variable, "undefined variable \"$" + name + "\"");
          }
        }
        return declares;
      }
      if (!sign.is(Kind.SIGN, ",") || !context.equals("range")) {
        break;
      }
    }
    at = begin;
    set.clear();
    return false;
  }

  private TemplatePipe.Command command(String context, Kind end) {
    TemplateToken first = peek();
    List<TemplatePipe.Operand> operands = new ArrayList<>();
    while (true) {
      TemplateToken token = peek();
      boolean ends = token.kind() == end && (end != Kind.SIGN || token.text().equals(")"));
      if (ends || token.is(Kind.SIGN, "|")) {
        break;
      }
      operands.add(operand(context));
    }
    if (operands.isEmpty()) {
      throw error(first, "missing value for " + context);
    }
    if (operands.size() == 1 && first.is(Kind.WORD, "nil")) {
      throw error(first, "nil is not a command");
    }
    String source = text.substring(first.position(), peek().position()).strip();
    return new TemplatePipe.Command(first.position(), source, operands);
  }

  /** A term and the fields behind it. */
  private TemplatePipe.Operand operand(String context) {
    TemplateToken token = next();
    TemplatePipe.Operand operand = term(token, context);
    List<TemplateToken> fields = new ArrayList<>();
    if (token.kind() == Kind.FIELD) {
      fields.add(token);
    }
    while (peek().kind() == Kind.FIELD && !peek().apart()) {
      TemplateToken field = next();
      if (operand instanceof TemplateOperand.Literal
          || token.kind() == Kind.DOT
          || token.kind() == Kind.WORD) {
        throw error(field, "unexpected . after term " + Quote.go(token.text()));
      }
      fields.add(field);
    }
    if (fields.isEmpty()) {
      return operand;
    }
    // Errors show the whole chain, and begin counting at the second field, as Go's do.
    TemplateToken last = fields.getLast();
    String source = text.substring(token.position(), last.position() + 1 + last.text().length());
    boolean first = token.kind() == Kind.FIELD && fields.size() > 1;
    int position = fields.get(first ? 1 : 0).position();
    for (TemplateToken field : fields) {
      operand = new TemplateOperand.Field(operand, field.text(), source, position);
    }
    return operand;
  }

  private TemplatePipe.Operand term(TemplateToken token, String context) {
    return switch (token.kind()) {
      case WORD -> word(token);
      case STRING -> new TemplateOperand.Literal(new JsonString(token.text()));
      case NUMBER -> new TemplateOperand.Literal(number(token));
      case DOT, FIELD -> new TemplateOperand.Dot();
      case VARIABLE -> {
        if (!variables.contains(token.text())) {
          throw error(token, "undefined variable \"$" + token.text() + "\"");
        }
        yield new TemplateOperand.Variable(token.text());
      }
      case SIGN -> {
        if (!token.text().equals("(")) {
          throw error(token, "unexpected " + shown(token) + " in " + context);
        }
        yield new TemplateOperand.Group(pipeline("parenthesized pipeline", Kind.SIGN));
      }
      case TEXT, OPEN, CLOSE, END ->
          throw error(token, "unexpected " + shown(token) + " in " + context);
    };
  }

  private TemplatePipe.Operand word(TemplateToken token) {
    return switch (token.text()) {
      case "true" -> new TemplateOperand.Literal(JsonBoolean.of(true));
      case "false" -> new TemplateOperand.Literal(JsonBoolean.of(false));
      case "nil" -> new TemplateOperand.Literal(null);
      default -> {
        if (!TemplateFunctions.NAMES.contains(token.text())) {
          throw error(token, "function " + Quote.go(token.text()) + " not defined");
        }
        yield new TemplateOperand.Function(token.text(), token.position());
      }
    };
  }

  private JsonValue number(TemplateToken token) {
    String digits = token.text().replace("_", "");
    try {
      return JsonNumber.of(Long.decode(digits));
    } catch (NumberFormatException noInteger) {
      try {
        return JsonNumber.of(Double.parseDouble(digits));
      } catch (IllegalArgumentException noNumber) {
        throw error(token, "bad number syntax: " + Quote.go(token.text()));
      }
    }
  }

  private TemplateToken peek() {
    return tokens.get(at);
  }

  private TemplateToken next() {
    TemplateToken token = tokens.get(at);
    if (token.kind() != Kind.END) {
      at++;
    }
    return token;
  }

  private static String shown(TemplateToken token) {
    return token.kind() == Kind.END ? "EOF" : Quote.go(token.text());
  }

  private MydockerException error(TemplateToken token, String cause) {
    return GoTemplate.error(text, token.position(), cause);
  }
}
