package dev.mydocker.runtime.plan;

import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.security.SeccompFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * plan, {@code root} the descriptor of the container's root file system. Where a plan was performed
 * ({@link #performed}), descriptors have their numbers and names, as in {@code 7<proc>}.
 */
public final class Explanation {
  private static final String INDENT = "    ";

  /** More of a text that is written nobody reads. */
  private static final int LONGEST_TEXT = 64;

  private final SegmentView view;
  private final Value root;
  private final @Nullable Reply reply;
  private final @Nullable Descriptors descriptors;

  private Explanation(
      Segment segment, Value root, @Nullable Reply reply, @Nullable Descriptors descriptors) {
    this.view = new SegmentView(segment);
    this.root = root;
    this.reply = reply;
    this.descriptors = descriptors;
  }

  /** The lines that explain a plan. */
  public static List<String> of(Plan plan) {
    Explanation explanation = new Explanation(plan.segment(), plan.root(), null, null);
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
      lines.add(INDENT + "#" + i + " " + operation(i) + policy(i));
    }
  }

  /** One instruction of a segment, without its number. */
  public static String of(Segment segment, int instruction) {
    Explanation explanation = new Explanation(segment, Value.of(-1), null, null);
    return explanation.operation(instruction) + explanation.policy(instruction);
  }

  /**
   * Decodes what a segment did.
   *
   * @param reply what came of it; null if it is not known, or was not performed
   * @param descriptors the names of the performing process's descriptors: looked up, and added to
   */
  public static Explanation performed(
      Segment segment, @Nullable Reply reply, Descriptors descriptors) {
    return new Explanation(segment, Value.of(-1), reply, descriptors);
  }

  /** An instruction as C would write it, with the results of earlier ones put in. */
  public String call(int instruction) {
    return operation(instruction);
  }

  /** The name of an instruction's system call or operation. */
  public String name(int instruction) {
    String shown = operation(instruction);
    int end = shown.indexOf('(');
    return end < 0 ? shown : shown.substring(0, end);
  }

  /** Whether an instruction only moves numbers about inside the segment. */
  public boolean isInternal(int instruction) {
    return switch (view.operation(instruction)) {
      case Wire.OP_JUMP, Wire.OP_STORE, Wire.OP_LOAD, Wire.OP_RELOCATE, Wire.OP_SHARE -> true;
      default -> false;
    };
  }

  /** Whether errors of an instruction are looked at later, or never. */
  public boolean isIgnored(int instruction) {
    return view.policy(instruction) == Wire.POLICY_IGNORE;
  }

  /** The operation of an instruction, of {@code Wire.OP_*}. */
  public int operationOf(int instruction) {
    return view.operation(instruction);
  }

  /** The system call's number. */
  public int numberOf(int instruction) {
    return view.call(instruction);
  }

  /** An argument: its number, or the result that it stands for. */
  public long argument(int instruction, int index) {
    long number = view.argument(instruction, index);
    return view.kind(instruction, index) == Wire.KIND_RESULT && reply != null
        ? reply.result((int) number)
        : number;
  }

  /** An argument that is text in the segment's data; empty if it is not. */
  public String text(int instruction, int index) {
    return view.kind(instruction, index) == Wire.KIND_DATA
        ? view.text(view.argument(instruction, index))
        : "";
  }

  /** A number in the data that an argument points to. */
  public long data(int instruction, int index, int offset, int width) {
    return view.data(view.argument(instruction, index) + offset, width);
  }

  /** The name that a descriptor among the arguments has. */
  public String descriptor(int instruction, int index) {
    return descriptors == null ? "" : descriptors.name(view, reply, instruction, index);
  }

  /** An error number by its name: {@code ENOENT}. */
  public static String error(int number) {
    return Flags.ERRORS.name(number);
  }

  /**
   * Returns the call for which a filter that the segment itself loads kills the process, or -1. An
   * argument that is not known does not count: the filter must kill whatever it is.
   */
  public int killedAt() {
    SeccompFilter filter = null;
    for (int i = 0; i < view.instructions(); i++) {
      if (view.operation(i) != Wire.OP_SYSCALL) {
        continue;
      }
      if (filter != null
          && filter.kills(view.call(i), arguments(i, 0))
          && filter.kills(view.call(i), arguments(i, -1))) {
        return i;
      }
      if (view.call(i) == Wire.SYS_SECCOMP) {
        filter = new SeccompFilter(filter(view.argument(i, 2)));
      }
    }
    return -1;
  }

  private long[] arguments(int i, long unknown) {
    long[] arguments = new long[6];
    for (int k = 0; k < arguments.length; k++) {
      boolean known = view.kind(i, k) == Wire.KIND_IMMEDIATE;
      arguments[k] = known ? view.argument(i, k) : unknown;
    }
    return arguments;
  }

  /** What a struct sock_fprog points to: an earlier instruction puts the address there. */
  private byte[] filter(long fprog) {
    for (int i = 0; i < view.instructions(); i++) {
      if (view.operation(i) == Wire.OP_STORE && view.argument(i, 0) == fprog + 8) {
        return view.bytes(view.argument(i, 1), 8 * (int) view.data(fprog, 2));
      }
    }
    throw new IllegalStateException("no program for a filter");
  }

  private String operation(int i) {
    return switch (view.operation(i)) {
      case Wire.OP_SYSCALL -> systemCall(i);
      case Wire.OP_CHECK -> "check(" + comparison(i) + ", " + errors(List.of(error(i, 3))) + ")";
      case Wire.OP_JUMP ->
          view.argument(i, 1) == 0 && view.kind(i, 0) == Wire.KIND_IMMEDIATE
              ? "go to #" + view.jump(i)
              : "go to #" + view.jump(i) + " if " + comparison(i);
      case Wire.OP_STORE ->
          "store(" + place(i) + ", " + plain(i, 1) + ", " + bytes(view.argument(i, 2)) + ")";
      case Wire.OP_LOAD -> "load(" + place(i) + ", " + bytes(view.argument(i, 1)) + ")";
      case Wire.OP_RELOCATE -> "relocate(" + place(i) + ", " + view.argument(i, 1) + " pointers)";
      case Wire.OP_SHARE -> "share(" + plain(i, 0) + ")";
      case Wire.OP_SPAWN -> "clone3(" + shown(Argument.CLONE_ARGS, i, 0) + ")";
      case Wire.OP_EXECUTE ->
          "vfork(), execveat("
              + shown(Argument.DESCRIPTOR, i, 0)
              + ", \"\", "
              + shown(Argument.TEXTS, i, 1)
              + ", "
              + shown(Argument.TEXTS, i, 2)
              + ", AT_EMPTY_PATH)";
      case Wire.OP_WAIT -> "waitid(P_PIDFD, " + shown(Argument.DESCRIPTOR, i, 0) + ", WEXITED)";
      case Wire.OP_MONITOR -> "monitor()";
      case Wire.OP_KILL_CGROUP -> "kill_cgroup(" + shown(Argument.DESCRIPTOR, i, 0) + ")";
      case Wire.OP_REMOVE_CGROUP -> "remove_cgroup(" + in(i) + ")";
      case Wire.OP_DELETE_TREE -> "delete_tree(" + in(i) + ")";
      case Wire.OP_OPEN_OR_MAKE ->
          "open_or_make(" + in(i) + (view.argument(i, 2) == 0 ? ", file)" : ", directory)");
      case Wire.OP_GUARD -> "guard(" + shown(Argument.DESCRIPTOR, i, 0) + ")";
      case Wire.OP_REPORT -> "report()";
      case Wire.OP_SERVE -> "serve(" + descriptor(i, 0) + ")";
      case Wire.OP_REAP -> "reap(" + plain(i, 0) + ")";
      case Wire.OP_EXIT -> "exit(" + plain(i, 0) + ")";
      default -> "operation " + view.operation(i);
    };
  }

  private String in(int i) {
    return shown(Argument.DESCRIPTOR, i, 0) + ", " + shown(Argument.TEXT, i, 1);
  }

  private String systemCall(int i) {
    Call call = Call.of(view.call(i));
    if (call == null) {
      return "syscall " + view.call(i);
    }
    List<String> shown = new ArrayList<>();
    for (int argument = 0; argument < call.arguments().size(); argument++) {
      if (call.arguments().get(argument) != Argument.SIZE) {
        shown.add(special(i, argument, call.arguments().get(argument)));
      }
    }
    return call.name() + "(" + String.join(", ", shown) + ")";
  }

  /** Arguments whose meaning hangs on another one. */
  private String special(int i, int index, Argument argument) {
    if (view.call(i) == Wire.SYS_PRCTL && index == 1) {
      long option = view.argument(i, 0);
      if (option == Linux.PR_CAPBSET_DROP) {
        return shown(Argument.CAPABILITY, i, 1);
      }
      if (option == Linux.PR_CAP_AMBIENT) {
        return Flags.AMBIENT.name(view.argument(i, 1));
      }
    }
    if (view.call(i) == Wire.SYS_WRITE && index == 1 && view.kind(i, 1) == Wire.KIND_DATA) {
      if (view.kind(i, 2) != Wire.KIND_IMMEDIATE) {
        return "buffer";
      }
      int length = (int) view.argument(i, 2);
      String text = view.text(view.argument(i, 1), Math.min(length, LONGEST_TEXT));
      return Argument.quote(text) + (length > LONGEST_TEXT ? "..." : "");
    }
    return shown(argument, i, index);
  }

  private String shown(Argument argument, int i, int index) {
    long number = view.argument(i, index);
    int kind = view.kind(i, index);
    if (kind == root.kind() && number == root.number() && kind != Wire.KIND_IMMEDIATE) {
      return "root";
    }
    if (descriptors != null && argument == Argument.DESCRIPTOR) {
      return descriptors.shown(view, reply, i, index);
    }
    return switch (kind) {
      case Wire.KIND_DATA -> argument.data(view, number);
      case Wire.KIND_RESULT ->
          reply == null ? "#" + number : argument.number(reply.result((int) number));
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

  private int error(int i, int index) {
    return (int) view.argument(i, index);
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
