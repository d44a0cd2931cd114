package dev.mydocker.cli.explain;

import dev.mydocker.cli.call.Output;
import dev.mydocker.engine.ExplainedCall;
import dev.mydocker.engine.ExplainedStep;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps for people: grouped by purpose, each with its reason above its calls.
 *
 * <pre>
 * ── mounts ──────────────────────────────────────────────────────── init ──
 *
 *  31 mount proc on /proc                                             78 µs
 *     shows the container's own PID namespace only
 *       openat2(root, "proc", O_PATH|O_DIRECTORY|O_CLOEXEC, RESOLVE_IN_ROOT) = 5
 *       …
 * </pre>
 *
 * <p>Calls that open, close or only look are left out: descriptors carry the name of what they are.
 * Calls that differ in one argument are one, and of a step with the same reason as the last one
 * only the call that matters most is shown. The flags for close-on-exec are left out.
 */
public final class TextSteps implements StepPrinter {
  private static final int INDENT = 4;
  private static final int CALL_INDENT = 6;
  private static final int NARROWEST = 40;

  private final Output out;
  private final int width;
  private final Style style;
  private String group = "";
  private String why = "";
  private final List<ExplainedStep> failures = new ArrayList<>();
  private int steps;
  private int calls;
  private long nanos;
  private boolean ended;

  /**
   * @param width of the lines, in columns
   * @param colours whether it goes to a terminal that shows them
   */
  public TextSteps(Output out, int width, boolean colours) {
    this.out = out;
    this.width = Math.max(NARROWEST, width);
    this.style = new Style(colours);
  }

  @Override
  public void step(ExplainedStep step) {
    String heading = step.group() + "\n" + step.by();
    boolean another = !heading.equals(group);
    if (another) {
      heading(step);
      group = heading;
    }
    boolean again = !another && step.why().equals(why) && !step.failed();
    why = step.why();
    if (!another && !again) {
      out.println("");
    }
    steps++;
    calls += step.calls().size();
    nanos += Math.max(0, step.nanos());
    if (step.failed()) {
      failures.add(step);
    }
    title(step);
    for (String line : again ? List.<String>of() : Wrap.words(step.why(), width - INDENT)) {
      out.println(" ".repeat(INDENT) + style.dim(line));
    }
    calls(step, again && !step.failed());
    for (String hint : step.hints()) {
      boolean first = true;
      for (String line : Wrap.words(hint, width - CALL_INDENT)) {
        out.println(" ".repeat(INDENT) + style.bad(first ? "! " + line : "  " + line));
        first = false;
      }
    }
  }

  @Override
  public void end() {
    if (ended) {
      return;
    }
    ended = true;
    if (steps > 0) {
      out.println("");
      String sum = steps + " steps, " + calls + " calls";
      out.println(rule(sum + (nanos > 0 ? ", " + Durations.of(nanos) + " in them" : ""), ""));
    }
    for (ExplainedStep step : failures) {
      out.println(style.bad("✗ step " + step.number() + " failed: " + Shorten.ids(step.what())));
    }
    out.flush();
  }

  private void heading(ExplainedStep step) {
    if (!group.isEmpty()) {
      out.println("");
    }
    out.println(style.heading(rule(step.group(), "by " + step.by())));
    out.println("");
  }

  private String rule(String left, String right) {
    int rest = width - left.length() - 4 - (right.isEmpty() ? 0 : right.length() + 4);
    String line = "─".repeat(Math.max(2, rest));
    return "── " + left + " " + line + (right.isEmpty() ? "" : " " + right + " ──");
  }

  private void title(ExplainedStep step) {
    String number = Integer.toString(step.number());
    String time = step.nanos() < 0 ? "" : Durations.of(step.nanos());
    String margin = " ".repeat(Math.max(0, INDENT - 1 - number.length())) + number + " ";
    String mark = step.failed() ? "✗ " : "";
    List<String> lines =
        Wrap.words(mark + Shorten.ids(step.what()), width - INDENT - time.length() - 2);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      String shown = step.failed() ? style.bad(line) : style.bold(line);
      if (i > 0) {
        out.println(" ".repeat(INDENT) + shown);
        continue;
      }
      int gap = width - margin.length() - line.length() - time.length();
      out.println(
          style.dim(margin) + shown + (time.isEmpty() ? "" : " ".repeat(gap) + style.dim(time)));
    }
  }

  /**
   * @param briefly only the call that matters most: the step before had the same purpose
   */
  private void calls(ExplainedStep step, boolean briefly) {
    List<ExplainedCall> shown = new ArrayList<>();
    ExplainedCall main = step.calls().get(step.main());
    for (int i = 0; i < step.calls().size() && !briefly; i++) {
      boolean last = i == step.main() && step.failed();
      if (!step.calls().get(i).minor() && !last) {
        shown.add(step.calls().get(i));
      }
    }
    if (shown.isEmpty() && !step.failed()) {
      shown.add(main);
    }
    for (List<ExplainedCall> alike : Alike.runs(shown)) {
      show(Alike.together(alike), result(alike.get(0)), false);
    }
    if (step.failed()) {
      show(Alike.together(List.of(main)), result(main), true);
    }
  }

  private static String result(ExplainedCall call) {
    String result = call.result();
    return result == null ? "" : result;
  }

  private void show(String call, String result, boolean failed) {
    String text = call + (result.isEmpty() ? "" : " = " + result);
    List<String> lines = Wrap.call(text, width - CALL_INDENT);
    int equals = result.isEmpty() ? -1 : text.length() - result.length() - 2;
    Style.Painter painter = style.painter(failed, equals);
    for (String line : lines) {
      out.println(" ".repeat(CALL_INDENT) + painter.paint(line));
    }
  }
}
