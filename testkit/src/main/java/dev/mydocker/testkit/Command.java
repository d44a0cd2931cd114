package dev.mydocker.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program to run in a test, with a time limit and everything it prints kept. */
public final class Command {
  /** A minute, or as many seconds as the property says: an emulated machine needs more. */
  private static final Duration LIMIT =
      Duration.ofSeconds(Integer.getInteger("mydocker.patience", 60));

  private final List<String> line;
  private final Map<String, String> environment = new HashMap<>();
  private boolean emptyEnvironment;
  private byte[] input = new byte[0];
  private @Nullable Path directory;
  private Duration limit = LIMIT;
  private Charset charset = StandardCharsets.UTF_8;

  /** Prepares a program and its arguments. */
  public Command(List<String> line) {
    this.line = List.copyOf(line);
  }

  /** Prepares a program and its arguments. */
  public static Command of(String... line) {
    return new Command(List.of(line));
  }

  /** The program and its arguments. */
  public List<String> line() {
    return line;
  }

  /** Adds to the environment. */
  public Command environment(Map<String, String> more) {
    environment.putAll(more);
    return this;
  }

  /** Adds one variable to the environment. */
  public Command environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Inherits nothing, as {@code env -i}. */
  public Command emptyEnvironment() {
    emptyEnvironment = true;
    return this;
  }

  /** Runs in this directory. */
  public Command directory(Path where) {
    directory = where;
    return this;
  }

  /** Gives this as standard input; without it there is none. */
  public Command input(String text) {
    input = text.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  /** Reads what it prints as ISO 8859-1, one character for each byte, instead of UTF-8. */
  public Command bytes() {
    charset = StandardCharsets.ISO_8859_1;
    return this;
  }

  /** Kills it after this time instead of the usual one. */
  public Command limit(Duration time) {
    limit = time;
    return this;
  }

  /** Starts it, for the caller to wait for. */
  public Process start() {
    ProcessBuilder builder = new ProcessBuilder(line);
    if (emptyEnvironment) {
      builder.environment().clear();
    }
    builder.environment().putAll(environment);
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs it to its end. */
  public Result run() {
    Process process = start();
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    List<Thread> threads = new ArrayList<>();
    threads.add(Thread.ofVirtual().start(() -> copy(process.getInputStream(), stdout)));
    threads.add(Thread.ofVirtual().start(() -> copy(process.getErrorStream(), stderr)));
    threads.add(Thread.ofVirtual().start(() -> feed(process)));
    try {
      if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        String where = Proc.whereabouts(process.toHandle());
        process.destroyForcibly();
        throw new IllegalStateException(
            line + " did not end within " + limit + "; it printed\n" + stdout + stderr + where);
      }
      for (Thread thread : threads) {
        // Something that outlives it may hold its output open.
        thread.join(Duration.ofSeconds(10));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    synchronized (stdout) {
      synchronized (stderr) {
        return new Result(process.exitValue(), stdout.toString(charset), stderr.toString(charset));
      }
    }
  }

  private static void copy(InputStream from, ByteArrayOutputStream to) {
    try (from) {
      byte[] buffer = new byte[8192];
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        synchronized (to) {
          to.write(buffer, 0, read);
        }
      }
    } catch (IOException e) {
      // The process was killed: what it had printed is kept.
      return;
    }
  }

  private void feed(Process process) {
    try (OutputStream out = process.getOutputStream()) {
      out.write(input);
    } catch (IOException e) {
      // It ended without reading all of it, as a program may.
      return;
    }
  }

  /**
   * How it ended, and what it printed.
   *
   * @param exit the exit code
   * @param stdout standard output
   * @param stderr standard error
   */
  public record Result(int exit, String stdout, String stderr) {
    /** Fails if the exit code is not 0. */
    public Result orThrow() {
      if (exit != 0) {
        throw new IllegalStateException(this.toString());
      }
      return this;
    }

    @Override
    public String toString() {
      return "exit " + exit + "\nstdout: " + stdout + "\nstderr: " + stderr;
    }
  }
}
