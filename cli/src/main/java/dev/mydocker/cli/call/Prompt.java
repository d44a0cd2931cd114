package dev.mydocker.cli.call;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Asks a person at a terminal. */
public final class Prompt {
  private static final int TCGETS = 0x5401;
  private static final int TCSETSF = 0x5404;
  private static final int TERMIOS = 64;
  private static final int LOCAL_FLAGS = 12;
  private static final int ECHO = 8;

  private Prompt() {}

  /** Asks for a line. */
  public static String line(Call call, String question) {
    requireTerminal(call);
    call.out().print(question).flush();
    return read(call);
  }

  /** Asks for a line that nobody shall see while it is typed. */
  public static String secret(Call call, String question) {
    requireTerminal(call);
    byte[] usual = settings(call);
    byte[] silent = usual.clone();
    silent[LOCAL_FLAGS] &= ~ECHO;
    // Ctrl-C must not leave a terminal that shows nothing.
    Thread restore = new Thread(() -> set(call, usual));
    Runtime.getRuntime().addShutdownHook(restore);
    call.out().print(question).flush();
    try {
      set(call, silent);
      return read(call);
    } finally {
      set(call, usual);
      Runtime.getRuntime().removeShutdownHook(restore);
      call.out().println("").flush();
    }
  }

  private static void requireTerminal(Call call) {
    if (!call.isTerminal(call.invocation().stdin())) {
      throw new MydockerException(
          Category.INVALID,
          "Cannot perform an interactive login from a non TTY device",
          "give --username and --password-stdin");
    }
  }

  private static byte[] settings(Call call) {
    SegmentBuilder b = Segment.builder();
    Value settings = b.returned(TERMIOS);
    b.syscall(Wire.SYS_IOCTL, Value.of(call.invocation().stdin()), Value.of(TCGETS), settings);
    Reply reply = call.host().files().performer().perform(b.build());
    return reply.orThrow("read the terminal's settings").bytes(settings, TERMIOS);
  }

  private static void set(Call call, byte[] settings) {
    SegmentBuilder b = Segment.builder();
    b.syscall(
        Wire.SYS_IOCTL, Value.of(call.invocation().stdin()), Value.of(TCSETSF), b.bytes(settings));
    call.host().files().performer().perform(b.build()).orThrow("change the terminal's settings");
  }

  private static String read(Call call) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (DescriptorInput in = new DescriptorInput(call.host().files(), call.invocation().stdin())) {
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        line.write(c);
      }
    } catch (IOException e) {
      throw new MydockerException(Category.INVALID, "read the answer: " + e.getMessage(), null, e);
    }
    return Bytes.decode(line.toByteArray()).strip();
  }
}
