package dev.mydocker.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program in a pseudoterminal of 24 lines and 80 columns, and a person who types: script(1) of
 * util-linux makes the terminal.
 */
public final class Terminal implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process process;
  private final StringBuilder seen = new StringBuilder();

  private Terminal(Process process) {
    this.process = process;
    Thread.ofVirtual().start(() -> read(process.getInputStream()));
  }

  /** Starts a program. */
  public static Terminal of(List<String> line, Map<String, String> environment) {
    StringBuilder shell = new StringBuilder("stty rows 24 cols 80; exec");
    for (String word : line) {
      shell.append(" '").append(word.replace("'", "'\\''")).append('\'');
    }
    return new Terminal(
        Command.of("script", "-qefc", shell.toString(), "/dev/null")
            .environment(environment)
            .environment("SHELL", "/bin/sh")
            .start());
  }

  private void read(InputStream from) {
    byte[] buffer = new byte[4096];
    try {
      for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
        synchronized (seen) {
          seen.append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
          seen.notifyAll();
        }
      }
    } catch (IOException e) {
      // The process was killed: what was seen is kept.
      return;
    }
  }

  /** Types. */
  public Terminal type(String text) {
    try {
      process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the screen has shown a text, and forgets all up to its end. */
  public Terminal await(String text) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    synchronized (seen) {
      while (seen.indexOf(text) < 0) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new IllegalStateException("waited for <" + text + "> and saw <" + seen + ">");
        }
        try {
          seen.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted", e);
        }
      }
      seen.delete(0, seen.indexOf(text) + text.length());
    }
    return this;
  }

  /** Waits for the program's end; its exit code. */
  public int exit() {
    try {
      if (!process.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException("it did not end, and has shown <" + seen + ">");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
