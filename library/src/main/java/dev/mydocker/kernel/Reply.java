package dev.mydocker.kernel;

import java.util.Arrays;

/** What came of a segment: a result for each instruction, or where and why it stopped. */
public final class Reply {
  private final byte[] message;
  private final int instructions;
  private final boolean traced;
  private final int[] descriptors;

  Reply(byte[] message, int instructions, boolean traced, int[] descriptors) {
    this.message = message;
    this.instructions = instructions;
    this.traced = traced;
    this.descriptors = descriptors;
  }

  /** Whether every instruction that was reached succeeded or was allowed to fail. */
  public boolean succeeded() {
    int at = Wire.HEADER_ERROR;
    return (message[at] | message[at + 1] | message[at + 2] | message[at + 3]) == 0;
  }

  /** Whether this tells of the instructions so far only (OP_REPORT), and another reply follows. */
  public boolean isPartial() {
    return (number(Wire.HEADER_FLAGS, 2) & Wire.FLAG_REPORT) != 0;
  }

  /** Whether it has results and times; who becomes a monitor answers with neither. */
  public boolean hasTimes() {
    return traced && message.length >= Wire.HEADER_SIZE + 16 * instructions;
  }

  /** Of how many instructions this tells. */
  public int instructions() {
    return instructions;
  }

  /** The instruction that stopped the segment, or -1. */
  public int failed() {
    return (int) number(Wire.HEADER_FAILED, 4);
  }

  /** The error number (errno(3)) that stopped the segment, or 0. */
  public int error() {
    return (int) number(Wire.HEADER_ERROR, 4);
  }

  /** The result of an instruction, by what the builder returned for it. */
  public long result(Value value) {
    return result((int) value.number());
  }

  /** The result of an instruction; negative error numbers for those that may fail. */
  public long result(int instruction) {
    return number(Wire.HEADER_SIZE + 8 * instruction, 8);
  }

  /** How long an instruction took; only of a traced segment. */
  public long nanoseconds(int instruction) {
    if (!traced) {
      throw new IllegalStateException("the segment was not traced");
    }
    return number(Wire.HEADER_SIZE + 8 * (instructions + instruction), 8);
  }

  /** Bytes that the segment sent back, from a place that {@code returned(…)} gave. */
  public byte[] bytes(Value place, int length) {
    byte[] bytes = new byte[length];
    System.arraycopy(message, at(place), bytes, 0, length);
    return bytes;
  }

  /** Copies bytes that the segment sent back to a place in an array. */
  void copy(Value place, byte[] to, int at, int length) {
    System.arraycopy(message, at(place), to, at, length);
  }

  /** Whether the segment sent back these bytes at a place. */
  boolean holds(Value place, byte[] bytes, int from, int length) {
    int at = at(place);
    return Arrays.equals(message, at, at + length, bytes, from, from + length);
  }

  /** A number of {@code width} bytes that the segment sent back, signed. */
  public long number(Value place, int width) {
    return number(at(place), width);
  }

  /** Text that the segment sent back, of a known length in bytes. */
  public String text(Value place, int length) {
    return Bytes.decode(message, at(place), at(place) + length);
  }

  /** Descriptors that came with the reply, as numbers in the receiving process; not a copy. */
  public int[] descriptors() {
    return descriptors;
  }

  /**
   * Returns this reply if it succeeded.
   *
   * @throws KernelException {@code operation: cause}, where the operation names its object
   */
  public Reply orThrow(String operation) {
    if (error() != 0) {
      throw new KernelException(operation, error());
    }
    return this;
  }

  private int at(Value place) {
    return Wire.HEADER_SIZE + 8 * instructions * (traced ? 2 : 1) + (int) place.number();
  }

  private long number(int at, int width) {
    if (width == Long.BYTES) {
      return word(at) & 0xFFFFFFFFL | (long) word(at + Integer.BYTES) << Integer.SIZE;
    }
    long number = 0;
    for (int i = width - 1; i >= 0; i--) {
      number = number << 8 | message[at + i] & 0xFF;
    }
    return width == 4 ? (int) number : number;
  }

  /** Without a loop: results are read by thousands, in a JVM that interprets. */
  private int word(int at) {
    byte[] b = message;
    return b[at] & 0xFF | (b[at + 1] & 0xFF) << 8 | (b[at + 2] & 0xFF) << 16 | b[at + 3] << 24;
  }
}
