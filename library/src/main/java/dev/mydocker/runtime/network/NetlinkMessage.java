package dev.mydocker.runtime.network;

import dev.mydocker.kernel.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message of netlink(7): {@code struct nlmsghdr}, a fixed part that depends on the type, and
 * attributes ({@code struct rtattr}), everything aligned to four bytes and in the machine's order
 * of bytes, which is little-endian wherever mydocker runs.
 *
 * @param type RTM_NEWLINK and so on
 * @param fixed the fixed part, {@code struct ifinfomsg} or {@code struct ifaddrmsg}
 * @param attributes by their types, in their order; of several of one type the last
 */
record NetlinkMessage(int type, byte[] fixed, Map<Integer, byte[]> attributes) {
  static final int ERROR = 2;
  static final int DONE = 3;
  static final int NEW_LINK = 16;
  static final int GET_LINK = 18;
  static final int NEW_ADDRESS = 20;
  static final int GET_ADDRESS = 22;

  static final int REQUEST = 1;
  static final int ACKNOWLEDGE = 4;
  static final int DUMP = 0x300;
  static final int EXCLUSIVE = 0x200;
  static final int CREATE = 0x400;

  private static final int HEADER = 16;
  private static final int ATTRIBUTE_HEADER = 4;
  // NLA_F_NESTED and NLA_F_NET_BYTEORDER.
  private static final int ATTRIBUTE_TYPE = 0x3FFF;

  static NetlinkMessage of(int type, byte[] fixed) {
    return new NetlinkMessage(type, fixed, new LinkedHashMap<>());
  }

  /** The same with an attribute more. */
  NetlinkMessage with(int attribute, byte[] value) {
    attributes.put(attribute, value);
    return this;
  }

  /** The same with an attribute that is text. */
  NetlinkMessage with(int attribute, String text) {
    byte[] bytes = Bytes.encode(text);
    return with(attribute, Arrays.copyOf(bytes, bytes.length + 1));
  }

  /** The same with an attribute that is a number of four bytes. */
  NetlinkMessage with(int attribute, int number) {
    return with(attribute, numbers(number));
  }

  /** The bytes to be sent. */
  byte[] encode(int flags) {
    int length = HEADER + align(fixed.length);
    for (byte[] value : attributes.values()) {
      length += ATTRIBUTE_HEADER + align(value.length);
    }
    byte[] bytes = new byte[length];
    ByteBuffer out = buffer(bytes);
    out.putInt(length).putShort((short) type).putShort((short) flags).putInt(1).putInt(0);
    out.put(fixed);
    out.position(HEADER + align(fixed.length));
    for (Map.Entry<Integer, byte[]> attribute : attributes.entrySet()) {
      byte[] value = attribute.getValue();
      int next = out.position() + ATTRIBUTE_HEADER + align(value.length);
      out.putShort((short) (ATTRIBUTE_HEADER + value.length));
      out.putShort((short) (int) attribute.getKey());
      out.put(value);
      out.position(next);
    }
    return bytes;
  }

  /**
   * Takes the next message of what was received.
   *
   * @param in positioned at its beginning; behind it afterwards
   */
  static NetlinkMessage next(ByteBuffer in) {
    int start = in.position();
    int length = in.getInt();
    int type = in.getShort() & 0xFFFF;
    int end = start + length;
    if (length < HEADER || end > in.limit()) {
      throw new IllegalStateException("a netlink message of " + length + " bytes");
    }
    byte[] fixed = new byte[Math.min(length - HEADER, fixedLength(type))];
    in.position(start + HEADER).get(fixed);
    NetlinkMessage message = of(type, fixed);
    int at = start + HEADER + align(fixed.length);
    while (end - at >= ATTRIBUTE_HEADER) {
      int size = in.getShort(at) & 0xFFFF;
      if (size < ATTRIBUTE_HEADER || at + size > end) {
        break;
      }
      byte[] value = new byte[size - ATTRIBUTE_HEADER];
      in.position(at + ATTRIBUTE_HEADER).get(value);
      message.with(in.getShort(at + 2) & ATTRIBUTE_TYPE, value);
      at += align(size);
    }
    in.position(Math.min(start + align(length), in.limit()));
    return message;
  }

  private static int fixedLength(int type) {
    return switch (type) {
      case NEW_LINK -> Link.FIXED;
      case NEW_ADDRESS -> Address.FIXED;
      // An error number, and the request's header.
      case ERROR, DONE -> 4;
      default -> Integer.MAX_VALUE;
    };
  }

  /** The error number that an answer of type ERROR or DONE brings, positive; 0 is success. */
  int error() {
    return fixed.length < 4 ? 0 : -buffer(fixed).getInt(0);
  }

  /** Numbers of four bytes each. */
  static byte[] numbers(int... numbers) {
    byte[] bytes = new byte[4 * numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      buffer(bytes).putInt(4 * i, numbers[i]);
    }
    return bytes;
  }

  static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int align(int length) {
    return (length + 3) & -4;
  }
}
