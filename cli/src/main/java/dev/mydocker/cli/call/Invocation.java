package dev.mydocker.cli.call;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.LocalZone;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.runtime.HookEnvironment;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * One call of mydocker and everything it knows of its caller. Commands look nowhere else, so many
 * can run in one JVM: tests, training, and later a warm engine.
 *
 * @param words the words after {@code mydocker}
 * @param environment the caller's variables
 * @param directory the caller's working directory
 * @param stdin the descriptor of standard input
 * @param stdout the descriptor of standard output
 * @param stderr the descriptor of standard error
 * @param out writes to standard output
 * @param err writes to standard error
 * @param clock tells the time as {@link Timestamp} has it
 */
public record Invocation(
    List<String> words,
    Map<String, String> environment,
    String directory,
    int stdin,
    int stdout,
    int stderr,
    Output out,
    Output err,
    LongSupplier clock) {
  private static final String KEPT = HookEnvironment.KEPT;

  /** Arguments and variables together can be 6 MiB long (execve(2)). */
  private static final int LIMIT = 1 << 24;

  /** Keeps immutable copies. */
  public Invocation {
    words = List.copyOf(words);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    if (!directory.startsWith("/")) {
      throw new IllegalArgumentException("not an absolute directory: " + directory);
    }
  }

  /**
   * Returns the call this process was started for.
   *
   * <p>Words and variables are read from /proc, as bytes: under LANG=C, which services have, Java's
   * own arguments have lost every letter outside ASCII.
   *
   * @param main the class that java was told to start
   * @param files reads them
   */
  public static Invocation ofProcess(String main, FileWorker files) {
    String directory = System.getProperty("user.dir", "");
    return new Invocation(
        words(read(files, "/proc/self/cmdline"), main),
        environment(read(files, "/proc/self/environ")),
        isPlain(directory)
            ? directory
            : files.readLink(FileWorker.HOST, "/proc/self/cwd").orElse("/"),
        0,
        1,
        2,
        Output.buffered(new FileOutputStream(FileDescriptor.out)),
        Output.byLine(new FileOutputStream(FileDescriptor.err)),
        Timestamp::now);
  }

  /** Returns the same call without the word that only says what kind of process this is. */
  public Invocation withoutFirstWord() {
    return new Invocation(
        words.subList(1, words.size()),
        environment,
        directory,
        stdin,
        stdout,
        stderr,
        out,
        err,
        clock);
  }

  /** Returns the zone that the caller's clock shows. */
  public LocalZone zone() {
    return LocalZone.of(environment);
  }

  /** Returns the present, in nanoseconds since 1970. */
  public long now() {
    return clock.getAsLong();
  }

  /** The words behind java's options and our main class. */
  static List<String> words(byte[] commandLine, String main) {
    List<String> all = strings(commandLine);
    int at = all.indexOf(main);
    if (at < 0) {
      throw new MydockerException(
          Category.INTERNAL, "read /proc/self/cmdline: it does not name " + main);
    }
    return all.subList(at + 1, all.size());
  }

  /** The variables as the launcher's caller had them; of two with one name the first counts. */
  static Map<String, String> environment(byte[] entries) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String entry : strings(entries)) {
      int equals = entry.indexOf('=', 1);
      if (equals > 0) {
        all.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    List<String> kept = new ArrayList<>();
    for (String name : all.keySet()) {
      if (name.startsWith(KEPT)) {
        kept.add(name);
      }
    }
    for (String name : kept) {
      String value = all.remove(name);
      if (value != null) {
        all.put(name.substring(KEPT.length()), value);
      }
    }
    return all;
  }

  /** Strings that each end with a zero byte. */
  private static List<String> strings(byte[] bytes) {
    List<String> all = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        all.add(Bytes.decode(bytes, from, i));
        from = i + 1;
      }
    }
    if (from < bytes.length) {
      all.add(Bytes.decode(bytes, from, bytes.length));
    }
    return all;
  }

  private static boolean isPlain(String path) {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c > '~' || c < ' ' || c == '?') {
        return false;
      }
    }
    return path.startsWith("/");
  }

  /** Not by a FileInputStream, the first of which starts a thread. */
  private static byte[] read(FileWorker files, String path) {
    return files.read(FileWorker.HOST, path, LIMIT);
  }
}
