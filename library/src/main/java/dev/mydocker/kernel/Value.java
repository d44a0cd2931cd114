package dev.mydocker.kernel;

/**
 * An argument of an instruction: a number, a place in the segment's data, the result of an earlier
 * instruction, or a descriptor that travels with the segment.
 */
public final class Value {
  final int kind;
  final long number;
  final boolean returned;

  /**
   * @param kind one of {@code Wire.KIND_*}
   * @param number the number, offset or index
   * @param returned whether {@code number} is an offset into the part of the data that is sent back
   */
  Value(int kind, long number, boolean returned) {
    this.kind = kind;
    this.number = number;
    this.returned = returned;
  }

  /** A number as it is. */
  public static Value of(long number) {
    return new Value(Wire.KIND_IMMEDIATE, number, false);
  }

  static Value data(long offset) {
    return new Value(Wire.KIND_DATA, offset, false);
  }

  static Value returned(long offset) {
    return new Value(Wire.KIND_DATA, offset, true);
  }

  static Value result(int instruction) {
    return new Value(Wire.KIND_RESULT, instruction, false);
  }

  static Value descriptor(int index) {
    return new Value(Wire.KIND_DESCRIPTOR, index, false);
  }

  /** One of {@code Wire.KIND_*}. */
  public int kind() {
    return kind;
  }

  /** The number, offset, instruction or index. */
  public long number() {
    return number;
  }

  /** The place {@code bytes} further on in the data. */
  public Value plus(int bytes) {
    return new Value(kind, number + bytes, returned);
  }
}
