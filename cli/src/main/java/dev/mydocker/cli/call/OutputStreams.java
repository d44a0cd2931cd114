package dev.mydocker.cli.call;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.io.OutputStream;

/** Standard output for those who write bytes that are nothing for people. */
public final class OutputStreams {
  private OutputStreams() {}

  /** Refuses to write an archive to a terminal, in Docker's words. */
  public static void refuseTerminal(Call call) {
    if (call.isTerminal(call.invocation().stdout())) {
      throw new MydockerException(
          Category.INVALID,
          "cowardly refusing to save to a terminal",
          "use the -o flag or redirect");
    }
  }

  /** An output as a stream. */
  public static OutputStream of(Output out) {
    return new OutputStream() {
      @Override
      public void write(int value) {
        out.write(new byte[] {(byte) value});
      }

      @Override
      public void write(byte[] bytes, int from, int count) {
        out.write(bytes, from, count);
      }

      @Override
      public void flush() {
        out.flush();
      }
    };
  }
}
