package dev.mydocker.cli.format;

import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonNull;
import dev.mydocker.oci.json.JsonNumber;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a template that writes something; each kind knows how. */
interface TemplateNode {
  /** How a body ended. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  /** Writes what it stands for. */
  Flow write(TemplateScope scope);

  /** Writes a list of nodes, whose variables end with it. */
  static Flow writeAll(List<TemplateNode> nodes, TemplateScope scope) {
    int mark = scope.mark();
    Flow flow = Flow.NEXT;
    for (int i = 0; i < nodes.size() && flow == Flow.NEXT; i++) {
      flow = nodes.get(i).write(scope);
    }
    scope.forget(mark);
    return flow;
  }

  /** Text between actions. */
  record Text(String text) implements TemplateNode {
    @Override
    public Flow write(TemplateScope scope) {
      scope.out().append(text);
      return Flow.NEXT;
    }
  }

  /** {@code {{pipeline}}}; one that sets a variable writes nothing. */
  record Print(TemplatePipe pipe) implements TemplateNode {
    @Override
    public Flow write(TemplateScope scope) {
      JsonValue value = pipe.evaluate(scope);
      if (pipe.variables().isEmpty()) {
        scope.out().append(GoPrint.text(value));
      }
      return Flow.NEXT;
    }
  }

  /** {@code {{break}}} or {@code {{continue}}}. */
  record Jump(Flow flow) implements TemplateNode {
    @Override
    public Flow write(TemplateScope scope) {
      return flow;
    }
  }

  /** {@code {{if pipeline}} … {{else}} … {{end}}}. */
  record If(TemplatePipe pipe, List<TemplateNode> body, List<TemplateNode> otherwise)
      implements TemplateNode {
    @Override
    public Flow write(TemplateScope scope) {
      int mark = scope.mark();
      boolean holds = TemplateFunctions.isTrue(pipe.evaluate(scope));
      Flow flow = writeAll(holds ? body : otherwise, scope);
      scope.forget(mark);
      return flow;
    }
  }

  /** {@code {{with pipeline}} … {{else}} … {{end}}}. */
  record With(TemplatePipe pipe, List<TemplateNode> body, List<TemplateNode> otherwise)
      implements TemplateNode {
    @Override
    public Flow write(TemplateScope scope) {
      int mark = scope.mark();
      JsonValue before = scope.dot();
      JsonValue value = pipe.evaluate(scope);
      Flow flow;
      if (TemplateFunctions.isTrue(value)) {
        scope.dot(value);
        flow = writeAll(body, scope);
        scope.dot(before);
      } else {
        flow = writeAll(otherwise, scope);
      }
      scope.forget(mark);
      return flow;
    }
  }

  /** {@code {{range $key, $value := pipeline}} … {{else}} … {{end}}}. */
  record Range(TemplatePipe pipe, List<TemplateNode> body, List<TemplateNode> otherwise)
      implements TemplateNode {
    @Override
    public Flow write(TemplateScope scope) {
      int mark = scope.mark();
      JsonValue value = pipe.evaluateUnset(scope);
      JsonValue before = scope.dot();
      boolean any = false;
      Flow flow = Flow.NEXT;
      if (value instanceof JsonArray array) {
        List<JsonValue> elements = array.elements();
        for (int i = 0; i < elements.size() && flow != Flow.BREAK; i++) {
          any = true;
          flow = once(scope, JsonNumber.of(i), elements.get(i));
        }
      } else if (value instanceof JsonObject object) {
        // Go visits a map's keys in order.
        for (Map.Entry<String, JsonValue> member : GoPrint.sorted(object)) {
          if (flow == Flow.BREAK) {
            break;
          }
          any = true;
          flow = once(scope, new JsonString(member.getKey()), member.getValue());
        }
      } else if (value instanceof JsonNumber number && number.asLong() != null) {
        long count = number.asLong() == null ? 0 : number.asLong();
        for (long i = 0; i < count && flow != Flow.BREAK; i++) {
          any = true;
          flow = once(scope, JsonNumber.of(i), JsonNumber.of(i));
        }
      } else if (value != null && !(value instanceof JsonNull)) {
        throw scope.error(
            pipe.position(), pipe.source(), "range can't iterate over " + GoPrint.text(value));
      }
      scope.dot(before);
      Flow end = any ? Flow.NEXT : writeAll(otherwise, scope);
      scope.forget(mark);
      return end;
    }

    private Flow once(TemplateScope scope, JsonValue key, @Nullable JsonValue element) {
      int mark = scope.mark();
      List<String> variables = pipe.variables();
      if (variables.size() == 1) {
        pipe.set(scope, 0, element);
      } else if (variables.size() == 2) {
        pipe.set(scope, 0, key);
        pipe.set(scope, 1, element);
      }
      scope.dot(element);
      Flow flow = writeAll(body, scope);
      scope.forget(mark);
      return flow;
    }
  }
}
