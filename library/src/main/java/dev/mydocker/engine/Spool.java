package dev.mydocker.engine;

import dev.mydocker.image.FileInput;
import dev.mydocker.image.FileOutput;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import java.io.InputStream;
import java.io.OutputStream;

/** A file without a name (open(2), O_TMPFILE), which is written and then read. */
final class Spool implements AutoCloseable {
  private static final int O_TMPFILE = 0x400000 | Linux.O_DIRECTORY;

  private final FileWorker files;
  private final int file;

  private Spool(FileWorker files, int file) {
    this.files = files;
    this.file = file;
  }

  /** Makes one on the file system of a directory. */
  static Spool make(FileWorker files, String directory) {
    return new Spool(files, files.open(FileWorker.HOST, directory, O_TMPFILE | Linux.O_RDWR, 0600));
  }

  /** Writes it, once. */
  OutputStream output() {
    return new FileOutput(files, reopen(Linux.O_WRONLY));
  }

  /** Reads it from its beginning. */
  InputStream input() {
    return new FileInput(files, reopen(Linux.O_RDONLY));
  }

  private int reopen(int flags) {
    return files.open(FileWorker.HOST, "/proc/self/fd/" + file, flags, 0);
  }

  @Override
  public void close() {
    files.close(file);
  }
}
