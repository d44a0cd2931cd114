package dev.mydocker.runtime.dbus;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;

/**
 * A connection on which one call is made after the other. Signals that come meanwhile are kept if
 * somebody wants them.
 *
 * <pre>
 *   we                              the peer
 *    | 0, AUTH EXTERNAL uid -------> looks at the socket's credentials
 *    | <--------------------- OK id
 *    | BEGIN ----------------------> from here on messages, both ways
 * </pre>
 */
public final class Connection implements AutoCloseable {
  private static final int LINE = 1024;

  /** A peer that sends signals for ever and no answer must not keep us, or fill our memory. */
  private static final int MOST_MESSAGES = 100_000;

  private static final int MOST_SIGNALS = 1024;

  private final ByteStream stream;
  private final long patience;
  private final Predicate<Message> wanted;
  private final Deque<Message> signals = new ArrayDeque<>();
  private byte[] unread = new byte[0];
  private int serial;

  /**
   * Authenticates by the user id.
   *
   * @param patience how long a peer may take for an answer, in nanoseconds
   * @param wanted signals that are kept for {@link #awaitSignal}
   */
  public Connection(ByteStream stream, long uid, long patience, Predicate<Message> wanted) {
    this.stream = stream;
    this.patience = patience;
    this.wanted = wanted;
    long deadline = deadline();
    stream.write(Bytes.encode("\0AUTH EXTERNAL " + hex(Long.toString(uid)) + "\r\n"), deadline);
    String answer = line(deadline);
    if (!answer.startsWith("OK ")) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "authenticate to D-Bus as user",
          uid,
          "it answers: " + shown(answer));
    }
    stream.write(Bytes.encode("BEGIN\r\n"), deadline);
  }

  private static String hex(String digits) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < digits.length(); i++) {
      text.append(Integer.toHexString(digits.charAt(i)));
    }
    return text.toString();
  }

  private static String shown(String answer) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < answer.length() && i < 300; i++) {
      char c = answer.charAt(i);
      text.append(c >= ' ' && c < 0x7F ? c : '?');
    }
    return text.toString();
  }

  private String line(long deadline) {
    StringBuilder line = new StringBuilder();
    while (line.length() < LINE) {
      char c = (char) (take(1, deadline)[0] & 0xFF);
      if (c == '\n') {
        return line.toString().strip();
      }
      line.append(c);
    }
    throw BodyReader.broken("a line without end");
  }

  private long deadline() {
    return System.nanoTime() + patience;
  }

  /**
   * Calls a method and waits for its reply.
   *
   * @throws BusError what the service answered instead
   * @throws MydockerException TIMEOUT, or what went wrong with the connection
   */
  public Message call(
      String destination,
      String path,
      String interfaceName,
      String member,
      String signature,
      byte[] body) {
    serial++;
    long deadline = deadline();
    stream.write(
        Message.call(serial, destination, path, interfaceName, member, signature, body), deadline);
    for (int i = 0; i < MOST_MESSAGES; i++) {
      Message message = receive(deadline);
      if (message.type() == Message.SIGNAL) {
        keep(message);
      } else if (message.replySerial() == serial && message.type() == Message.REPLY) {
        return message;
      } else if (message.replySerial() == serial && message.type() == Message.ERROR) {
        String text = message.signature().startsWith("s") ? message.reader().string() : "";
        throw new BusError(member, message.errorName(), shown(text));
      }
    }
    throw BodyReader.broken("too many, and none is the answer");
  }

  private void keep(Message message) {
    if (wanted.test(message)) {
      if (signals.size() == MOST_SIGNALS) {
        signals.removeFirst();
      }
      signals.add(message);
    }
  }

  /**
   * Waits for a signal among the wanted ones, which may have come already.
   *
   * @throws MydockerException TIMEOUT
   */
  public Message awaitSignal(Predicate<Message> which) {
    long deadline = deadline();
    for (int i = 0; i < MOST_MESSAGES; i++) {
      while (!signals.isEmpty()) {
        Message signal = signals.removeFirst();
        if (which.test(signal)) {
          return signal;
        }
      }
      Message message = receive(deadline);
      if (message.type() == Message.SIGNAL) {
        keep(message);
      }
    }
    throw BodyReader.broken("too many, and none is the signal");
  }

  private Message receive(long deadline) {
    byte[] fixed = take(Message.FIXED, deadline);
    int length = Message.length(fixed);
    byte[] rest = take(length - Message.FIXED, deadline);
    byte[] all = new byte[length];
    System.arraycopy(fixed, 0, all, 0, fixed.length);
    System.arraycopy(rest, 0, all, fixed.length, rest.length);
    return Message.read(all);
  }

  private byte[] take(int count, long deadline) {
    while (unread.length < count) {
      byte[] more = stream.read(1 << 16, deadline);
      if (more.length == 0) {
        throw MydockerException.of(
            Category.INTERNAL, "read D-Bus message", "", "the other side closed the connection");
      }
      byte[] all = new byte[unread.length + more.length];
      System.arraycopy(unread, 0, all, 0, unread.length);
      System.arraycopy(more, 0, all, unread.length, more.length);
      unread = all;
    }
    byte[] taken = new byte[count];
    System.arraycopy(unread, 0, taken, 0, count);
    byte[] rest = new byte[unread.length - count];
    System.arraycopy(unread, count, rest, 0, rest.length);
    unread = rest;
    return taken;
  }

  @Override
  public void close() {
    stream.close();
  }
}
