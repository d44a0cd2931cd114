package dev.mydocker.image;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is known of files beside their content, read many at once. */
final class FileAttributes {
  /** Stands for overlay's mark of a directory that hides those below it: no attribute's name. */
  static final String OPAQUE = "";

  private static final String SELINUX = "security.selinux";

  private static final int STATUSES_AT_ONCE = 32;

  /** The kernel's limits for the names of a file's attributes, and for one value (xattr(7)). */
  private static final int LONGEST = 1 << 16;

  private static final int USUAL = 1 << 10;

  private final FileWorker files;
  private final boolean layer;
  private final OverlayMarks marks;

  /**
   * @param layer whether overlay's own attributes are left out, but for {@link #OPAQUE}
   */
  FileAttributes(FileWorker files, boolean layer) {
    this.files = files;
    this.layer = layer;
    this.marks = OverlayMarks.of(files);
  }

  /** statx(2) of entries of a directory; nothing for those that are gone. */
  List<Optional<FileStatus>> statuses(int directory, List<String> names) {
    List<Optional<FileStatus>> statuses = new ArrayList<>(names.size());
    for (int from = 0; from < names.size(); from += STATUSES_AT_ONCE) {
      List<String> some = names.subList(from, Math.min(names.size(), from + STATUSES_AT_ONCE));
      statuses.addAll(files.statuses(directory, some));
    }
    return statuses;
  }

  /** The extended attributes of an open file. */
  Map<String, byte[]> ofDescriptor(int file, String path) {
    return read(Wire.SYS_FLISTXATTR, Wire.SYS_FGETXATTR, b -> Value.of(file), path);
  }

  /** The extended attributes of a file that must not be opened. */
  Map<String, byte[]> ofPath(int directory, String name, String path) {
    return read(
        Wire.SYS_LLISTXATTR,
        Wire.SYS_LGETXATTR,
        b -> b.text("/proc/self/fd/" + directory + "/" + name),
        path);
  }

  /** Names the file in a segment. */
  private interface Which {
    Value in(SegmentBuilder b);
  }

  private Map<String, byte[]> read(int list, int get, Which which, String path) {
    Map<String, byte[]> xattrs = new LinkedHashMap<>();
    for (String key : names(list, which, path)) {
      if (isKept(key)) {
        call(get, which, key, path, USUAL).ifPresent(value -> xattrs.put(shown(key), value));
      }
    }
    return xattrs;
  }

  private List<String> names(int list, Which which, String path) {
    byte[] bytes = call(list, which, "", path, USUAL).orElse(new byte[0]);
    List<String> names = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        names.add(Bytes.decode(bytes, from, i));
        from = i + 1;
      }
    }
    names.sort(null);
    return names;
  }

  /** A call that lists the names, or, if there is a key, gets the value. */
  private Optional<byte[]> call(int number, Which which, String key, String path, int room) {
    SegmentBuilder b = Segment.builder();
    Value buffer = b.returned(room);
    Value size = Value.of(room);
    Value length =
        key.isEmpty()
            ? b.syscall(number, which.in(b), buffer, size)
            : b.syscall(number, which.in(b), b.text(key), buffer, size);
    b.tolerating(Errno.ERANGE, Errno.EOPNOTSUPP, Errno.ENODATA, Errno.ENOENT);
    Reply reply = files.performer().perform(b.build());
    if (reply.error() != 0) {
      throw new KernelException("read the extended attributes of " + path, reply.error());
    }
    long got = reply.result(length);
    if (got == -Errno.ERANGE && room < LONGEST) {
      return call(number, which, key, path, LONGEST);
    }
    if (got == -Errno.ERANGE) {
      throw new KernelException("read the extended attributes of " + path, Errno.ERANGE);
    }
    return got < 0 ? Optional.empty() : Optional.of(reply.bytes(buffer, (int) got));
  }

  private boolean isKept(String key) {
    if (key.equals(SELINUX)) {
      return false;
    }
    return !layer || !marks.isMark(key) || key.equals(marks.opaque());
  }

  /** What overlay stored escaped (6.7), under the name that the container gave it. */
  private String shown(String key) {
    if (layer && key.equals(marks.opaque())) {
      return OPAQUE;
    }
    return layer ? marks.shown(key) : key;
  }
}
