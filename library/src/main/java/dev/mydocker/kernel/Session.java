package dev.mydocker.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One end of a socket whose other end is a helper that performs segments there: a monitor, or the
 * future PID 1 of a container.
 *
 * <pre>
 *   engine                                   helper
 *     | segment, descriptors  ------------->  performs it
 *     | <-------------  reply, descriptors    and waits for the next
 *     | …
 *     | last segment  --------------------->  execve
 *     | <-------------  end of file           it worked: the socket was close-on-exec
 *     |          or     reply                 the step that failed, and why
 * </pre>
 */
public final class Session implements AutoCloseable {
  private static final int SHUT_WR = 1;

  private final Performer performer;
  private final int socket;
  private final String who;
  private boolean open = true;

  /**
   * @param performer whose descriptor {@code socket} is
   * @param who the part that the helper at the other end has: monitor, init
   */
  public Session(Performer performer, int socket, String who) {
    this.performer = performer;
    this.socket = socket;
    this.who = who;
  }

  /** The socket's number in the performer's process. */
  public int socket() {
    return socket;
  }

  /** Whose descriptor the socket is. */
  public Performer performer() {
    return performer;
  }

  /**
   * Has a segment performed and waits for what comes of it.
   *
   * @throws KernelException if the helper ended instead of answering (ECONNRESET)
   */
  public Reply call(Segment segment) {
    SegmentBuilder builder = Segment.builder();
    Segment sent = performer.outgoing(segment);
    addSend(builder, sent);
    return answer(builder, sent)
        .orElseThrow(() -> new KernelException("wait for a helper's answer", Errno.ECONNRESET));
  }

  /** Sends a segment without waiting. */
  public void send(Segment segment) {
    SegmentBuilder builder = Segment.builder();
    addSend(builder, performer.outgoing(segment));
    performer.perform(builder.build()).orThrow("send a segment to a helper");
  }

  /** Waits for the reply to a segment that was sent; empty if the other end closed instead. */
  public Optional<Reply> receive(Segment segment) {
    return answer(Segment.builder(), performer.outgoing(segment));
  }

  /**
   * Waits for what a process says of itself in the middle of a segment (OP_REPORT), or at its end;
   * empty if the other end closed instead.
   */
  public Optional<Reply> receiveReport(Segment segment) {
    return exchange(Segment.builder(), segment);
  }

  /**
   * Waits for the reply to a segment that somebody else has sent; empty if the other end closed
   * instead.
   *
   * @param instructions how many the segment has
   * @param returned how many bytes of data its reply has
   */
  public Optional<Reply> receiveForeign(int instructions, int returned) {
    int length = Wire.HEADER_SIZE + 8 * instructions + returned;
    return exchange(Segment.builder(), length, instructions, false);
  }

  private Optional<Reply> answer(SegmentBuilder builder, Segment sent) {
    Optional<Reply> reply = exchange(builder, sent);
    while (reply.isPresent() && reply.get().isPartial()) {
      performer.answered(who, sent, reply.get());
      reply = exchange(Segment.builder(), sent);
    }
    performer.answered(who, sent, reply.orElse(null));
    return reply;
  }

  /** Says that no more segments come, and waits until the helper has closed its end. */
  public void endAndAwait() {
    SegmentBuilder builder = Segment.builder();
    Value end = Value.of(socket);
    builder.syscall(Wire.SYS_SHUTDOWN, end, Value.of(SHUT_WR));
    builder.ignoringErrors();
    performer.perform(builder.build());
    Segment nothing = Segment.builder().build();
    Optional<Reply> unasked;
    do {
      unasked = receive(nothing);
    } while (unasked.isPresent());
  }

  /** As {@link #close}, but left to the caller, who closes more in one go. */
  public void addClose(List<Integer> descriptors) {
    if (open) {
      open = false;
      descriptors.add(socket);
    }
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      SegmentBuilder builder = Segment.builder();
      builder.syscall(Wire.SYS_CLOSE, Value.of(socket));
      builder.ignoringErrors();
      performer.perform(builder.build());
    }
  }

  private void addSend(SegmentBuilder builder, Segment segment) {
    byte[] message = segment.message();
    int[] descriptors = segment.descriptors();
    // The large one last: the room for the data then grows to what is needed, and no further.
    Value numbers = builder.ints(descriptors);
    builder.operation(
        Wire.OP_SEND,
        Value.of(socket),
        builder.bytes(message),
        Value.of(message.length),
        numbers,
        Value.of(descriptors.length));
  }

  private Optional<Reply> exchange(SegmentBuilder builder, Segment segment) {
    return exchange(builder, segment.replyLength(), segment.instructions(), segment.traced());
  }

  private Optional<Reply> exchange(
      SegmentBuilder builder, int replyLength, int instructions, boolean traced) {
    int capacity = Math.max(replyLength, Wire.HEADER_SIZE);
    int[] none = new int[Wire.MAXIMUM_DESCRIPTORS];
    Value buffer = builder.returned(capacity);
    Value descriptors = builder.returned(4 * none.length);
    Value length =
        builder.operation(
            Wire.OP_RECEIVE,
            Value.of(socket),
            buffer,
            Value.of(capacity),
            descriptors,
            Value.of(none.length));
    Reply outer = performer.perform(builder.build());
    if (outer.error() == Errno.EPIPE || outer.error() == Errno.ECONNRESET) {
      return Optional.empty();
    }
    outer.orThrow("talk to a helper");
    int received = (int) outer.result(length);
    if (received == 0) {
      return Optional.empty();
    }
    int count = 0;
    while (count < none.length && outer.number(descriptors.plus(4 * count), 4) >= 0) {
      none[count] = (int) outer.number(descriptors.plus(4 * count), 4);
      count++;
    }
    Reply reply =
        new Reply(outer.bytes(buffer, received), instructions, traced, Arrays.copyOf(none, count));
    if (received < replyLength && reply.error() != 0 && reply.failed() < 0) {
      throw new KernelException("perform a segment in a helper", reply.error());
    }
    return Optional.of(reply);
  }
}
