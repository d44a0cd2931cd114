package dev.mydocker.engine;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Descriptors;
import dev.mydocker.runtime.plan.Explanation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Numbers steps and hands them on, each when it is over. Steps with the same words that follow each
 * other become one, as several files of one purpose do.
 */
final class StepWriter {
  /** Calls from the one that shows best what a step does to those that show least. */
  private static final List<String> TELLING =
      List.of(
          "execve",
          "pivot_root",
          "clone3",
          "vfork",
          "setns",
          "unshare",
          "seccomp",
          "capset",
          "setresuid",
          "monitor",
          "pidfd_send_signal",
          "move_mount",
          "fsmount",
          "mount",
          "mknodat",
          "sethostname",
          "setdomainname",
          "ioctl",
          "bpf",
          "kill_cgroup",
          "remove_cgroup",
          "delete_tree",
          "bind",
          "keyctl",
          "prlimit64",
          "prctl",
          "dup3",
          "chdir",
          "waitid",
          "mkdirat",
          "renameat2",
          "symlinkat",
          "write",
          "open_tree",
          "read",
          "open_or_make",
          "openat2",
          "openat");

  private final Consumer<ExplainedStep> sink;
  private final boolean rehearsed;
  private int number;
  private @Nullable Pending pending;

  /** A step that others may still join. */
  private static final class Pending {
    final String group;
    final String by;
    final String what;
    final String why;
    final List<ExplainedCall> calls = new ArrayList<>();
    final List<String> names = new ArrayList<>();
    final List<String> hints = new ArrayList<>();
    int failedCall = -1;

    Pending(String group, String by, String what, String why) {
      this.group = group;
      this.by = by;
      this.what = what;
      this.why = why;
    }

    boolean isLike(Pending other) {
      return group.equals(other.group)
          && by.equals(other.by)
          && what.equals(other.what)
          && why.equals(other.why);
    }
  }

  /**
   * @param rehearsed whether nothing is really done: then results and times mean nothing
   */
  StepWriter(Consumer<ExplainedStep> sink, boolean rehearsed) {
    this.sink = sink;
    this.rehearsed = rehearsed;
  }

  /** Whether nothing is really done. */
  boolean rehearsed() {
    return rehearsed;
  }

  /** Where the instructions of a segment go: its descriptors' names, and who knows of refusals. */
  record Scene(
      String by, Explanation explanation, Outcome outcome, Descriptors names, Refusal refusal) {}

  /** Adds the steps of a segment. */
  synchronized void add(Segment segment, Scene scene) {
    for (int step = 0; step < segment.steps(); step++) {
      int from = step == 0 ? 0 : segment.firstInstruction(step);
      Pending one =
          new Pending(segment.group(step), scene.by(), segment.what(step), segment.why(step));
      fill(one, scene, from, segment.firstInstruction(step + 1));
      join(one);
    }
    if (!scene.by().equals(Explainer.SELF)) {
      // A command may give way to another program once a helper has done its part.
      flush();
    }
  }

  /** Adds a segment without words of its own. */
  synchronized void add(Segment segment, Scene scene, Chores.Chore chore) {
    Pending one = new Pending(chore.group(), scene.by(), chore.what(), chore.why());
    fill(one, scene, 0, segment.instructions());
    join(one);
  }

  private void join(Pending one) {
    if (one.calls.isEmpty()) {
      return;
    }
    Pending before = pending;
    if (before != null && before.isLike(one)) {
      int shift = before.calls.size();
      before.calls.addAll(one.calls);
      before.names.addAll(one.names);
      before.failedCall = one.failedCall < 0 ? before.failedCall : shift + one.failedCall;
      before.hints.addAll(one.hints);
      return;
    }
    flush();
    pending = one;
  }

  /** Follows what a segment does to descriptors, and tells nothing. */
  synchronized void follow(Segment segment, Scene scene) {
    fill(new Pending("", "", "", ""), scene, 0, segment.instructions());
  }

  /** Hands on what is complete. */
  synchronized void flush() {
    Pending done = pending;
    pending = null;
    if (done == null) {
      return;
    }
    int main = done.failedCall >= 0 ? done.failedCall : telling(done.names);
    sink.accept(
        new ExplainedStep(
            ++number,
            done.group,
            done.by,
            done.what,
            done.why,
            done.calls,
            main,
            done.failedCall >= 0,
            total(done.calls),
            // Several calls of a step run into the same lock.
            List.copyOf(new LinkedHashSet<>(done.hints))));
  }

  private static long total(List<ExplainedCall> calls) {
    long total = 0;
    for (ExplainedCall call : calls) {
      if (call.nanos() < 0) {
        return -1;
      }
      total += call.nanos();
    }
    return total;
  }

  private static int telling(List<String> names) {
    int best = names.size() - 1;
    int rank = Integer.MAX_VALUE;
    for (int i = 0; i < names.size(); i++) {
      int at = TELLING.indexOf(names.get(i));
      if (at >= 0 && at <= rank) {
        best = i;
        rank = at;
      }
    }
    return best;
  }

  private void fill(Pending one, Scene scene, int from, int to) {
    Outcome outcome = scene.outcome();
    Explanation explanation = scene.explanation();
    for (int i = from; i < to; i++) {
      if (!outcome.isReached(i)) {
        continue;
      }
      String name = explanation.name(i);
      // What follows an execve says what is true if that came back; it did not.
      boolean untold = name.equals("check") && !outcome.isKnown(i) && !outcome.isFailure(i);
      if (!explanation.isInternal(i) && !untold) {
        if (outcome.isFailure(i) || outcome.isKnown(i) && isRefused(scene, i)) {
          // A check that fails only says what a call before it has found.
          boolean check = name.equals("check");
          one.failedCall = check ? Math.max(0, one.calls.size() - 1) : one.calls.size();
          one.hints.addAll(
              i == outcome.killed()
                  ? List.of(Refusal.killed(name))
                  : scene.refusal().hints(scene.by(), explanation, i, outcome.error(i)));
        }
        one.names.add(name);
        one.calls.add(
            new ExplainedCall(
                explanation.call(i),
                rehearsed ? null : outcome.shown(i),
                rehearsed ? -1 : outcome.nanos(i),
                isMinor(scene, i, name)));
      }
      if (outcome.isKnown(i)) {
        scene.names().learn(explanation, i, outcome.result(i));
      }
    }
  }

  /** What a reader can do without: what only looks, and descriptors that others name. */
  private static boolean isMinor(Scene scene, int i, String name) {
    int error = scene.outcome().error(i);
    if (error != 0) {
      // It was there already, or was not, and both is right.
      return error == Errno.EEXIST || error == Errno.ENOENT || name.equals("close");
    }
    return switch (name) {
      case "close",
          "check",
          "statx",
          "fstatfs",
          "read",
          "getcwd",
          "socketpair",
          "openat",
          "openat2",
          "open_or_make" ->
          true;
      case "renameat2" -> scene.explanation().text(i, 1).endsWith(".new");
      default -> false;
    };
  }

  /** Cgroups are made with all errors ignored, and looked at afterwards. */
  private static boolean isRefused(Scene scene, int i) {
    int error = scene.outcome().error(i);
    return scene.explanation().isIgnored(i)
        && (error == Errno.EPERM || error == Errno.EROFS || error == Errno.EINVAL)
        && scene.explanation().operationOf(i) == Wire.OP_SYSCALL;
  }
}
