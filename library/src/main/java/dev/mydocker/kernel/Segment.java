package dev.mydocker.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

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

  /**
   * Reads a segment that was kept in a file.
   *
   * @param message its bytes
   * @param descriptor the one descriptor that it may come with, or -1
   * @return nothing if it is of another version of the format, or none at all
   */
  public static Optional<Segment> read(byte[] message, int descriptor) {
    ByteBuffer header = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    if (message.length < Wire.HEADER_SIZE
        || header.getInt(Wire.HEADER_MAGIC) != Wire.MAGIC
        || header.getShort(Wire.HEADER_VERSION) != Wire.VERSION
        || header.getInt(Wire.HEADER_LENGTH) != message.length) {
      return Optional.empty();
    }
    int[] descriptors = header.getInt(Wire.HEADER_DESCRIPTORS) == 0 ? new int[0] : new int[1];
    Arrays.fill(descriptors, descriptor);
    return Optional.of(
        new Segment(
            message,
            header.getInt(Wire.HEADER_INSTRUCTIONS),
            header.getInt(Wire.HEADER_RETURN_LENGTH),
            (header.getShort(Wire.HEADER_FLAGS) & Wire.FLAG_TRACE) != 0,
            descriptors));
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
