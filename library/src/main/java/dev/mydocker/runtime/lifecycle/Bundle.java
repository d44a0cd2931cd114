package dev.mydocker.runtime.lifecycle;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.oci.spec.RootSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.PreparedSpec;
import java.util.List;
import java.util.Optional;

/**
 * A bundle: a directory with a configuration and a root file system (bundle.md).
 *
 * @param path absolute
 * @param rootfs absolute
 * @param spec checked, with absolute paths of the host, and what every container has
 * @param warnings what the configuration asks for and cannot, and need not, be performed
 */
public record Bundle(String path, String rootfs, RuntimeSpec spec, List<String> warnings) {
  /** runc's and everybody's are a thousandth of it. */
  private static final long LARGEST = 1 << 24;

  /** Copies the list. */
  public Bundle {
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a bundle.
   *
   * @param path absolute
   * @param config its configuration, absolute
   * @throws MydockerException naming what is missing or wrong
   */
  public static Bundle read(FileWorker files, String path, String config) {
    Optional<FileStatus> status = status(files, config);
    if (status.isEmpty()) {
      throw invalid("read", config, "no such file or directory");
    }
    if (!status.get().isRegular() || status.get().size() > LARGEST) {
      throw invalid("read", config, "not a file of at most " + LARGEST + " bytes");
    }
    RuntimeSpec read =
        RuntimeSpec.parse(files.read(FileWorker.HOST, config, (int) LARGEST), config);
    PreparedSpec prepared = PreparedSpec.of(read, path);
    RuntimeSpec spec = prepared.spec();
    RootSpec root = spec.root();
    if (root == null) {
      throw invalid("read", config, "root is missing");
    }
    Optional<FileStatus> rootfs = status(files, root.path());
    if (rootfs.isEmpty() || !rootfs.get().isDirectory()) {
      throw invalid(
          "open root file system",
          root.path(),
          rootfs.isEmpty() ? "no such file or directory" : "not a directory");
    }
    return new Bundle(path, root.path(), spec, prepared.warnings());
  }

  private static Optional<FileStatus> status(FileWorker files, String path) {
    try {
      return files.statusFollowing(FileWorker.HOST, path);
    } catch (KernelException e) {
      throw MydockerException.of(
          Category.INVALID, "open", path, String.valueOf(e.getMessage()), null, e);
    }
  }

  private static MydockerException invalid(String operation, String path, String reason) {
    return MydockerException.of(Category.INVALID, operation, path, reason);
  }
}
