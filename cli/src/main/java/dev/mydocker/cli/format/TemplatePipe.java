package dev.mydocker.cli.format;

import dev.mydocker.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commands, each handing its value to the next, and the variables that get the last one's.
 *
 * @param position where it begins in the template
 * @param source its text
 * @param variables the variables it sets, without dollars
 * @param declares whether they are new
 * @param commands the commands, at least one
 */
record TemplatePipe(
    int position, String source, List<String> variables, boolean declares, List<Command> commands) {
  /** Something with a value. */
  interface Operand {
    @Nullable JsonValue evaluate(TemplateScope scope);
  }

  /** Something that takes arguments: a function or a method. */
  interface Callable extends Operand {
    /** Calls it; errors show {@code command}, the call's text. */
    @Nullable JsonValue call(
        TemplateScope scope, List<@Nullable JsonValue> arguments, String command);
  }

  /** A function or value with its arguments. */
  record Command(int position, String source, List<Operand> operands) {
    @Nullable JsonValue evaluate(TemplateScope scope, boolean piped, @Nullable JsonValue last) {
      Operand first = operands.get(0);
      if (first instanceof TemplateOperand.Function function && function.isLazy()) {
        return function.lazily(scope, operands, piped, last);
      }
      if (operands.size() == 1 && !piped) {
        return first.evaluate(scope);
      }
      if (!(first instanceof Callable callable)) {
        throw scope.error(position, source, "can't give argument to non-function " + source);
      }
      List<@Nullable JsonValue> arguments = new ArrayList<>();
      for (int i = 1; i < operands.size(); i++) {
        arguments.add(operands.get(i).evaluate(scope));
      }
      if (piped) {
        arguments.add(last);
      }
      return callable.call(scope, arguments, source);
    }
  }

  /** Returns the value, having set the variables. */
  @Nullable JsonValue evaluate(TemplateScope scope) {
    JsonValue value = evaluateUnset(scope);
    for (int i = 0; i < variables.size(); i++) {
      set(scope, i, value);
    }
    return value;
  }

  /** Returns the value; {@code range} sets the variables itself. */
  @Nullable JsonValue evaluateUnset(TemplateScope scope) {
    JsonValue value = null;
    boolean piped = false;
    for (Command command : commands) {
      value = command.evaluate(scope, piped, value);
      piped = true;
    }
    return value;
  }

  void set(TemplateScope scope, int variable, @Nullable JsonValue value) {
    if (declares) {
      scope.declare(variables.get(variable), value);
    } else {
      scope.assign(variables.get(variable), value);
    }
  }
}
