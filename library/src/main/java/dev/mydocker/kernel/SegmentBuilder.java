package dev.mydocker.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Segment}, instruction by instruction. Not thread-safe.
 *
 * <p>Instructions are kept as the 64-bit words that they are on the wire, and become bytes all at
 * once: a cold JVM interprets, and the loop that writes a number byte by byte was a seventh of all
 * that {@code run} executed.
 */
public final class SegmentBuilder {
  private static final int SIZE = Wire.INSTRUCTION_SIZE;

  /** An instruction's words: {@code operation}, {@code tolerated} and what follows, arguments. */
  private static final int WORDS = SIZE / 8;

  private static final int TOLERATED = Wire.INSTRUCTION_TOLERATED / 8;
  private static final int ARGUMENTS = Wire.INSTRUCTION_ARGUMENT / 8;

  /** Most segments have no more instructions. */
  private static final int FEW = 8;

  private static final int HEADER_WORDS = Wire.HEADER_SIZE / 8;

  private long[] code = new long[FEW * WORDS];
  private int count;
  private byte[] data = new byte[256];
  private int dataLength;
  private int returnLength;
  private int[] descriptors = new int[4];
  private int descriptorCount;
  private Label[] jumps = new Label[FEW];
  private int[] returnedArguments = new int[FEW];
  private boolean traced;

  /** Where there is an empty text: many calls take one beside a descriptor. */
  private @Nullable Value empty;

  private int[] starts = new int[0];
  private String[] words = new String[0];
  private int steps;

  SegmentBuilder() {}

  /**
   * Begins a step: what the instructions that follow are for, in words for people.
   *
   * @param group the purpose that it shares with others, {@code root file system}
   * @param what the operation and its object, {@code mount proc on /proc}
   * @param why the reason
   */
  public void about(String group, String what, String why) {
    if (steps == starts.length) {
      starts = Arrays.copyOf(starts, steps + 64);
      words = Arrays.copyOf(words, Segment.WORDS * (steps + 64));
    }
    starts[steps] = count;
    words[Segment.WORDS * steps] = group;
    words[Segment.WORDS * steps + 1] = what;
    words[Segment.WORDS * steps + 2] = why;
    steps++;
  }

  /** Asks for the time that each instruction takes; {@link Reply#nanoseconds(int)}. */
  public SegmentBuilder trace() {
    traced = true;
    return this;
  }

  /** How many instructions there are so far. */
  public int count() {
    return count;
  }

  /** A system call; its result is the kernel's, and an error ends the segment. */
  public Value syscall(int number, Value... arguments) {
    return add(Wire.OP_SYSCALL, number, arguments);
  }

  /** Any other operation of {@code Wire.OP_*}. */
  public Value operation(int operation, Value... arguments) {
    return add(operation, 0, arguments);
  }

  /** Errors of the last instruction are results like others. */
  public SegmentBuilder ignoringErrors() {
    setPolicy(Wire.POLICY_IGNORE);
    return this;
  }

  /** These errors (at most four) of the last instruction are results like others. */
  public SegmentBuilder tolerating(int... errors) {
    setPolicy(Wire.POLICY_TOLERATE);
    long numbers = 0;
    for (int i = errors.length - 1; i >= 0; i--) {
      numbers = numbers << 8 | errors[i] & 0xFF;
    }
    code[last() + TOLERATED] |= numbers << 8 * (Wire.INSTRUCTION_TOLERATED % 8);
    return this;
  }

  /** At these errors (all, if none is given) of the last instruction, goes on at the label. */
  public SegmentBuilder jumpingTo(Label label, int... errors) {
    tolerating(errors);
    setPolicy(Wire.POLICY_JUMP);
    jumps[count - 1] = label;
    return this;
  }

  /** Goes on at the label if {@code (value & mask) == expected}. */
  public void jump(Label label, Value value, long mask, long expected) {
    add(Wire.OP_JUMP, 0, value, Value.of(mask), Value.of(expected));
    jumps[count - 1] = label;
  }

  /** Fails with {@code error} unless {@code (value & mask) == expected}. */
  public void check(Value value, long mask, long expected, int error) {
    add(Wire.OP_CHECK, 0, value, Value.of(mask), Value.of(expected), Value.of(error));
  }

  /** The label's place is before the next instruction. */
  public void here(Label label) {
    label.instruction = count;
  }

  /** A NUL-terminated byte string in the data. */
  public Value text(String text) {
    if (text.isEmpty() && empty != null) {
      return empty;
    }
    byte[] bytes = Bytes.encode(text);
    int at = reserve(bytes.length + 1, 1);
    System.arraycopy(bytes, 0, data, at, bytes.length);
    Value place = Value.data(at);
    if (bytes.length == 0) {
      empty = place;
    }
    return place;
  }

  /** A copy of bytes in the data, aligned to eight. */
  public Value bytes(byte[] bytes) {
    return bytes(bytes, 0, bytes.length);
  }

  /** A copy of {@code bytes[from..from+length)} in the data, aligned to eight. */
  public Value bytes(byte[] bytes, int from, int length) {
    int at = reserve(length, 8);
    System.arraycopy(bytes, from, data, at, length);
    return Value.data(at);
  }

  /** Zeroed room in the data, aligned to eight. */
  public Value room(int length) {
    return Value.data(reserve(length, 8));
  }

  /** Zeroed room, aligned to eight, that is sent back with the reply. */
  public Value returned(int length) {
    int at = returnLength;
    returnLength = align(at + length, 8);
    return Value.returned(at);
  }

  /** Numbers, little-endian and of eight bytes each: a structure of 64-bit fields. */
  public Value longs(long... numbers) {
    int at = reserve(8 * numbers.length, 8);
    for (int i = 0; i < numbers.length; i++) {
      put(data, at + 8 * i, numbers[i], 8);
    }
    return Value.data(at);
  }

  /** Numbers, little-endian and of four bytes each. */
  public Value ints(int... numbers) {
    int at = reserve(4 * numbers.length, 8);
    for (int i = 0; i < numbers.length; i++) {
      put(data, at + 4 * i, numbers[i], 4);
    }
    return Value.data(at);
  }

  /** Writes {@code width} bytes of a value (a result, say) into {@link #room}'s data. */
  public void store(Value place, Value value, int width) {
    add(Wire.OP_STORE, 0, offset(place), value, Value.of(width));
  }

  /** Reads {@code width} bytes of the data, unsigned. */
  public Value load(Value place, int width) {
    return add(Wire.OP_LOAD, 0, offset(place), Value.of(width));
  }

  /** A NULL-terminated array of pointers to byte strings, as execve(2) takes. */
  public Value strings(List<String> strings) {
    long[] offsets = new long[strings.size() + 1];
    for (int i = 0; i < strings.size(); i++) {
      offsets[i] = text(strings.get(i)).number();
    }
    offsets[strings.size()] = -1;
    Value array = longs(offsets);
    add(Wire.OP_RELOCATE, 0, offset(array), Value.of(offsets.length));
    return array;
  }

  /** A descriptor of the sending process that goes along; for segments sent over a session. */
  public Value descriptor(int number) {
    if (descriptorCount == Wire.MAXIMUM_DESCRIPTORS) {
      throw new IllegalStateException("too many descriptors for one segment");
    }
    if (descriptorCount == descriptors.length) {
      descriptors = Arrays.copyOf(descriptors, 2 * descriptorCount);
    }
    descriptors[descriptorCount] = number;
    return Value.descriptor(descriptorCount++);
  }

  /** A descriptor that whoever performs the segment later will provide. */
  public Value placeholder() {
    return descriptor(-1);
  }

  /** The finished segment. */
  public Segment build() {
    int base = align(dataLength, 8);
    int values = 8 * count * (traced ? 2 : 1);
    int codeAt = Wire.HEADER_SIZE + values;
    int dataAt = codeAt + count * SIZE;
    byte[] message = new byte[dataAt + base];
    for (int i = 0; i < count; i++) {
      if (jumps[i] != null || returnedArguments[i] != 0) {
        finish(i, base);
      }
    }
    LongBuffer out = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    out.put(header(message.length, base));
    out.put(codeAt / 8, code, 0, count * WORDS);
    System.arraycopy(data, 0, message, dataAt, dataLength);
    return new Segment(
        message,
        count,
        returnLength,
        traced,
        Arrays.copyOf(descriptors, descriptorCount),
        steps,
        starts,
        words);
  }

  private long[] header(int length, int base) {
    long[] header = new long[HEADER_WORDS];
    set(header, Wire.HEADER_MAGIC, Wire.MAGIC);
    set(header, Wire.HEADER_VERSION, Wire.VERSION);
    // A plan that is kept in a file may be performed by an older helper, but returns nothing.
    int brief = returnLength > 0 ? Wire.FLAG_SHORT : 0;
    set(header, Wire.HEADER_FLAGS, traced ? Wire.FLAG_TRACE | brief : brief);
    set(header, Wire.HEADER_LENGTH, length);
    set(header, Wire.HEADER_INSTRUCTIONS, count);
    set(header, Wire.HEADER_DATA_LENGTH, base + returnLength);
    set(header, Wire.HEADER_RETURN_OFFSET, base);
    set(header, Wire.HEADER_RETURN_LENGTH, returnLength);
    set(header, Wire.HEADER_DESCRIPTORS, descriptorCount);
    return header;
  }

  /** Puts a number, not negative, at a byte offset of little-endian words that are zero there. */
  private static void set(long[] words, int at, long number) {
    words[at >> 3] |= number << ((at & 7) << 3);
  }

  /** Resolves what is only known at the end: jumps, and places in the returned data. */
  private void finish(int instruction, int base) {
    int at = instruction * WORDS;
    Label label = jumps[instruction];
    if (label != null) {
      if (label.instruction <= instruction) {
        throw new IllegalStateException("a jump must go forward");
      }
      set(code, instruction * SIZE + Wire.INSTRUCTION_JUMP, label.instruction);
    }
    int argument = at + ARGUMENTS;
    for (int bits = returnedArguments[instruction]; bits != 0; bits >>= 1) {
      if ((bits & 1) != 0) {
        code[argument] += base;
      }
      argument++;
    }
    returnedArguments[instruction] = 0;
    jumps[instruction] = null;
  }

  private Value add(int operation, int number, Value... arguments) {
    if ((count + 1) * WORDS > code.length) {
      code = Arrays.copyOf(code, 2 * code.length);
      jumps = Arrays.copyOf(jumps, 2 * jumps.length);
      returnedArguments = Arrays.copyOf(returnedArguments, 2 * returnedArguments.length);
    }
    int at = count * WORDS;
    int to = at + ARGUMENTS;
    int kinds = 0;
    int shift = 0;
    for (Value argument : arguments) {
      kinds |= argument.kind << shift;
      if (argument.returned) {
        returnedArguments[count] |= 1 << shift / 2;
      }
      code[to++] = argument.number;
      shift += 2;
    }
    code[at] =
        operation
            | (long) kinds << 8 * Wire.INSTRUCTION_KINDS
            | (long) number << 8 * Wire.INSTRUCTION_NUMBER;
    return Value.result(count++);
  }

  private void setPolicy(int policy) {
    code[last()] =
        code[last()] & ~(0xFFL << 8 * Wire.INSTRUCTION_POLICY)
            | (long) policy << 8 * Wire.INSTRUCTION_POLICY;
  }

  /** A place in the data as the plain offset that STORE, LOAD and RELOCATE take. */
  private static Value offset(Value place) {
    if (place.kind != Wire.KIND_DATA) {
      throw new IllegalArgumentException("not a place in the data");
    }
    return new Value(Wire.KIND_IMMEDIATE, place.number, place.returned);
  }

  private int last() {
    return (count - 1) * WORDS;
  }

  private int reserve(int length, int alignment) {
    int at = align(dataLength, alignment);
    if (at + length > data.length) {
      data = Arrays.copyOf(data, Math.max(at + length, 2 * data.length));
    }
    dataLength = at + length;
    return at;
  }

  private static int align(int at, int alignment) {
    return (at + alignment - 1) & -alignment;
  }

  /**
   * Writes a number where there are zeros, or a smaller number: most have one byte or two, and a
   * cold JVM interprets.
   */
  private static void put(byte[] to, int at, long number, int width) {
    long rest = number;
    for (int i = 0; rest != 0 && i < width; i++) {
      to[at + i] = (byte) rest;
      rest >>>= 8;
    }
  }
}
