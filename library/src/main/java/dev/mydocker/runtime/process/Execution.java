package dev.mydocker.runtime.process;

import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a last plan does to execute a command, readable where execve came back. */
public final class Execution {
  private static final int NEVER = Integer.MIN_VALUE;

  private final List<Integer> attempts = new ArrayList<>();
  private final List<Integer> lookups = new ArrayList<>();
  private int notFound = NEVER;
  private @Nullable Value listener;

  /** Of a plan yet to be made. */
  public Execution() {}

  /** Of a plan that another process has made: which instructions execute the command. */
  public Execution(List<Integer> attempts) {
    this.attempts.addAll(attempts);
  }

  /** The instructions that execute the command, one for each place along PATH. */
  public List<Integer> attempts() {
    return List.copyOf(attempts);
  }

  /** The instructions by which the plan came to its end: those that executed, or looked for it. */
  List<Integer> decisive(Reply reply) {
    return reply.failed() == notFound ? lookups : attempts;
  }

  void attempt(Value result) {
    attempts.add((int) result.number());
  }

  void lookUp(Value result) {
    lookups.add((int) result.number());
  }

  void notFound(Value check) {
    notFound = (int) check.number();
  }

  /** Where the listener's socket is, once it is out of the way of what is passed on. */
  public @Nullable Value listener() {
    return listener;
  }

  void moveListener(Value moved) {
    listener = moved;
  }
}
