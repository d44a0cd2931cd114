package dev.mydocker.runtime.security;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Runs a system call filter as the kernel does, to tell beforehand, or after the process is gone,
 * what it makes of a call.
 */
public final class SeccompFilter {
  private static final int ACTION = 0xFFFF0000;
  private static final int KILL_PROCESS = 0x80000000;
  private static final int KILL_THREAD = 0;
  private static final int TRAP = 0x00030000;
  private static final int LOG = 0x7FFC0000;
  private static final int ALLOW = 0x7FFF0000;

  private final int[] codes;
  private final int[] whenTrue;
  private final int[] whenFalse;
  private final int[] operands;
  private int steps;

  /**
   * @param program {@code struct sock_filter} after another, little-endian, as {@link
   *     SeccompCompiler} makes them
   */
  public SeccompFilter(byte[] program) {
    int length = program.length / 8;
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
    }
  }

  /** Whether a call of this machine is let through, whatever its arguments. */
  public boolean allows(int number) {
    return allows(number, 0) && allows(number, -1);
  }

  private boolean allows(int number, long argument) {
    int action =
        run(number, new long[] {argument, argument, argument, argument, argument, argument});
    return action == ALLOW || action == LOG;
  }

  /** Whether whoever makes a call of this machine is killed, or gets a signal that kills. */
  public boolean kills(int number, long[] args) {
    int action = run(number, args);
    return action == KILL_PROCESS || action == KILL_THREAD || action == TRAP;
  }

  private int run(int number, long[] args) {
    SeccompArchitecture ours = SeccompArchitecture.ofMachine(System.getProperty("os.arch", ""));
    return run(ours.auditArch(), number, args) & ACTION;
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
        default -> throw new IllegalStateException("instruction " + at + ": code " + codes[at]);
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
