package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;

/** What a process wrote, and how it ended. */
public final class Output {
  private final Exit exit;
  private final byte[] stdout;
  private final byte[] stderr;

  Output(Exit exit, byte[] stdout, byte[] stderr) {
    this.exit = exit;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** How it ended. */
  public Exit exit() {
    return exit;
  }

  /** What it wrote to standard output; bytes that are not UTF-8 as lone surrogates U+DC80… */
  public String stdout() {
    return Bytes.decode(stdout);
  }

  /** What it wrote to standard error; empty with a terminal. */
  public String stderr() {
    return Bytes.decode(stderr);
  }

  /** What it wrote to standard output, as bytes. */
  public byte[] stdoutBytes() {
    return stdout.clone();
  }

  /** What it wrote to standard error, as bytes. */
  public byte[] stderrBytes() {
    return stderr.clone();
  }

  /**
   * Returns this if the process succeeded.
   *
   * @throws MydockerException with the exit and the end of what it wrote to standard error
   */
  public Output orThrow() {
    if (exit.succeeded()) {
      return this;
    }
    String said = stderr().strip();
    String problem =
        "the process ended with exit code "
            + exit.shellCode()
            + (said.isEmpty() ? "" : ": " + said.substring(Math.max(0, said.length() - 2000)));
    throw MydockerException.said(
        Category.CONFLICT, problem, "run a process in a container", "", problem, null);
  }
}
