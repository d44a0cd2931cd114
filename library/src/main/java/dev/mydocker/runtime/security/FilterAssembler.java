package dev.mydocker.runtime.security;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Assembles a classic BPF program for seccomp(2) from its end to its start.
 *
 * <p>Jumps of classic BPF go forward only and, where they depend on a condition, over 255
 * instructions at most. Backwards, everything that an instruction can jump to is there already, so
 * its distance is known when the jump is written. A label is the number of instructions from one to
 * the program's end; whatever is emitted last runs first.
 */
final class FilterAssembler {
  /** {@code A == k}. */
  static final int JEQ = 0x15;

  /** {@code A > k}, unsigned. */
  static final int JGT = 0x25;

  /** {@code A >= k}, unsigned. */
  static final int JGE = 0x35;

  /** {@code (A & k) != 0}. */
  static final int JSET = 0x45;

  /** The kernel's BPF_MAXINSNS. */
  static final int MAX_INSTRUCTIONS = 4096;

  private static final int LOAD = 0x20;
  private static final int AND = 0x54;
  private static final int RETURN = 0x06;
  private static final int JUMP = 0x05;
  private static final int FARTHEST = 255;

  private long[] backwards = new long[256];
  private int size;

  /** The one label by which each result is known, and the last copy of its instruction. */
  private final Map<Integer, Integer> returns = new HashMap<>();

  private final Map<Integer, Integer> copies = new HashMap<>();

  /** Returns how many instructions there are. */
  int size() {
    return size;
  }

  /** Returns the label of an instruction that ends the program with {@code value}. */
  int returning(int value) {
    Integer label = returns.get(value);
    if (label != null) {
      return label;
    }
    int first = append(RETURN, 0, 0, value);
    returns.put(value, first);
    copies.put(value, first);
    return first;
  }

  /** Emits {@code A = the word at offset of struct seccomp_data}, then {@code next}. */
  int load(int offset, int next) {
    return emit(LOAD, 0, 0, offset, next);
  }

  /** Emits {@code A &= mask}, then {@code next}. */
  int and(int mask, int next) {
    return emit(AND, 0, 0, mask, next);
  }

  /** Emits a conditional jump, unless both ways lead to the same place. */
  int jump(int condition, int k, int whenTrue, int whenFalse) {
    if (whenTrue == whenFalse) {
      return whenTrue;
    }
    // What brings the second one near may be one more instruction in the way of the first one.
    int no = near(whenFalse, FARTHEST - 1);
    int yes = near(whenTrue, FARTHEST);
    return append(condition, size - yes, size - no, k);
  }

  /** Returns the program: {@code struct sock_filter} after another, little-endian. */
  byte[] program(int start) {
    at(start);
    byte[] bytes = new byte[size * 8];
    for (int i = 0; i < size; i++) {
      long instruction = backwards[size - 1 - i];
      for (int j = 0; j < 8; j++) {
        bytes[i * 8 + j] = (byte) (instruction >>> (j * 8));
      }
    }
    return bytes;
  }

  private int emit(int code, int jt, int jf, int k, int next) {
    at(next);
    return append(code, jt, jf, k);
  }

  /** Makes {@code label} what comes next. */
  private void at(int label) {
    if (label != size) {
      near(label, 0);
    }
  }

  /** Returns a label with the effect of {@code label} that is at most {@code limit} away. */
  private int near(int label, int limit) {
    if (size - label <= limit) {
      return label;
    }
    long target = backwards[label - 1];
    if ((target & 0xFFFF) != RETURN) {
      return append(JUMP, 0, 0, size - label);
    }
    // A copy of a return is as long as a jump to it.
    int value = (int) (target >>> 32);
    Integer copy = copies.get(value);
    if (copy == null || size - copy > limit) {
      copy = append(RETURN, 0, 0, value);
      copies.put(value, copy);
    }
    return copy;
  }

  private int append(int code, int jt, int jf, int k) {
    if (size == backwards.length) {
      backwards = Arrays.copyOf(backwards, size * 2);
    }
    backwards[size++] = (k & 0xFFFF_FFFFL) << 32 | (long) jf << 24 | (long) jt << 16 | code;
    return size;
  }
}
