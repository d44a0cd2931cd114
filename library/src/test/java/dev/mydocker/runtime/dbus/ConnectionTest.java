package dev.mydocker.runtime.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTest {
  /** A peer that has said all it will say before it was asked, in pieces of this size. */
  private static final class Peer implements ByteStream {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Deque<byte[]> said = new ArrayDeque<>();
    private boolean closed;

    Peer says(byte[] bytes) {
      for (byte each : bytes) {
        said.add(new byte[] {each});
      }
      return this;
    }

    Peer says(String line) {
      return says(Bytes.encode(line));
    }

    @Override
    public void write(byte[] bytes, long deadline) {
      written.writeBytes(bytes);
    }

    @Override
    public byte[] read(int most, long deadline) {
      return said.isEmpty() ? new byte[0] : said.removeFirst();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static Connection connect(Peer peer) {
    return new Connection(peer, 0, 1_000_000_000L, message -> message.member().equals("Done"));
  }

  /** A message of a peer's: its header's fields as code, type and value in turn. */
  static byte[] message(int type, String signature, byte[] body, Object... fields) {
    BodyWriter w = new BodyWriter();
    w.byte8('l').byte8(type).byte8(0).byte8(1).int32(body.length).int32(77);
    w.array(
        8,
        () -> {
          for (int i = 0; i < fields.length; i += 3) {
            w.align(8).byte8((Integer) fields[i]);
            w.variant(new Variant((String) fields[i + 1], fields[i + 2]));
          }
          if (!signature.isEmpty()) {
            w.align(8).byte8(8).signature("g").signature(signature);
          }
        });
    w.align(8);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(w.bytes());
    all.writeBytes(body);
    return all.toByteArray();
  }

  private static byte[] call(Connection connection) {
    return connection
        .call("a.b", "/a", "a.b.C", "Do", "s", new BodyWriter().string("x").bytes())
        .body();
  }

  @Test
  void authenticatesByTheUserIdInHexadecimalDigits() {
    Peer peer = new Peer().says("OK 1234deadbeef\r\n");

    connect(peer).close();

    assertThat(Bytes.decode(peer.written.toByteArray()))
        .isEqualTo("\0AUTH EXTERNAL 30\r\nBEGIN\r\n");
    assertThat(peer.closed).isTrue();
  }

  @Test
  void aCallIsWhatTheSpecificationSays() {
    byte[] body = new BodyWriter().string("x").bytes();

    byte[] call = Message.call(5, "d.e", "/p", "i.f", "Mem", "s", body);

    // Worked out by hand from the specification's "Message Format".
    List<String> words =
        List.of(
            "6c 01 00 01 06 00 00 00 05 00 00 00 47 00 00 00",
            "01 01 6f 00 02 00 00 00 2f 70 00 00 00 00 00 00",
            "02 01 73 00 03 00 00 00 69 2e 66 00 00 00 00 00",
            "03 01 73 00 03 00 00 00 4d 65 6d 00 00 00 00 00",
            "06 01 73 00 03 00 00 00 64 2e 65 00 00 00 00 00",
            "08 01 67 00 01 73 00 00",
            "01 00 00 00 78 00");
    assertThat(java.util.HexFormat.ofDelimiter(" ").formatHex(call))
        .isEqualTo(String.join(" ", words));
  }

  @Test
  void aReplyIsFoundBehindSignalsAndOfThoseTheWantedAreKept() {
    Peer peer = new Peer().says("OK x\r\n");
    byte[] done = new BodyWriter().string("now").bytes();
    peer.says(message(Message.SIGNAL, "", new byte[0], 1, "o", "/a", 3, "s", "Noise"));
    peer.says(message(Message.SIGNAL, "s", done, 1, "o", "/a", 3, "s", "Done"));
    peer.says(message(Message.REPLY, "", new byte[0], 5, "u", 999));
    peer.says(message(Message.REPLY, "s", new BodyWriter().string("yes").bytes(), 5, "u", 1));

    try (Connection connection = connect(peer)) {
      assertThat(call(connection)).isEqualTo(new BodyWriter().string("yes").bytes());
      assertThat(connection.awaitSignal(signal -> true).reader().string()).isEqualTo("now");
    }
  }

  @Test
  void anErrorHasItsNameAndText() {
    Peer peer = new Peer().says("OK x\r\n");
    byte[] text = new BodyWriter().string("not\u001b yours").bytes();
    peer.says(message(Message.ERROR, "s", text, 4, "s", "a.b.Denied", 5, "u", 1));

    try (Connection connection = connect(peer)) {
      assertThatThrownBy(() -> call(connection))
          .isInstanceOfSatisfying(BusError.class, e -> assertThat(e.name()).isEqualTo("a.b.Denied"))
          .hasMessage("Do: not? yours");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"REJECTED EXTERNAL\r\n", "", "OK", "\r\n", "ERROR\u001b[2J\r\n"})
  void whoDoesNotLetUsInIsAClearError(String answer) {
    assertThatThrownBy(() -> connect(new Peer().says(answer)))
        .isInstanceOf(MydockerException.class)
        .hasMessageNotContaining("\u001b");
  }

  @Test
  void aLineWithoutEndIsNotReadForEver() {
    assertThatThrownBy(() -> connect(new Peer().says("x".repeat(5000))))
        .hasMessageContaining("a line without end");
  }

  @Test
  void brokenMessagesAreErrorsWhereverTheyBreak() {
    byte[] good =
        message(Message.REPLY, "s", new BodyWriter().string("yes").bytes(), 5, "u", 1, 7, "s", "x");
    for (int at = 0; at < good.length; at++) {
      for (int value : new int[] {0, 1, 0x7F, 0x80, 0xFF}) {
        byte[] bad = good.clone();
        bad[at] = (byte) value;
        Peer peer = new Peer().says("OK x\r\n").says(bad);
        try (Connection connection = connect(peer)) {
          // Either it is a reply still, or an error of ours: nothing else comes out.
          assertThat(call(connection)).hasSizeLessThan(64);
        } catch (MydockerException e) {
          assertThat(e).hasMessageNotContaining("\n");
        }
      }
    }
  }
}
