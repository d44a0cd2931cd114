package dev.mydocker.kernel;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a {@link CoProcess}: a segment goes out, its reply comes back, one at a time.
 *
 * <p>A thread that is interrupted while it waits loses the connection, and with it all descriptors:
 * what the segment had done by then is not known.
 */
final class CoProcessPerformer implements Performer {
  private final SocketChannel channel;
  private final String helper;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile boolean wasInterrupted;

  CoProcessPerformer(SocketChannel channel, String helper) {
    this.channel = channel;
    this.helper = helper;
  }

  @Override
  public Reply perform(Segment segment) {
    if (segment.descriptors().length > 0) {
      throw new IllegalArgumentException("descriptors travel over a session only");
    }
    try {
      turn.lockInterruptibly();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    boolean answered = false;
    try {
      byte[] reply = exchange(segment);
      answered = true;
      return read(segment, reply);
    } catch (ClosedByInterruptException e) {
      throw interrupted(e);
    } catch (ClosedChannelException e) {
      if (wasInterrupted) {
        // Clean-up behind the call that was: the interruption stays the cause that is seen.
        throw interrupted(e);
      }
      throw ended("the connection to the co-process is closed", e);
    } catch (IOException e) {
      throw ended(cause(e), e);
    } finally {
      if (!answered) {
        // Whatever comes next on this connection could not be told from the missing answer.
        closeQuietly(channel);
      }
      turn.unlock();
    }
  }

  private byte[] exchange(Segment segment) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(segment.message());
    while (out.hasRemaining()) {
      channel.write(out);
    }
    byte[] reply = new byte[Math.max(segment.replyLength(), Wire.HEADER_SIZE)];
    ByteBuffer in = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
    int length = Wire.HEADER_SIZE;
    while (in.position() < length) {
      if (channel.read(in) < 0) {
        throw new IOException("the co-process has ended");
      }
      if (in.position() >= Wire.HEADER_SIZE) {
        length = checkHeader(in, reply.length);
      }
    }
    boolean refused = in.getInt(Wire.HEADER_FAILED) < 0 && in.getInt(Wire.HEADER_ERROR) != 0;
    if (in.position() > length || length < reply.length && !refused) {
      throw new IOException("malformed answer");
    }
    return reply;
  }

  private static Reply read(Segment segment, byte[] message) {
    Reply reply = new Reply(message, segment.instructions(), segment.traced(), new int[0]);
    if (reply.error() != 0 && reply.failed() < 0) {
      throw new KernelException("perform a plan segment", reply.error());
    }
    return reply;
  }

  /** The length that a reply's header announces, once the header is there and makes sense. */
  private int checkHeader(ByteBuffer in, int capacity) throws IOException {
    if (in.getInt(Wire.HEADER_MAGIC) != Wire.MAGIC) {
      throw new IOException("malformed answer");
    }
    int version = in.getShort(Wire.HEADER_VERSION) & 0xFFFF;
    if (version != Wire.VERSION) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "talk to",
          helper,
          "it speaks version "
              + version
              + " of the wire format, the library version "
              + Wire.VERSION,
          "use the helper that came with the library");
    }
    int length = in.getInt(Wire.HEADER_LENGTH);
    if (length < Wire.HEADER_SIZE
        || length > capacity
        || (in.getShort(Wire.HEADER_FLAGS) & Wire.FLAG_REPLY) == 0) {
      throw new IOException("malformed answer");
    }
    return length;
  }

  @Override
  public String helper() {
    return helper;
  }

  /** Returns once the co-process has closed all that it held for us. */
  @Override
  public void close() {
    if (turn.tryLock()) {
      try {
        channel.shutdownOutput();
        ByteBuffer rest = ByteBuffer.allocate(Wire.HEADER_SIZE);
        while (channel.read(rest.clear()) >= 0) {
          // The end comes when the process that served us has been reaped.
        }
      } catch (IOException e) {
        // Closed already, or this thread is interrupted: nothing to wait for then.
      } finally {
        turn.unlock();
      }
    }
    closeQuietly(channel);
  }

  static void closeQuietly(@Nullable SocketChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Its descriptor is gone all the same: close(2).
    }
  }

  static String cause(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static MydockerException ended(String why, IOException e) {
    return MydockerException.of(Category.INTERNAL, "perform a plan segment", "", why, null, e);
  }

  /** The interrupt flag is for the callers above; NIO has left it set, a lock has not. */
  private MydockerException interrupted(Exception e) {
    Thread.currentThread().interrupt();
    wasInterrupted = true;
    return MydockerException.of(
        Category.INTERRUPTED, "perform a plan segment", "", "interrupted", null, e);
  }
}
