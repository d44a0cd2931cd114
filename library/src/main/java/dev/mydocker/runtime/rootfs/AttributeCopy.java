package dev.mydocker.runtime.rootfs;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/**
 * Copies a file's extended attributes (xattr(7)): capabilities of programs and access control lists
 * among them. Those that say what a file is to its own file system, or to SELinux there, stay
 * behind, and those that the target cannot have.
 */
final class AttributeCopy {
  private AttributeCopy() {}

  /**
   * Copies those of an entry of one directory to the entry of that name in another; neither is
   * followed if it is a link.
   */
  static void copy(FileWorker files, int from, int to, String name) {
    String source = "/proc/self/fd/" + from + "/" + name;
    byte[] names = get(files, source, "");
    int start = 0;
    for (int i = 0; i < names.length; i++) {
      if (names[i] == 0) {
        String key = Bytes.decode(names, start, i);
        start = i + 1;
        if (isKept(key)) {
          set(files, "/proc/self/fd/" + to + "/" + name, key, get(files, source, key));
        }
      }
    }
  }

  private static boolean isKept(String key) {
    return !key.startsWith("trusted.overlay.") && !key.equals("security.selinux");
  }

  /** The names of all attributes without a key, else one's value; nothing where there is none. */
  private static byte[] get(FileWorker files, String path, String key) {
    int room = (int) call(files, path, key, 0).result();
    if (room == 0) {
      return new byte[0];
    }
    Got got = call(files, path, key, room);
    return got.reply().bytes(got.buffer(), (int) got.result());
  }

  private record Got(Reply reply, Value buffer, Value length) {
    long result() {
      return Math.max(0, reply.result(length));
    }
  }

  private static Got call(FileWorker files, String path, String key, int room) {
    SegmentBuilder b = Segment.builder();
    Value buffer = b.returned(Math.max(room, 8));
    Value size = Value.of(room);
    Value length =
        key.isEmpty()
            ? b.syscall(Wire.SYS_LLISTXATTR, b.text(path), buffer, size)
            : b.syscall(Wire.SYS_LGETXATTR, b.text(path), b.text(key), buffer, size);
    b.tolerating(Errno.EOPNOTSUPP, Errno.ENODATA, Errno.ENOENT);
    Reply reply = files.performer().perform(b.build());
    return new Got(reply.orThrow("read the extended attributes of " + path), buffer, length);
  }

  private static void set(FileWorker files, String path, String key, byte[] value) {
    SegmentBuilder b = Segment.builder();
    b.syscall(
        Wire.SYS_LSETXATTR,
        b.text(path),
        b.text(key),
        b.bytes(value),
        Value.of(value.length),
        Value.of(0));
    // A tmpfs has no user attributes before Linux 6.6.
    b.tolerating(Errno.EOPNOTSUPP);
    files.performer().perform(b.build()).orThrow("set " + key + " of " + path);
  }
}
