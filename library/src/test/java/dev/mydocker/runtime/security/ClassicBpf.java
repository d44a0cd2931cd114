package dev.mydocker.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a seccomp filter as the kernel does, after the checks that the kernel makes. */
final class ClassicBpf {
  private final int[] codes;
  private final int[] whenTrue;
  private final int[] whenFalse;
  private final int[] operands;
  private int steps;

  ClassicBpf(byte[] program) {
    assertThat(program.length % 8).isZero();
    int length = program.length / 8;
    assertThat(length).isBetween(1, 4096);
    codes = new int[length];
    whenTrue = new int[length];
    whenFalse = new int[length];
    operands = new int[length];
    ByteBuffer instructions = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < length; i++) {
      codes[i] = instructions.getShort();
      whenTrue[i] = instructions.get() & 0xFF;
      whenFalse[i] = instructions.get() & 0xFF;
      operands[i] = instructions.getInt();
      verify(i);
    }
    assertThat(codes[length - 1]).isEqualTo(0x06);
  }

  /** See bpf_check_classic and seccomp_check_filter of the kernel. */
  private void verify(int i) {
    int k = operands[i];
    int last = codes.length - 1;
    switch (codes[i]) {
      case 0x20 -> assertThat(k).isBetween(0, 60).matches(offset -> offset % 4 == 0);
      case 0x54, 0x06 -> {}
      case 0x05 -> assertThat(i + 1 + k).isBetween(i + 1, last);
      case 0x15, 0x25, 0x35, 0x45 ->
          assertThat(i + 1 + Math.max(whenTrue[i], whenFalse[i])).isLessThanOrEqualTo(last);
      default -> throw new AssertionError("instruction " + i + ": code " + codes[i]);
    }
  }

  /** Returns the filter's result for one system call. */
  int run(int architecture, int number, long[] args) {
    int a = 0;
    int at = 0;
    steps = 0;
    while (true) {
      steps++;
      int k = operands[at];
      switch (codes[at]) {
        case 0x20 -> a = word(k / 4, architecture, number, args);
        case 0x54 -> a &= k;
        case 0x05 -> at += k;
        case 0x15 -> at += a == k ? whenTrue[at] : whenFalse[at];
        case 0x25 -> at += Integer.compareUnsigned(a, k) > 0 ? whenTrue[at] : whenFalse[at];
        case 0x35 -> at += Integer.compareUnsigned(a, k) >= 0 ? whenTrue[at] : whenFalse[at];
        case 0x45 -> at += (a & k) != 0 ? whenTrue[at] : whenFalse[at];
        case 0x06 -> {
          return k;
        }
        default -> throw new AssertionError("not reached");
      }
      at++;
    }
  }

  /** One 32-bit word of struct seccomp_data on a little-endian machine. */
  private static int word(int index, int architecture, int number, long[] args) {
    return switch (index) {
      case 0 -> number;
      case 1 -> architecture;
      case 2 -> 0x12345678;
      case 3 -> 0x7FFF;
      default -> (int) (args[(index - 4) / 2] >>> (index % 2 * 32));
    };
  }

  /** How many instructions the last run took. */
  int steps() {
    return steps;
  }
}
