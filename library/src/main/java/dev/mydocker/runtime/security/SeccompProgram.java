package dev.mydocker.runtime.security;

/** What seccomp(2) needs to install a filter. */
public final class SeccompProgram {
  /** Every result but ALLOW is logged (SECCOMP_FILTER_FLAG_LOG, kernel 4.14). */
  public static final int FLAG_LOG = 1 << 1;

  /** No mitigation of speculative store bypass (SECCOMP_FILTER_FLAG_SPEC_ALLOW, kernel 4.17). */
  public static final int FLAG_SPEC_ALLOW = 1 << 2;

  /** The call returns a notify descriptor (SECCOMP_FILTER_FLAG_NEW_LISTENER, kernel 5.0). */
  public static final int FLAG_NEW_LISTENER = 1 << 3;

  /**
   * A call that a listener has received is no longer interrupted by signals that do not kill
   * (SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, kernel 5.19).
   */
  public static final int FLAG_WAIT_KILLABLE_RECV = 1 << 5;

  private final byte[] instructions;
  private final int flags;

  SeccompProgram(byte[] instructions, int flags) {
    this.instructions = instructions;
    this.flags = flags;
  }

  /** Returns the instructions: {@code struct sock_filter} after another, little-endian. */
  public byte[] instructions() {
    return instructions.clone();
  }

  /** Returns how many instructions there are, {@code len} of {@code struct sock_fprog}. */
  public int length() {
    return instructions.length / 8;
  }

  /** Returns the flags of {@code seccomp(SECCOMP_SET_MODE_FILTER, flags, program)}. */
  public int flags() {
    return flags;
  }

  /** Returns whether installing it yields a descriptor, which has to reach the listener. */
  public boolean notifies() {
    return (flags & FLAG_NEW_LISTENER) != 0;
  }
}
