package dev.mydocker.kernel;

/**
 * A list of instructions with their data, ready to be performed: in this process, by a co-process
 * or by a helper. The format is native/wire.table's.
 */
public final class Segment {
  private final byte[] message;
  private final int instructions;
  private final int returnLength;
  private final boolean traced;
  private final int[] descriptors;

  Segment(byte[] message, int instructions, int returnLength, boolean traced, int[] descriptors) {
    this.message = message;
    this.instructions = instructions;
    this.returnLength = returnLength;
    this.traced = traced;
    this.descriptors = descriptors;
  }

  /** Returns a builder of an empty segment. */
  public static SegmentBuilder builder() {
    return new SegmentBuilder();
  }

  /** How many instructions it has. */
  public int instructions() {
    return instructions;
  }

  /** The message's bytes, as they go over a socket or into a file; not a copy. */
  public byte[] message() {
    return message;
  }

  /** Numbers, in the sending process, of the descriptors that go with it; not a copy. */
  int[] descriptors() {
    return descriptors;
  }

  boolean traced() {
    return traced;
  }

  int replyLength() {
    return Wire.HEADER_SIZE + 8 * instructions * (traced ? 2 : 1) + returnLength;
  }
}
