package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Images in a directory; nothing outside of it is ever read, whatever links say. */
final class DirectoryOfImages implements ImageContents {
  private static final int CHUNK = 1 << 16;

  private final Intake intake;
  private final FileWorker files;
  private final int directory;
  private final String what;
  private final Map<String, StagedLayer> layers = new HashMap<>();

  DirectoryOfImages(Intake intake, FileWorker files, int directory, String what) {
    this.intake = intake;
    this.files = files;
    this.directory = directory;
    this.what = what;
  }

  @Override
  public String what() {
    return what;
  }

  @Override
  public boolean has(String name) {
    OptionalInt file = open(name);
    if (file.isPresent()) {
      files.close(file.getAsInt());
    }
    return file.isPresent();
  }

  @Override
  public byte[] document(String name) {
    int file = existing(name);
    try {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      byte[] bytes = files.read(file, CHUNK);
      while (bytes.length > 0 && content.size() <= StoreFiles.MAXIMUM_JSON) {
        content.write(bytes, 0, bytes.length);
        bytes = files.read(file, CHUNK);
      }
      if (content.size() > StoreFiles.MAXIMUM_JSON) {
        throw wrong(name, "is no metadata");
      }
      return content.toByteArray();
    } finally {
      files.close(file);
    }
  }

  @Override
  public StagedLayer layer(String name) {
    StagedLayer known = layers.get(name);
    if (known != null) {
      return known;
    }
    try (FileInput in = new FileInput(files, existing(name))) {
      StagedLayer layer = intake.layer(in, what + "/" + name);
      layers.put(name, layer);
      return layer;
    }
  }

  private int existing(String name) {
    return open(name).orElseThrow(() -> wrong(name, "is missing"));
  }

  /** A regular file; nothing where there is none. */
  private OptionalInt open(String name) {
    int file;
    try {
      file =
          files.open(
              directory,
              name,
              Linux.O_RDONLY | Linux.O_NONBLOCK,
              0,
              Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_MAGICLINKS);
    } catch (KernelException e) {
      if (e.error() == Errno.ENOENT || e.error() == Errno.ENOTDIR) {
        return OptionalInt.empty();
      }
      if (e.error() == Errno.EXDEV || e.error() == Errno.ELOOP) {
        throw wrong(name, "is outside of the directory");
      }
      throw e;
    }
    FileStatus status = files.status(file);
    if (!status.isRegular()) {
      files.close(file);
      throw wrong(name, "is no file");
    }
    return OptionalInt.of(file);
  }

  private MydockerException wrong(String name, String problem) {
    return MydockerException.of(Category.INVALID, "read", what + "/" + name, "it " + problem);
  }
}
