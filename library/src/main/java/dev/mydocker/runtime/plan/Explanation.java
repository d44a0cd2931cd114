package dev.mydocker.runtime.plan;

import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.ArrayList;
import java.util.List;

/**
 * A plan as a person reads it: each step with its reason, and the system calls that it makes.
 *
 * <pre>
 * mounts: mount proc on /proc
 *     because: shows the container's own PID namespace only
 *     #4 openat2(root, "proc", O_PATH|O_DIRECTORY|O_CLOEXEC, RESOLVE_IN_ROOT), at ENOENT to #7
 * </pre>
 *
 * <p>{@code #4} is the result of instruction 4, {@code fd[1]} a descriptor that goes along with the
 * plan, {@code root} the descriptor of the container's root file system.
 */
public final class Explanation {
  private static final String INDENT = "    ";

  private final SegmentView view;
  private final Value root;

  private Explanation(Segment segment, Value root) {
    this.view = new SegmentView(segment);
    this.root = root;
  }

  /** The lines that explain a plan. */
  public static List<String> of(Plan plan) {
    Explanation explanation = new Explanation(plan.segment(), plan.root());
    List<String> lines = new ArrayList<>();
    int first = plan.steps().isEmpty() ? plan.segment().instructions() : plan.instructionsOf(0)[0];
    explanation.addInstructions(lines, 0, first);
    for (int i = 0; i < plan.steps().size(); i++) {
      Step step = plan.steps().get(i);
      lines.add(step.group().title() + ": " + step.what());
      lines.add(INDENT + "because: " + step.why());
      int[] range = plan.instructionsOf(i);
      explanation.addInstructions(lines, range[0], range[1]);
    }
    return lines;
  }

  private void addInstructions(List<String> lines, int from, int to) {
    for (int i = from; i < to; i++) {
      lines.add(INDENT + "#" + i + " " + instruction(i));
    }
  }

  /** One instruction of a segment, without its number. */
  public static String of(Segment segment, int instruction) {
    return new Explanation(segment, Value.of(-1)).instruction(instruction);
  }

  private String instruction(int i) {
    return operation(i) + policy(i);
  }

  private String operation(int i) {
    return switch (view.operation(i)) {
      case Wire.OP_SYSCALL -> call(i);
      case Wire.OP_CHECK -> "check(" + comparison(i) + ", " + errors(List.of(error(i))) + ")";
      case Wire.OP_JUMP ->
          view.argument(i, 1) == 0 && view.kind(i, 0) == Wire.KIND_IMMEDIATE
              ? "go to #" + view.jump(i)
              : "go to #" + view.jump(i) + " if " + comparison(i);
      case Wire.OP_STORE ->
          "store(" + place(i) + ", " + plain(i, 1) + ", " + bytes(view.argument(i, 2)) + ")";
      case Wire.OP_LOAD -> "load(" + place(i) + ", " + bytes(view.argument(i, 1)) + ")";
      case Wire.OP_RELOCATE -> "relocate(" + place(i) + ", " + view.argument(i, 1) + " pointers)";
      case Wire.OP_SHARE -> "share(" + plain(i, 0) + ")";
      case Wire.OP_DELETE_TREE ->
          "delete_tree("
              + shown(Argument.DESCRIPTOR, i, 0)
              + ", "
              + shown(Argument.TEXT, i, 1)
              + ")";
      case Wire.OP_REAP -> "reap(" + plain(i, 0) + ")";
      case Wire.OP_EXIT -> "exit(" + plain(i, 0) + ")";
      default -> "operation " + view.operation(i);
    };
  }

  private String call(int i) {
    Call call = Call.of(view.call(i));
    if (call == null) {
      return "syscall " + view.call(i);
    }
    List<String> shown = new ArrayList<>();
    for (int argument = 0; argument < call.arguments().size(); argument++) {
      if (call.arguments().get(argument) != Argument.SIZE) {
        shown.add(shown(call.arguments().get(argument), i, argument));
      }
    }
    return call.name() + "(" + String.join(", ", shown) + ")";
  }

  private String shown(Argument argument, int i, int index) {
    long number = view.argument(i, index);
    int kind = view.kind(i, index);
    if (kind == root.kind() && number == root.number() && kind != Wire.KIND_IMMEDIATE) {
      return "root";
    }
    return switch (kind) {
      case Wire.KIND_DATA -> argument.data(view, number);
      case Wire.KIND_RESULT -> "#" + number;
      case Wire.KIND_DESCRIPTOR -> "fd[" + number + "]";
      default -> argument.number(number);
    };
  }

  private String plain(int i, int index) {
    return view.kind(i, index) == Wire.KIND_DATA
        ? "&data+" + view.argument(i, index)
        : shown(Argument.NUMBER, i, index);
  }

  private String place(int i) {
    return "data+" + view.argument(i, 0);
  }

  private static String bytes(long count) {
    return count == 1 ? "1 byte" : count + " bytes";
  }

  private String comparison(int i) {
    long mask = view.argument(i, 1);
    String value = plain(i, 0);
    String expected =
        view.argument(i, 2) < 10 ? plain(i, 2) : "0x" + Long.toHexString(view.argument(i, 2));
    return mask == -1
        ? value + " == " + expected
        : "(" + value + " & 0x" + Long.toHexString(mask) + ") == " + expected;
  }

  private int error(int i) {
    return (int) view.argument(i, 3);
  }

  private String policy(int i) {
    List<Integer> tolerated = view.tolerated(i);
    String listed = tolerated.isEmpty() ? "any error" : errors(tolerated);
    return switch (view.policy(i)) {
      case Wire.POLICY_IGNORE -> ", errors ignored";
      case Wire.POLICY_TOLERATE -> tolerated.isEmpty() ? "" : ", or " + listed;
      case Wire.POLICY_JUMP -> ", at " + listed + " go to #" + view.jump(i);
      default -> "";
    };
  }

  private static String errors(List<Integer> errors) {
    List<String> names = new ArrayList<>();
    for (int error : errors) {
      names.add(Flags.ERRORS.name(error));
    }
    return String.join(" or ", names);
  }
}
