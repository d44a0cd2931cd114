package dev.mydocker.engine;

import dev.mydocker.kernel.Bytes;
import java.util.Arrays;

/**
 * A piece of a container's output.
 *
 * @param time when it was read from the container, in nanoseconds since 1970
 * @param stamp the same as the log has it: RFC 3339 with nine decimals
 * @param stderr whether it was written to standard error
 * @param bytes what was written, with the newline if there was one
 */
public record LogLine(long time, String stamp, boolean stderr, byte[] bytes) {
  /** The text, with bytes that are not UTF-8 as lone surrogates, without the newline. */
  public String text() {
    int length = isWhole() ? bytes.length - 1 : bytes.length;
    return Bytes.decode(bytes, 0, length);
  }

  /** This and what follows of the line. */
  LogLine plus(LogLine more) {
    byte[] both = Arrays.copyOf(bytes, bytes.length + more.bytes.length);
    System.arraycopy(more.bytes, 0, both, bytes.length, more.bytes.length);
    return new LogLine(time, stamp, stderr, both);
  }

  /** Whether it ends a line; else more of the line follows, or the output ends here. */
  public boolean isWhole() {
    return bytes.length > 0 && bytes[bytes.length - 1] == '\n';
  }
}
