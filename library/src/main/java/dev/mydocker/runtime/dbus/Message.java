package dev.mydocker.runtime.dbus;

import org.jspecify.annotations.Nullable;

/**
 * A message, as it came.
 *
 * @param type {@link #CALL} and so on
 * @param replySerial the call that it answers, or 0
 * @param interfaceName a signal's, or empty
 * @param member a signal's name, or empty
 * @param errorName an error's, or empty
 * @param signature the types of its body
 * @param body the body
 */
public record Message(
    int type,
    int replySerial,
    String interfaceName,
    String member,
    String errorName,
    String signature,
    byte[] body) {
  static final int CALL = 1;
  static final int REPLY = 2;
  static final int ERROR = 3;
  static final int SIGNAL = 4;

  /** What comes before the fields of a header: sizes, among others. */
  static final int FIXED = 16;

  /** The specification allows 128 MiB; what systemd tells of a unit has a few KiB. */
  private static final int MOST = 1 << 24;

  private static final int FIELD_PATH = 1;
  private static final int FIELD_INTERFACE = 2;
  private static final int FIELD_MEMBER = 3;
  private static final int FIELD_ERROR = 4;
  private static final int FIELD_REPLY = 5;
  private static final int FIELD_DESTINATION = 6;
  private static final int FIELD_SIGNATURE = 8;

  /** Reads the body's values. */
  public BodyReader reader() {
    return new BodyReader(body, 0, body.length);
  }

  /** Makes the bytes of a method call. */
  static byte[] call(
      int serial,
      String destination,
      String path,
      String interfaceName,
      String member,
      String signature,
      byte[] body) {
    BodyWriter w = new BodyWriter();
    w.byte8('l').byte8(CALL).byte8(0).byte8(1).int32(body.length).int32(serial);
    w.array(
        8,
        () -> {
          field(w, FIELD_PATH, "o", path);
          field(w, FIELD_INTERFACE, "s", interfaceName);
          field(w, FIELD_MEMBER, "s", member);
          field(w, FIELD_DESTINATION, "s", destination);
          if (!signature.isEmpty()) {
            w.align(8).byte8(FIELD_SIGNATURE).signature("g").signature(signature);
          }
        });
    w.align(8);
    byte[] header = w.bytes();
    byte[] all = new byte[header.length + body.length];
    System.arraycopy(header, 0, all, 0, header.length);
    System.arraycopy(body, 0, all, header.length, body.length);
    return all;
  }

  private static void field(BodyWriter w, int code, String type, String value) {
    w.align(8).byte8(code).signature(type).string(value);
  }

  /**
   * How long a message is as a whole.
   *
   * @param fixed its first {@value #FIXED} bytes
   * @throws dev.mydocker.MydockerException if it is none that we would read
   */
  static int length(byte[] fixed) {
    BodyReader in = new BodyReader(fixed, 0, FIXED);
    int order = in.byte8();
    in.byte8();
    in.byte8();
    int version = in.byte8();
    int body = in.int32();
    in.int32();
    int fields = in.int32();
    if (order != 'l' || version != 1) {
      throw BodyReader.broken("not of this machine's kind");
    }
    if (body < 0 || fields < 0 || body > MOST || fields > MOST) {
      throw BodyReader.broken("too long");
    }
    return FIXED + (fields + 7) / 8 * 8 + body;
  }

  /** Reads a message. */
  static Message read(byte[] all) {
    BodyReader in = new BodyReader(all, 0, all.length);
    in.byte8();
    int type = in.byte8();
    in.byte8();
    in.byte8();
    int length = in.int32();
    in.int32();
    int end = in.int32() + FIXED;
    int reply = 0;
    String[] texts = {"", "", "", ""};
    while (in.position() < end) {
      in.align(8);
      int code = in.byte8();
      String signature = in.signature();
      @Nullable Integer text = textOf(code);
      if (text != null && signature.equals(code == FIELD_SIGNATURE ? "g" : "s")) {
        texts[text] = code == FIELD_SIGNATURE ? in.signature() : in.string();
      } else if (code == FIELD_REPLY && signature.equals("u")) {
        reply = in.int32();
      } else {
        in.skip(signature);
      }
    }
    byte[] body = new byte[length];
    System.arraycopy(all, all.length - length, body, 0, length);
    return new Message(type, reply, texts[0], texts[1], texts[2], texts[3], body);
  }

  private static @Nullable Integer textOf(int code) {
    return switch (code) {
      case FIELD_INTERFACE -> 0;
      case FIELD_MEMBER -> 1;
      case FIELD_ERROR -> 2;
      case FIELD_SIGNATURE -> 3;
      default -> null;
    };
  }
}
