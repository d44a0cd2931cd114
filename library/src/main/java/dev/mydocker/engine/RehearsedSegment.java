package dev.mydocker.engine;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A segment's message as the interpreter has it before it: native/interp.c, in Java. */
final class RehearsedSegment {
  private final Segment segment;
  private final ByteBuffer message;
  private final int codeAt;
  private final int dataAt;
  private long[] shared = new long[0];
  private final long[] descriptors;
  private boolean ended;

  RehearsedSegment(Segment segment) {
    this(segment, new long[0]);
  }

  private RehearsedSegment(Segment segment, long[] descriptors) {
    this.segment = segment.withTimes();
    this.message = ByteBuffer.wrap(this.segment.wholeMessage()).order(ByteOrder.LITTLE_ENDIAN);
    this.codeAt = Wire.HEADER_SIZE + 16 * segment.instructions();
    this.dataAt = codeAt + Wire.INSTRUCTION_SIZE * segment.instructions();
    this.descriptors = descriptors;
    message.putInt(Wire.HEADER_FAILED, -1);
  }

  int instructions() {
    return segment.instructions();
  }

  int operation(int i) {
    return message.get(at(i) + Wire.INSTRUCTION_OPERATION);
  }

  /** The system call's number. */
  int call(int i) {
    return message.getInt(at(i) + Wire.INSTRUCTION_NUMBER);
  }

  int jump(int i) {
    return message.getInt(at(i) + Wire.INSTRUCTION_JUMP);
  }

  /** Whether an error makes it go on elsewhere. */
  boolean jumpsAt(int i, int error) {
    if (message.get(at(i) + Wire.INSTRUCTION_POLICY) != Wire.POLICY_JUMP) {
      return false;
    }
    boolean any = true;
    for (int k = 0; k < 4; k++) {
      int listed = message.get(at(i) + Wire.INSTRUCTION_TOLERATED + k) & 0xFF;
      if (listed == error) {
        return true;
      }
      any &= listed == 0;
    }
    return any;
  }

  private int kind(int i, int argument) {
    return message.getShort(at(i) + Wire.INSTRUCTION_KINDS) >> 2 * argument & 3;
  }

  boolean isImmediate(int i, int argument) {
    return kind(i, argument) == Wire.KIND_IMMEDIATE;
  }

  /** An argument as it is written: a number, or a place in the data. */
  long argument(int i, int argument) {
    return message.getLong(at(i) + Wire.INSTRUCTION_ARGUMENT + 8 * argument);
  }

  /** An argument as the instruction gets it; a place in the data as its offset. */
  long value(int i, int argument) {
    long number = argument(i, argument);
    return switch (kind(i, argument)) {
      case Wire.KIND_RESULT -> message.getLong(Wire.HEADER_SIZE + 8 * (int) number);
      case Wire.KIND_DESCRIPTOR -> number < descriptors.length ? descriptors[(int) number] : -1;
      default -> number;
    };
  }

  /** An argument that is text; empty if it is not. */
  String text(int i, int argument) {
    if (kind(i, argument) != Wire.KIND_DATA) {
      return "";
    }
    int from = dataAt + (int) argument(i, argument);
    int to = from;
    while (to < message.capacity() && message.get(to) != 0) {
      to++;
    }
    return Bytes.decode(message.array(), from, to);
  }

  byte[] bytes(long offset, int length) {
    int from = dataAt + (int) offset;
    return Arrays.copyOfRange(message.array(), from, from + length);
  }

  /** Puts bytes into the data; how many. */
  long copy(long offset, byte[] bytes) {
    System.arraycopy(bytes, 0, message.array(), dataAt + (int) offset, bytes.length);
    return bytes.length;
  }

  void store(long offset, long value, int width) {
    for (int k = 0; k < width; k++) {
      message.put(dataAt + (int) offset + k, (byte) (value >> 8 * k));
    }
  }

  long load(long offset, int width) {
    long value = 0;
    for (int k = width - 1; k >= 0; k--) {
      value = value << 8 | message.get(dataAt + (int) offset + k) & 0xFF;
    }
    return value;
  }

  /** An instruction was performed; that it took a nanosecond says so. */
  void result(int i, long result) {
    message.putLong(Wire.HEADER_SIZE + 8 * i, result);
    message.putLong(Wire.HEADER_SIZE + 8 * (instructions() + i), 1);
  }

  /** A descriptor goes along with the reply. */
  void share(long descriptor) {
    shared = Arrays.copyOf(shared, shared.length + 1);
    shared[shared.length - 1] = descriptor;
  }

  long[] shared() {
    return shared.clone();
  }

  /** Whoever performs it has become another program. */
  void end() {
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }

  /** The segment that a SEND carries, with its descriptors. */
  RehearsedSegment sent(int i) {
    byte[] inner = bytes(argument(i, 1), (int) argument(i, 2));
    long[] with = new long[(int) argument(i, 4)];
    for (int k = 0; k < with.length; k++) {
      with[k] = (int) load(argument(i, 3) + 4L * k, 4);
    }
    return new RehearsedSegment(Segment.read(inner, -1).orElseThrow(), with);
  }

  /** The reply's bytes. */
  byte[] message() {
    int returned = message.getInt(Wire.HEADER_RETURN_OFFSET);
    int length = message.getInt(Wire.HEADER_RETURN_LENGTH);
    byte[] reply = Arrays.copyOf(message.array(), codeAt + length);
    System.arraycopy(message.array(), dataAt + returned, reply, codeAt, length);
    ByteBuffer header = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(Wire.HEADER_LENGTH, reply.length);
    short flags = header.getShort(Wire.HEADER_FLAGS);
    header.putShort(Wire.HEADER_FLAGS, (short) (flags | Wire.FLAG_REPLY));
    return reply;
  }

  /** The reply of a segment that was performed. */
  Reply reply(RehearsedSegment performed) {
    return segment.reply(performed.message());
  }

  private int at(int i) {
    return codeAt + Wire.INSTRUCTION_SIZE * i;
  }
}
