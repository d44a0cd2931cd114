package dev.mydocker.runtime.dbus;

import dev.mydocker.kernel.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Values as D-Bus puts them on the wire, little-endian: each begins at a multiple of its size from
 * the beginning of the message, and so does a body.
 */
public final class BodyWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Fills up to a multiple. */
  public BodyWriter align(int multiple) {
    while (out.size() % multiple != 0) {
      out.write(0);
    }
    return this;
  }

  /** A byte. */
  public BodyWriter byte8(int value) {
    out.write(value);
    return this;
  }

  /** A number of 16 bits. */
  BodyWriter int16(int value) {
    return number(value, 2);
  }

  /** A number of 32 bits. */
  public BodyWriter int32(int value) {
    return number(value, 4);
  }

  /** A number of 64 bits. */
  public BodyWriter int64(long value) {
    return number(value, 8);
  }

  private BodyWriter number(long value, int width) {
    align(width);
    for (int i = 0; i < width; i++) {
      out.write((int) (value >>> 8 * i));
    }
    return this;
  }

  /** A text, or the path of an object. */
  public BodyWriter string(String text) {
    byte[] bytes = Bytes.encode(text);
    int32(bytes.length);
    out.write(bytes, 0, bytes.length);
    return byte8(0);
  }

  /** A signature. */
  public BodyWriter signature(String text) {
    byte[] bytes = Bytes.encode(text);
    byte8(bytes.length);
    out.write(bytes, 0, bytes.length);
    return byte8(0);
  }

  /**
   * Elements of an array, whose length comes before them.
   *
   * @param alignment of an element: 8 for structures
   * @param elements writes them
   */
  public BodyWriter array(int alignment, Runnable elements) {
    align(4);
    // The elements align by the whole message, so they are written in place, and the length later.
    byte[] before = out.toByteArray();
    int32(0).align(alignment);
    int start = out.size();
    elements.run();
    byte[] all = out.toByteArray();
    int length = all.length - start;
    for (int i = 0; i < 4; i++) {
      all[before.length + i] = (byte) (length >>> 8 * i);
    }
    out.reset();
    out.write(all, 0, all.length);
    return this;
  }

  /** A value with its type before it. */
  public BodyWriter variant(Variant variant) {
    signature(variant.signature());
    value(variant.signature(), variant.value());
    return this;
  }

  private void value(String signature, Object value) {
    switch (signature) {
      case "y" -> byte8(((Number) value).intValue());
      case "n", "q" -> int16(((Number) value).intValue());
      case "i", "u" -> int32(((Number) value).intValue());
      case "x", "t" -> int64(((Number) value).longValue());
      case "b" -> int32((Boolean) value ? 1 : 0);
      case "s", "o" -> string((String) value);
      case "as", "au", "ay" -> {
        String element = signature.substring(1);
        array(
            element.equals("y") ? 1 : 4,
            () -> {
              for (Object each : (List<?>) value) {
                value(element, each);
              }
            });
      }
      default -> throw new IllegalArgumentException("no D-Bus type of ours: " + signature);
    }
  }

  /** What was written. */
  public byte[] bytes() {
    return out.toByteArray();
  }
}
