package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.TarReader;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;

/**
 * Copies archives into and out of a root file system, such as a running container's: every path
 * resolves inside of it, whatever hostile programs make of the directories meanwhile.
 */
public final class RootCopy {
  private final FileWorker files;
  private final int root;

  /**
   * @param root the descriptor of the root directory
   */
  public RootCopy(FileWorker files, int root) {
    this.files = files;
    this.root = root;
  }

  /**
   * Unpacks an archive, compressed or not, into a directory. A directory is not replaced by
   * something else, nor something else by a directory.
   *
   * @param path the directory
   * @param archive the archive, read to its end, not closed
   * @throws MydockerException if there is no such directory, or the archive cannot be unpacked;
   *     what was unpacked until then stays
   */
  public void in(String path, InputStream archive) {
    String what = "the archive";
    String under = plain(path);
    files.close(resolve(under.isEmpty() ? "." : under, Linux.O_PATH | Linux.O_DIRECTORY));
    try {
      PushbackInputStream in = new PushbackInputStream(archive, Compression.MAGIC_LENGTH);
      byte[] start = new byte[Compression.MAGIC_LENGTH];
      int length = in.readNBytes(start, 0, start.length);
      in.unread(start, 0, length);
      try (InputStream plain = Compression.detect(start, length).decompress(in)) {
        new Unpacker(files, root, under, what, Unpacker.Purpose.COPY, Unpacker.UNLIMITED)
            .unpack(new TarReader(plain, what, true));
      }
    } catch (IOException e) {
      throw MydockerException.of(
          Category.INVALID, "read", what, String.valueOf(e.getMessage()), null, e);
    }
  }

  /**
   * Writes a file, or a directory and all below it, as an archive whose entries begin with its own
   * name. A symbolic link is written as such.
   *
   * @param path the file
   * @param archive takes the archive; it is flushed, not closed
   * @throws MydockerException if there is no such file
   */
  public void out(String path, OutputStream archive) throws IOException {
    String plain = plain(path);
    int slash = plain.lastIndexOf('/');
    String name = plain.substring(slash + 1);
    TarWriter tar = new TarWriter(archive);
    TreeArchiver archiver = TreeArchiver.crossingMounts(files, tar);
    int directory =
        resolve(slash < 0 ? "." : plain.substring(0, slash), Linux.O_RDONLY | Linux.O_DIRECTORY);
    try {
      if (name.isEmpty()) {
        archiver.addRoot(directory);
      } else if (name.equals("..")) {
        throw MydockerException.of(
            Category.INVALID, "copy", path, "it ends with \"..\"", "name the file itself");
      } else {
        archiver.add(directory, name, name);
      }
    } finally {
      files.close(directory);
    }
    tar.finish();
  }

  private int resolve(String path, int flags) {
    try {
      return files.open(root, path, flags, 0, Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_MAGICLINKS);
    } catch (KernelException e) {
      throw new KernelException("open /" + (path.equals(".") ? "" : path), e.error());
    }
  }

  /** Without slashes at the ends and parts that mean nothing. */
  private static String plain(String path) {
    StringBuilder plain = new StringBuilder();
    for (String part : path.split("/")) {
      if (!part.isEmpty() && !part.equals(".")) {
        plain.append(plain.isEmpty() ? "" : "/").append(part);
      }
    }
    return plain.toString();
  }
}
