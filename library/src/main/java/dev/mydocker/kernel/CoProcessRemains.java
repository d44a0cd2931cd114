package dev.mydocker.kernel;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Directories of co-processes that were killed together with their JVM: those of this user in
 * {@code java.io.tmpdir} that hold nothing but what {@link CoProcess} puts there, and where nobody
 * listens.
 */
public final class CoProcessRemains {
  private static final Set<String> OURS = Set.of("socket", "mydocker-helper", "owned");
  private static final Duration OLD = Duration.ofMinutes(1);

  private CoProcessRemains() {}

  /** Returns their absolute paths. */
  public static List<Path> find() {
    List<Path> found = new ArrayList<>();
    Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp")).toAbsolutePath();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(temporary, "mydocker-*")) {
      for (Path entry : entries) {
        if (isLeft(entry)) {
          found.add(entry);
        }
      }
    } catch (IOException e) {
      throw new KernelException("list " + temporary, Errno.EIO);
    }
    return found;
  }

  private static boolean isLeft(Path directory) {
    String number = String.valueOf(directory.getFileName()).substring("mydocker-".length());
    if (number.isEmpty() || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    try {
      return Files.getOwner(directory).equals(Files.getOwner(Path.of("/proc/self")))
          && Files.getLastModifiedTime(directory).toInstant().isBefore(Instant.now().minus(OLD))
          && holdsOnlyOurs(directory)
          && !isServed(directory.resolve("socket"));
    } catch (IOException e) {
      // Removed meanwhile, or not ours to look into.
      return false;
    }
  }

  private static boolean holdsOnlyOurs(Path directory) throws IOException {
    boolean any = false;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (!OURS.contains(String.valueOf(entry.getFileName()))) {
          return false;
        }
        any = true;
      }
    }
    return any;
  }

  private static boolean isServed(Path socket) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Removes one that {@link #find} found; false if it is none any more. */
  public static boolean remove(Path directory) {
    if (!isLeft(directory)) {
      return false;
    }
    try {
      for (String name : OURS) {
        Files.deleteIfExists(directory.resolve(name));
      }
      return Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new KernelException("remove " + directory, Errno.EIO);
    }
  }
}
