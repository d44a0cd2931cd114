package dev.mydocker.kernel;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A helper that performs segments for a JVM that is somebody else's: without native code in it, so
 * without a flag, a warning or a thread that blocks in the kernel.
 *
 * <p>It is started once and listens on a socket in a private directory; each {@link #open()} is a
 * connection, which a process of its own serves: descriptors belong to the connection, and what
 * blocks one blocks no other. Any number of virtual threads may wait for their answers.
 *
 * <p>When this JVM ends, kill -9 included, the helper sees the end of its standard input, removes
 * the directory and what is named in its {@code owned}, and ends; other monitors that were started
 * through it live on. Only if both are killed at once the directory, {@code mydocker-…} in {@code
 * java.io.tmpdir}, stays behind; it may be deleted at any time.
 */
public final class CoProcess implements AutoCloseable {
  private static final String HELPER = "mydocker-helper";
  private static final int EXECUTABLE_BUSY = 26;
  private static final long PATIENCE_SECONDS = 10;

  /** Of 107 bytes (unix(7)), what the names of our directory and socket leave. */
  private static final int LONGEST_TEMPORARY =
      107 - "/mydocker-".length() - 20 - "/socket".length();

  private final Path directory;
  private final Path helper;
  private final Process process;

  private CoProcess(Path directory, Path helper, Process process) {
    this.directory = directory;
    this.helper = helper;
    this.process = process;
  }

  /**
   * Starts the helper: that of the directory which the system property {@code mydocker.home} names,
   * or else the one that the library's jar holds, copied to a private directory.
   *
   * @throws MydockerException if there is none, or it cannot be executed
   */
  public static CoProcess start() {
    return start(System.getProperty("mydocker.home"));
  }

  /**
   * Starts the helper.
   *
   * @param home the directory that holds {@code mydocker-helper}; null for the jar's
   * @throws MydockerException if there is none, or it cannot be executed
   */
  public static CoProcess start(@Nullable String home) {
    Path directory = makeDirectory();
    boolean started = false;
    try {
      Path helper = home == null ? extract(directory) : Path.of(home, HELPER).toAbsolutePath();
      CoProcess coProcess = new CoProcess(directory, helper, execute(helper, directory));
      coProcess.awaitReady();
      started = true;
      return coProcess;
    } finally {
      if (!started) {
        delete(directory);
      }
    }
  }

  /**
   * Opens a performer of its own: what it opens is closed with it.
   *
   * @throws MydockerException if the co-process has ended
   */
  public Performer open() {
    Path socket = directory.resolve("socket");
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      // Whoever might have replaced the socket would perform our plans.
      if (!channel
          .getOption(ExtendedSocketOptions.SO_PEERCRED)
          .user()
          .equals(Files.getOwner(directory))) {
        throw MydockerException.of(
            Category.UNSUPPORTED, "connect to", socket, "it belongs to another user");
      }
      CoProcessPerformer performer = new CoProcessPerformer(channel, helper.toString());
      channel = null;
      return performer;
    } catch (ClosedByInterruptException e) {
      Thread.currentThread().interrupt();
      throw MydockerException.of(
          Category.INTERRUPTED, "connect to", socket, "interrupted", null, e);
    } catch (IOException e) {
      throw MydockerException.of(
          Category.INTERNAL,
          "connect to",
          socket,
          CoProcessPerformer.cause(e),
          process.isAlive() ? null : "the co-process has ended",
          e);
    } finally {
      CoProcessPerformer.closeQuietly(channel);
    }
  }

  /** The private directory of the co-process, which it removes at its end. */
  public String directory() {
    return directory.toString();
  }

  /** The helper program, as a path on the host. */
  public String helper() {
    return helper.toString();
  }

  /** Ends the helper, and with it what its performers hold. Monitors and containers go on. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    delete(directory);
  }

  private void awaitReady() {
    boolean ready = false;
    try {
      ready = process.getInputStream().read() == '\n';
      if (!ready && process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new KernelException("listen in " + directory, process.exitValue());
      }
      if (!ready) {
        throw MydockerException.of(Category.INTERNAL, "start", helper, "it does not answer");
      }
    } catch (IOException e) {
      throw MydockerException.of(
          Category.INTERNAL, "start", helper, CoProcessPerformer.cause(e), null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MydockerException.of(Category.INTERRUPTED, "start", helper, "interrupted", null, e);
    } finally {
      if (!ready) {
        process.destroyForcibly();
      }
    }
  }

  /** Only this user may enter it, so only this user can connect. */
  private static Path makeDirectory() {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp")).toAbsolutePath();
    if (Bytes.encode(temporary.toString()).length > LONGEST_TEMPORARY) {
      throw MydockerException.of(
          Category.INVALID,
          "create a socket in",
          temporary,
          "the path is longer than a socket's may be",
          "set the system property java.io.tmpdir to a shorter one");
    }
    try {
      return Files.createTempDirectory(
          temporary,
          "mydocker-",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw MydockerException.of(
          Category.RESOURCE,
          "create a directory in",
          temporary,
          CoProcessPerformer.cause(e),
          "set the system property java.io.tmpdir to a directory that can be written",
          e);
    }
  }

  private static Path extract(Path directory) {
    String architecture = System.getProperty("os.arch", "");
    String resource = "/dev/mydocker/native/" + architecture + "/" + HELPER;
    Path helper = directory.resolve(HELPER);
    try (InputStream in = CoProcess.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw MydockerException.of(
            Category.UNSUPPORTED,
            "start",
            HELPER,
            "the library holds none for " + architecture,
            "set the system property mydocker.home to the directory that holds one");
      }
      Files.copy(in, helper);
      Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("r-x------"));
      return helper;
    } catch (IOException e) {
      throw MydockerException.of(
          Category.RESOURCE, "write", helper, CoProcessPerformer.cause(e), null, e);
    }
  }

  private static Process execute(Path helper, Path directory) {
    ProcessBuilder builder = new ProcessBuilder(helper.toString(), "worker", directory.toString());
    builder.environment().clear();
    builder.directory(new File("/"));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    for (int tries = 1; ; tries++) {
      try {
        return builder.start();
      } catch (IOException e) {
        // A program that another thread's child still has open for writing, from the copying.
        if (tries < 100 && cause(e).contains("error: " + EXECUTABLE_BUSY)) {
          pause();
          continue;
        }
        throw notExecutable(helper, e);
      }
    }
  }

  private static MydockerException notExecutable(Path helper, IOException e) {
    if (!Files.exists(helper)) {
      return MydockerException.of(
          Category.NOT_FOUND,
          "start",
          helper,
          "no such file",
          "set the system property mydocker.home to the directory that holds " + HELPER,
          e);
    }
    // access(2) says no to the x permission on a file system that is mounted noexec.
    return Files.isExecutable(helper)
        ? MydockerException.of(Category.INTERNAL, "start", helper, cause(e), null, e)
        : MydockerException.of(
            Category.UNSUPPORTED,
            "start",
            helper,
            "permission denied",
            "is its file system mounted noexec? set the system property java.io.tmpdir, or"
                + " mydocker.home, to a directory where programs may be executed",
            e);
  }

  private static String cause(IOException e) {
    return CoProcessPerformer.cause(e);
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the helper removes itself when it ends in time. */
  private static void delete(Path directory) {
    try {
      Files.deleteIfExists(directory.resolve("socket"));
      Files.deleteIfExists(directory.resolve(HELPER));
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      // It stays in the temporary directory, as after a crash.
    }
  }
}
