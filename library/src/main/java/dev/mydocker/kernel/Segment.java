package dev.mydocker.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * A list of instructions with their data, ready to be performed: in this process, by a co-process
 * or by a helper. The format is native/wire.table's.
 *
 * <p>Its instructions may be divided into steps ({@link SegmentBuilder#about}), which say what they
 * are for. That is for people: it does not travel.
 */
public final class Segment {
  /** How many words a step has: group, what, why. */
  static final int WORDS = 3;

  private final byte[] message;
  private final int instructions;
  private final int returnLength;
  private final boolean traced;
  private final int[] descriptors;
  private final int steps;
  private final int[] starts;
  private final String[] words;

  /**
   * @param steps how many steps there are in {@code starts}, by instruction, and {@code words}
   */
  Segment(
      byte[] message,
      int instructions,
      int returnLength,
      boolean traced,
      int[] descriptors,
      int steps,
      int[] starts,
      String[] words) {
    this.message = message;
    this.instructions = instructions;
    this.returnLength = returnLength;
    this.traced = traced;
    this.descriptors = descriptors;
    this.steps = steps;
    this.starts = starts;
    this.words = words;
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
            descriptors,
            0,
            new int[0],
            new String[0]));
  }

  /** How many instructions it has. */
  public int instructions() {
    return instructions;
  }

  /**
   * The message's bytes, as they go over a socket or into a file; not a copy. The part of the data
   * that is sent back is zero, and is left out.
   */
  public byte[] message() {
    return message;
  }

  /** The message with all of its data; a copy. */
  public byte[] wholeMessage() {
    return Arrays.copyOf(message, message.length + leftOut());
  }

  /** How many bytes of zeros {@link #message} has been spared. */
  int leftOut() {
    return (message[Wire.HEADER_FLAGS] & Wire.FLAG_SHORT) == 0 ? 0 : returnLength;
  }

  /** How many steps its instructions are divided into; 0 where nobody said what they are for. */
  public int steps() {
    return steps;
  }

  /** The first instruction of a step; for the number of steps itself, the end. */
  public int firstInstruction(int step) {
    return step < steps ? starts[step] : instructions;
  }

  /** The purpose that a step shares with others. */
  public String group(int step) {
    return words[WORDS * step];
  }

  /** What a step does. */
  public String what(int step) {
    return words[WORDS * step + 1];
  }

  /** Why a step is there. */
  public String why(int step) {
    return words[WORDS * step + 2];
  }

  /** The same segment, whose reply tells as well how long each instruction took. */
  public Segment withTimes() {
    if (traced) {
      return this;
    }
    int at = Wire.HEADER_SIZE + 8 * instructions;
    byte[] longer = new byte[message.length + 8 * instructions];
    System.arraycopy(message, 0, longer, 0, at);
    System.arraycopy(message, at, longer, at + 8 * instructions, message.length - at);
    for (int i = 0; i < 4; i++) {
      longer[Wire.HEADER_LENGTH + i] = (byte) (longer.length >> 8 * i);
    }
    longer[Wire.HEADER_FLAGS] |= Wire.FLAG_TRACE;
    return new Segment(longer, instructions, returnLength, true, descriptors, steps, starts, words);
  }

  /** What came of this segment, as whoever performed it has written it. */
  public Reply reply(byte[] answer) {
    return new Reply(answer, instructions, traced, new int[0]);
  }

  /** Numbers, in the sending process, of the descriptors that go with it; not a copy. */
  public int[] descriptors() {
    return descriptors;
  }

  boolean traced() {
    return traced;
  }

  /** How many bytes of data come with the reply. */
  public int returnLength() {
    return returnLength;
  }

  /** How long the reply is that tells of all instructions. */
  int replyLength() {
    return Wire.HEADER_SIZE + 8 * instructions * (traced ? 2 : 1) + returnLength;
  }
}
