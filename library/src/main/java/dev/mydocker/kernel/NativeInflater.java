package dev.mydocker.kernel;

import java.util.Optional;

/**
 * Unpacks gzip by a library of the machine that is quicker than the JDK's, ISA-L, if it is there
 * and this process has the bridge ({@link InProcess}). Not thread-safe.
 */
public final class NativeInflater implements AutoCloseable {
  private static final long FINISHED = 1L << 62;

  private long address;
  private int used;
  private boolean finished;

  private NativeInflater(long address) {
    this.address = address;
  }

  /** Returns one, or nothing where the JDK has to do. */
  public static Optional<NativeInflater> open() {
    if (!InProcess.isLoaded()) {
      return Optional.empty();
    }
    long address = create();
    return address == 0 ? Optional.empty() : Optional.of(new NativeInflater(address));
  }

  /**
   * Unpacks some of an archive's member: {@link #used} tells how much of {@code in} that took.
   *
   * @return how many bytes of {@code out} were made, or a negative number if the archive is damaged
   */
  public int inflate(byte[] in, int from, int length, byte[] out, int to, int room) {
    if (address == 0) {
      throw new IllegalStateException("closed");
    }
    if ((from | length | to | room) < 0 || in.length - from < length || out.length - to < room) {
      throw new IndexOutOfBoundsException();
    }
    long done = inflate(address, in, from, length, out, to, room);
    if (done < 0) {
      return (int) done;
    }
    finished = (done & FINISHED) != 0;
    used = (int) (done >> 32 & 0x3FFF_FFFF);
    return (int) done;
  }

  /** How many bytes the last call has read. */
  public int used() {
    return used;
  }

  /** Whether the member has ended, and its checksum was right. */
  public boolean isFinished() {
    return finished;
  }

  /** Begins with the next member. */
  public void reset() {
    finished = false;
    reset(address);
  }

  @Override
  public void close() {
    if (address != 0) {
      free(address);
      address = 0;
    }
  }

  private static native long create();

  private static native long inflate(
      long address, byte[] in, int from, int length, byte[] out, int to, int room);

  private static native void reset(long address);

  private static native void free(long address);
}
