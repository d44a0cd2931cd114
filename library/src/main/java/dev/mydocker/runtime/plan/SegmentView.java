package dev.mydocker.runtime.plan;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A segment's fields, read back from its bytes; the format is native/wire.table's. */
final class SegmentView {
  private final byte[] message;
  private final int codeAt;
  private final int dataAt;
  private final int instructions;

  SegmentView(Segment segment) {
    message = segment.wholeMessage();
    instructions = segment.instructions();
    boolean traced = (number(Wire.HEADER_FLAGS, 2) & Wire.FLAG_TRACE) != 0;
    codeAt = Wire.HEADER_SIZE + 8 * segment.instructions() * (traced ? 2 : 1);
    dataAt = codeAt + Wire.INSTRUCTION_SIZE * segment.instructions();
  }

  int instructions() {
    return instructions;
  }

  int operation(int instruction) {
    return (int) number(at(instruction) + Wire.INSTRUCTION_OPERATION, 1);
  }

  int policy(int instruction) {
    return (int) number(at(instruction) + Wire.INSTRUCTION_POLICY, 1);
  }

  /** The system call's number. */
  int call(int instruction) {
    return (int) number(at(instruction) + Wire.INSTRUCTION_NUMBER, 4);
  }

  int jump(int instruction) {
    return (int) number(at(instruction) + Wire.INSTRUCTION_JUMP, 4);
  }

  /** The errors that the policy speaks of. */
  List<Integer> tolerated(int instruction) {
    List<Integer> errors = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int error = (int) number(at(instruction) + Wire.INSTRUCTION_TOLERATED + i, 1);
      if (error != 0) {
        errors.add(error);
      }
    }
    return errors;
  }

  int kind(int instruction, int argument) {
    return (int) number(at(instruction) + Wire.INSTRUCTION_KINDS, 2) >> 2 * argument & 3;
  }

  long argument(int instruction, int argument) {
    return number(at(instruction) + Wire.INSTRUCTION_ARGUMENT + 8 * argument, 8);
  }

  /** A number in the data. */
  long data(long offset, int width) {
    return number(dataAt + (int) offset, width);
  }

  /** Bytes of the data. */
  byte[] bytes(long offset, int length) {
    int from = dataAt + (int) offset;
    return Arrays.copyOfRange(message, from, from + length);
  }

  /** The NUL-terminated text at a place in the data. */
  String text(long offset) {
    int from = dataAt + (int) offset;
    int to = from;
    while (message[to] != 0) {
      to++;
    }
    return Bytes.decode(message, from, to);
  }

  /** So many bytes of text, less the zeros that follow it. */
  String text(long offset, int length) {
    int from = dataAt + (int) offset;
    int to = Math.min(from + length, message.length);
    while (to > from && message[to - 1] == 0) {
      to--;
    }
    return Bytes.decode(message, from, to);
  }

  private int at(int instruction) {
    return codeAt + Wire.INSTRUCTION_SIZE * instruction;
  }

  /** Unsigned, but for eight bytes. */
  private long number(int at, int width) {
    long number = 0;
    for (int i = width - 1; i >= 0; i--) {
      number = number << 8 | message[at + i] & 0xFF;
    }
    return number;
  }
}
