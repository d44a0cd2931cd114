package dev.mydocker.runtime.dbus;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;

/** Reads values of a message that anybody may have made: nothing outside of it is believed. */
public final class BodyReader {
  private final byte[] bytes;
  private int at;
  private final int end;

  BodyReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  /** Where it is. */
  int position() {
    return at;
  }

  /** Goes on at a multiple. */
  void align(int multiple) {
    while (at % multiple != 0) {
      require(1);
      at++;
    }
  }

  int byte8() {
    require(1);
    return bytes[at++] & 0xFF;
  }

  /** A number of 32 bits. */
  public int int32() {
    return (int) number(4);
  }

  private long number(int width) {
    align(width);
    require(width);
    long number = 0;
    for (int i = 0; i < width; i++) {
      number |= (bytes[at++] & 0xFFL) << 8 * i;
    }
    return number;
  }

  /** A text, or the path of an object. */
  public String string() {
    int length = int32();
    return text(length);
  }

  /** A signature. */
  String signature() {
    return text(byte8());
  }

  private String text(int length) {
    if (length < 0 || length >= end - at) {
      throw broken("a text leaves it");
    }
    String text = Bytes.decode(bytes, at, at + length);
    at += length;
    if (byte8() != 0) {
      throw broken("a text does not end with a zero");
    }
    return text;
  }

  /** Goes past a value of a basic type. */
  void skip(String signature) {
    switch (signature) {
      case "y" -> byte8();
      case "n", "q" -> number(2);
      case "i", "u", "b", "h" -> number(4);
      case "x", "t", "d" -> number(8);
      case "s", "o" -> string();
      case "g" -> signature();
      default -> throw broken("a field of type " + signature);
    }
  }

  private void require(int count) {
    if (end - at < count) {
      throw broken("it is too short");
    }
  }

  static MydockerException broken(String what) {
    return MydockerException.of(Category.INTERNAL, "read D-Bus message", "", what);
  }
}
