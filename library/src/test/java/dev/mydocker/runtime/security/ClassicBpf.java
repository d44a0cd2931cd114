package dev.mydocker.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A seccomp filter that is run after the checks that the kernel makes. */
final class ClassicBpf {
  private final int[] codes;
  private final int[] whenTrue;
  private final int[] whenFalse;
  private final int[] operands;
  private final SeccompFilter filter;

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
    filter = new SeccompFilter(program);
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
    return filter.run(architecture, number, args);
  }

  /** How many instructions the last run took. */
  int steps() {
    return filter.steps();
  }
}
