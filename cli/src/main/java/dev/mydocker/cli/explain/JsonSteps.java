package dev.mydocker.cli.explain;

import dev.mydocker.cli.call.Output;
import dev.mydocker.engine.ExplainedCall;
import dev.mydocker.engine.ExplainedStep;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonNull;
import dev.mydocker.oci.json.JsonNumber;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps as a JSON array, one step a line: {@code number}, {@code group}, {@code by}, {@code what},
 * {@code why}, {@code call}, {@code result}, {@code nanos}, {@code failed}, {@code hints} and
 * {@code calls}. What is not known is null.
 */
public final class JsonSteps implements StepPrinter {
  private final Output out;
  private boolean begun;
  private boolean ended;

  public JsonSteps(Output out) {
    this.out = out;
  }

  @Override
  public void step(ExplainedStep step) {
    if (!ended) {
      out.print(begun ? ",\n" : "[\n").print(Json.compact(object(step)));
      begun = true;
    }
  }

  @Override
  public void end() {
    if (!ended) {
      out.println(begun ? "\n]" : "[]").flush();
      ended = true;
    }
  }

  private static JsonObject object(ExplainedStep step) {
    List<JsonValue> calls = new ArrayList<>();
    for (ExplainedCall call : step.calls()) {
      calls.add(
          new ObjectWriter()
              .put("call", call.call())
              .put("result", text(call.result()))
              .put("nanos", nanos(call.nanos()))
              .finish());
    }
    return new ObjectWriter()
        .put("number", step.number())
        .put("group", step.group())
        .put("by", step.by())
        .put("what", step.what())
        .put("why", step.why())
        .put("call", step.call())
        .put("result", text(step.result()))
        .put("nanos", nanos(step.nanos()))
        .put("failed", step.failed())
        .putStrings("hints", step.hints())
        .put("calls", JsonArray.of(calls))
        .finish();
  }

  private static JsonValue text(@Nullable String text) {
    return text == null ? JsonNull.NULL : new JsonString(text);
  }

  private static JsonValue nanos(long nanos) {
    return nanos < 0 ? JsonNull.NULL : JsonNumber.of(nanos);
  }
}
