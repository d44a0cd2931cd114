package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads a container's log: CRI lines, {@code TIME STREAM P|F TEXT}, where F means that the text was
 * a line, and P that it had no newline. Rotated files come first, oldest to newest.
 */
final class LogReader implements AutoCloseable {
  private static final int CHUNK = 1 << 17;

  /** A record's longest text, and room for what stands before it. */
  private static final int LONGEST = (1 << 16) + 128;

  private final FileWorker files;
  private final LogFiles log;

  /** Oldest first; the last is container.log itself. */
  private final List<Integer> opened = new ArrayList<>();

  /** Where reading of container.log stopped, for a follower to go on. */
  private long end;

  /**
   * Opens the files.
   *
   * @throws MydockerException if there is no log that can be read
   */
  LogReader(FileWorker files, String directory) {
    this.files = files;
    this.log = new LogFiles(files, directory);
    boolean done = false;
    try {
      while (openNext()) {
        // Up to container.log.
      }
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  /** Opens the file after {@link #newest}, for it to be read on; false if there is none. */
  boolean openNext() {
    int file = log.next();
    if (file >= 0) {
      opened.add(file);
    }
    return file >= 0;
  }

  /** Closes all files but {@link #newest}. */
  void closeOlder() {
    while (opened.size() > 1) {
      files.close(opened.removeFirst());
    }
  }

  /** The descriptor of container.log as it was when this looked last; -1 if there was none. */
  int newest() {
    return opened.isEmpty() ? -1 : opened.getLast();
  }

  /** Where the follower goes on in {@link #newest}. */
  long end() {
    return end;
  }

  /** Hands every record that was asked for to {@code sink}. */
  void read(LogQuery query, Consumer<LogLine> sink) {
    int first = 0;
    long offset = 0;
    if (query.tail() >= 0) {
      long missing = query.tail();
      first = opened.size();
      while (first > 0 && (missing > 0 || first == opened.size())) {
        first--;
        Tail tail = new Tail(query);
        offset = tail.find(opened.get(first), missing);
        missing -= tail.found;
      }
    }
    for (int i = first; i < opened.size(); i++) {
      end = read(opened.get(i), i == first ? offset : 0, query, sink);
    }
  }

  /** Reads whole records from an offset on; where it stopped. */
  long read(int file, long offset, LogQuery query, Consumer<LogLine> sink) {
    byte[] kept = new byte[0];
    long at = offset;
    while (true) {
      byte[] more = files.readAt(file, at + kept.length, CHUNK);
      if (more.length == 0) {
        return at;
      }
      byte[] bytes = join(kept, more);
      int from = 0;
      for (int i = kept.length; i < bytes.length; i++) {
        if (bytes[i] == '\n') {
          offer(bytes, from, i, query, sink);
          from = i + 1;
        }
      }
      at += from;
      kept = Arrays.copyOfRange(bytes, from, bytes.length);
      if (kept.length > LONGEST) {
        // Not ours: no record is that long.
        at += kept.length;
        kept = new byte[0];
      }
    }
  }

  private static byte[] join(byte[] left, byte[] right) {
    if (left.length == 0) {
      return right;
    }
    byte[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  /** Decodes {@code bytes[from..to)} and hands it on if it is wanted. */
  private static void offer(
      byte[] bytes, int from, int to, LogQuery query, Consumer<LogLine> sink) {
    int stream = next(bytes, from, to);
    int tag = next(bytes, stream, to);
    int text = next(bytes, tag, to);
    if (text < 0) {
      return;
    }
    boolean stderr = bytes[stream + 3] == 'e';
    if (stderr ? !query.stderr() : !query.stdout()) {
      return;
    }
    String stamp = Bytes.decode(bytes, from, stream - 1);
    long time = Times.parse("time", stamp);
    if (time < query.since() || query.until() != 0 && time >= query.until()) {
      return;
    }
    boolean whole = bytes[tag] == 'F';
    byte[] content = Arrays.copyOfRange(bytes, text, whole ? to + 1 : to);
    sink.accept(new LogLine(time, stamp, stderr, content));
  }

  /** The place behind the next space, or -1. */
  private static int next(byte[] bytes, int from, int to) {
    if (from < 0) {
      return -1;
    }
    for (int i = from; i < to; i++) {
      if (bytes[i] == ' ') {
        return i + 1;
      }
    }
    return -1;
  }

  /** Finds where the last lines of a file begin, reading it backwards. */
  private final class Tail {
    private final LogQuery query;
    private long found;

    Tail(LogQuery query) {
      this.query = query;
    }

    /** The offset at which the last {@code wanted} wanted lines begin; {@code found} counts. */
    long find(int file, long wanted) {
      long size = files.status(file).size();
      if (wanted == 0) {
        return size;
      }
      long begin = size;
      byte[] behind = new byte[0];
      long[] start = {size};
      // A piece without newline at the very end is a line too.
      boolean[] inLine = {false};
      while (begin > 0) {
        int length = (int) Math.min(CHUNK, begin);
        begin -= length;
        byte[] bytes = join(files.readAt(file, begin, length), behind);
        int to = bytes.length;
        for (int i = bytes.length - 2; i >= -1; i--) {
          boolean edge = i < 0 ? begin == 0 : bytes[i] == '\n';
          if (edge && to > 0) {
            if (count(bytes, i + 1, to - 1, wanted, inLine)) {
              return start[0];
            }
            start[0] = begin + i + 1;
            to = i + 1;
          }
        }
        behind = Arrays.copyOf(bytes, to);
      }
      return start[0];
    }

    /** Counts a record from behind; true if it belongs to a line that is not wanted any more. */
    private boolean count(byte[] bytes, int from, int to, long wanted, boolean[] inLine) {
      boolean[] whole = {false};
      boolean[] matched = {false};
      offer(
          bytes,
          from,
          Math.min(to, bytes.length - 1),
          new LogQuery(-1, 0, 0, query.stdout(), query.stderr()),
          line -> {
            matched[0] = true;
            whole[0] = line.isWhole();
          });
      if (!matched[0]) {
        return false;
      }
      if (whole[0] || !inLine[0]) {
        if (found == wanted) {
          return true;
        }
        found++;
        inLine[0] = true;
      }
      return false;
    }
  }

  @Override
  public void close() {
    for (int file : opened) {
      files.close(file);
    }
    opened.clear();
  }
}
