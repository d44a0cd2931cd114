package dev.mydocker.cli.format;

import dev.mydocker.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kinds of operands. */
final class TemplateOperand {
  private TemplateOperand() {}

  /** A string, number, true, false or nil. */
  record Literal(@Nullable JsonValue value) implements TemplatePipe.Operand {
    @Override
    public @Nullable JsonValue evaluate(TemplateScope scope) {
      return value;
    }
  }

  /** The dot. */
  record Dot() implements TemplatePipe.Operand {
    @Override
    public @Nullable JsonValue evaluate(TemplateScope scope) {
      return scope.dot();
    }
  }

  /** A variable. */
  record Variable(String name) implements TemplatePipe.Operand {
    @Override
    public @Nullable JsonValue evaluate(TemplateScope scope) {
      return scope.variable(name);
    }
  }

  /** A pipeline in parentheses. */
  record Group(TemplatePipe pipe) implements TemplatePipe.Operand {
    @Override
    public @Nullable JsonValue evaluate(TemplateScope scope) {
      return pipe.evaluate(scope);
    }
  }

  /** The field of something; with arguments, a method. */
  record Field(TemplatePipe.Operand of, String name, String source, int position)
      implements TemplatePipe.Callable {
    @Override
    public @Nullable JsonValue evaluate(TemplateScope scope) {
      return scope.field(of.evaluate(scope), name, source, position);
    }

    @Override
    public @Nullable JsonValue call(
        TemplateScope scope, List<@Nullable JsonValue> arguments, String command) {
      return scope.method(of.evaluate(scope), this, arguments);
    }
  }

  /** A function. */
  record Function(String name, int position) implements TemplatePipe.Callable {
    @Override
    public @Nullable JsonValue evaluate(TemplateScope scope) {
      return call(scope, List.of(), name);
    }

    @Override
    public @Nullable JsonValue call(
        TemplateScope scope, List<@Nullable JsonValue> arguments, String command) {
      return new TemplateFunctions(scope, name, command, position).call(arguments);
    }

    /** Whether arguments are evaluated only as far as they matter. */
    boolean isLazy() {
      return name.equals("and") || name.equals("or");
    }

    @Nullable JsonValue lazily(
        TemplateScope scope,
        List<TemplatePipe.Operand> operands,
        boolean piped,
        @Nullable JsonValue last) {
      List<TemplatePipe.Operand> all = new ArrayList<>(operands.subList(1, operands.size()));
      if (piped) {
        all.add(new Literal(last));
      }
      if (all.isEmpty()) {
        throw scope.error(
            position, name, "wrong number of args for " + name + ": want at least 1 got 0");
      }
      JsonValue value = null;
      for (TemplatePipe.Operand operand : all) {
        value = operand.evaluate(scope);
        if (TemplateFunctions.isTrue(value) == name.equals("or")) {
          return value;
        }
      }
      return value;
    }
  }
}
