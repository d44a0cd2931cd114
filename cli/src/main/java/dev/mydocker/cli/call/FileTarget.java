package dev.mydocker.cli.call;

import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import java.io.OutputStream;
import java.util.Optional;

/**
 * A file of the host that a command writes: it appears, or replaces what was there, once it is
 * complete. What is no regular file, a pipe or a device, is written as it is.
 */
public final class FileTarget extends OutputStream {
  private static final int SIZE = 1 << 16;

  private final FileWorker files;
  private final String path;
  private final String partial;
  private final int file;
  private final byte[] buffer = new byte[SIZE];
  private int length;
  private boolean complete;

  private FileTarget(FileWorker files, String path, String partial, int file) {
    this.files = files;
    this.path = path;
    this.partial = partial;
    this.file = file;
  }

  /**
   * Begins a file.
   *
   * @param path an absolute path
   */
  public static FileTarget open(FileWorker files, String path) {
    Optional<FileStatus> there = files.statusFollowing(FileWorker.HOST, path);
    boolean special = there.isPresent() && !there.get().isRegular();
    String partial = special ? path : path + ".partial";
    int flags = Linux.O_WRONLY | (special ? 0 : Linux.O_CREAT | Linux.O_TRUNC);
    return new FileTarget(files, path, partial, files.open(FileWorker.HOST, partial, flags, 0666));
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) {
    if (count > SIZE - length) {
      flush();
    }
    if (count > SIZE) {
      files.write(file, bytes, from, count);
    } else {
      System.arraycopy(bytes, from, buffer, length, count);
      length += count;
    }
  }

  @Override
  public void flush() {
    files.write(file, buffer, 0, length);
    length = 0;
  }

  /** Says that all was written: only then {@link #close} leaves a file. */
  public void complete() {
    flush();
    complete = true;
  }

  @Override
  public void close() {
    files.close(file);
    if (partial.equals(path)) {
      return;
    }
    if (complete) {
      files.rename(FileWorker.HOST, partial, FileWorker.HOST, path);
    } else {
      files.unlink(FileWorker.HOST, partial);
    }
  }
}
