package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.Container;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;

/** The file of {@code --cidfile}: claimed before anything is made, removed if that fails. */
final class CidFile implements AutoCloseable {
  private final Call call;
  private final String path;
  private final int file;
  private boolean written;

  private CidFile(Call call, String path, int file) {
    this.call = call;
    this.path = path;
    this.file = file;
  }

  /** Creates the file, if one is asked for. */
  static CidFile claim(Call call) {
    String path = call.arguments().value("cidfile").orElse("");
    if (path.isEmpty() || call.arguments().mentions("dry-run")) {
      return new CidFile(call, path, -1);
    }
    try {
      return new CidFile(call, path, call.createNew(path));
    } catch (KernelException e) {
      if (e.error() != Errno.EEXIST) {
        throw e;
      }
      throw new MydockerException(
          Category.CONFLICT,
          "container ID file found: " + call.path(path),
          "make sure the other container isn't running or delete the file",
          e);
    }
  }

  void write(Container container) {
    if (file >= 0) {
      call.host().files().write(file, Bytes.encode(container.id()));
      written = true;
    }
  }

  /** Removes the file again. */
  void forget() {
    written = false;
  }

  @Override
  public void close() {
    if (file >= 0) {
      call.host().files().close(file);
      if (!written) {
        call.host().files().unlink(FileWorker.HOST, call.path(path));
      }
    }
  }
}
