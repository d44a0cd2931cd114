package dev.mydocker.runtime.plan;

import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Wire;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the descriptors of one process are, learned from the calls that made them: {@code 7<proc>}
 * says more than 7.
 */
public final class Descriptors {
  /** Numbers that no process has: a rehearsal's. */
  public static final long MADE_UP = 1L << 24;

  /** Where struct open_how has its resolve flags. */
  private static final int RESOLVE = 16;

  private final Map<Long, String> names = new HashMap<>();
  private @Nullable Descriptors sender;
  private int[] sent = new int[0];

  /**
   * Says whose descriptors go along with the next segment.
   *
   * @param from those of the sending process
   */
  public void receive(Segment segment, Descriptors from) {
    sender = from;
    sent = segment.descriptors();
  }

  /** Gives a descriptor a name. */
  public void name(long number, String name) {
    names.put(number, name);
  }

  /** The name of a descriptor, or the empty text. */
  public String name(long number) {
    return number == Linux.AT_FDCWD ? "" : names.getOrDefault(number, "");
  }

  String shown(SegmentView view, @Nullable Reply reply, int i, int index) {
    long number = view.argument(i, index);
    String name = name(view, reply, i, index);
    String bracketed = name.isEmpty() ? "" : "<" + name + ">";
    return switch (view.kind(i, index)) {
      case Wire.KIND_RESULT ->
          reply == null || isMadeUp(reply.result((int) number))
              ? bracketed.isEmpty() ? "#" + number : bracketed
              : reply.result((int) number) + bracketed;
      case Wire.KIND_DESCRIPTOR -> bracketed.isEmpty() ? "fd[" + number + "]" : bracketed;
      case Wire.KIND_IMMEDIATE ->
          number == Linux.AT_FDCWD
              ? "AT_FDCWD"
              : isMadeUp(number) && !name.isEmpty() ? bracketed : number + bracketed;
      default -> "buffer";
    };
  }

  private static boolean isMadeUp(long number) {
    return number >= MADE_UP;
  }

  String name(SegmentView view, @Nullable Reply reply, int i, int index) {
    long number = view.argument(i, index);
    return switch (view.kind(i, index)) {
      case Wire.KIND_RESULT -> reply == null ? "" : name(reply.result((int) number));
      case Wire.KIND_DESCRIPTOR ->
          sender == null || number >= sent.length ? "" : sender.name(sent[(int) number]);
      case Wire.KIND_IMMEDIATE -> name(number);
      default -> "";
    };
  }

  /**
   * Learns from a call that was made.
   *
   * @param result its result, a new descriptor if the call makes one
   */
  public void learn(Explanation call, int i, long result) {
    if (result < 0) {
      return;
    }
    int number = call.operationOf(i) == Wire.OP_SYSCALL ? call.numberOf(i) : -1;
    if (call.operationOf(i) == Wire.OP_OPEN_OR_MAKE) {
      names.put(result, path("/", call.text(i, 1)));
    } else if (number == Wire.SYS_OPENAT) {
      names.put(result, path(call.descriptor(i, 0), call.text(i, 1)));
    } else if (number == Wire.SYS_OPENAT2) {
      // Inside the container's root, paths are the container's.
      boolean inside = (call.data(i, 2, RESOLVE, 8) & Linux.RESOLVE_IN_ROOT) != 0;
      String base = inside ? "/" : call.descriptor(i, 0);
      names.put(result, path(base, call.text(i, 1)));
    } else if (number == Wire.SYS_OPEN_TREE) {
      names.put(result, path(call.descriptor(i, 0), call.text(i, 1)));
    } else if (number == Wire.SYS_FSOPEN) {
      names.put(result, call.text(i, 0));
    } else if (number == Wire.SYS_FSMOUNT) {
      names.put(result, call.descriptor(i, 0));
    } else if (number == Wire.SYS_MEMFD_CREATE) {
      names.put(result, call.text(i, 0));
    } else if (number == Wire.SYS_SOCKET) {
      names.put(result, "socket");
    } else if (number == Wire.SYS_PIDFD_OPEN) {
      names.put(result, "pidfd of " + call.argument(i, 0));
    } else if (number == Wire.SYS_CLOSE) {
      names.remove(call.argument(i, 0));
    }
  }

  private static String path(String directory, String path) {
    if (path.isEmpty() || path.equals(".")) {
      return directory.isEmpty() ? path : directory;
    }
    String clean = path.equals("/.") ? "/" : path;
    if (clean.startsWith("/") || directory.isEmpty()) {
      return clean;
    }
    return directory.endsWith("/") ? directory + clean : directory + "/" + clean;
  }
}
