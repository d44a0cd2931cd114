package dev.mydocker.image;

import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.Map;

/** Gives a file what an archive's entry says of it beside its content: instructions of segments. */
final class EntryAttributes {
  private EntryAttributes() {}

  static void addOwner(SegmentBuilder b, Value directory, Value name, TarEntry entry, int flags) {
    b.syscall(
        Wire.SYS_FCHOWNAT,
        directory,
        name,
        Value.of(entry.user()),
        Value.of(entry.group()),
        Value.of(flags));
  }

  static void addAttributes(SegmentBuilder b, Value file, TarEntry entry, OverlayMarks marks) {
    b.syscall(Wire.SYS_FCHOWN, file, Value.of(entry.user()), Value.of(entry.group()));
    b.syscall(Wire.SYS_FCHMOD, file, Value.of(entry.mode()));
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      if (marks.isKept(xattr.getKey())) {
        b.syscall(
            Wire.SYS_FSETXATTR,
            file,
            b.text(marks.stored(xattr.getKey())),
            b.bytes(xattr.getValue()),
            Value.of(xattr.getValue().length),
            Value.of(0));
      }
    }
  }

  /** Attributes of what cannot be opened: links, devices, fifos. */
  static void addPathXattrs(
      SegmentBuilder b, Value directory, String name, TarEntry entry, OverlayMarks marks) {
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      if (marks.isKept(xattr.getKey())) {
        b.syscall(
            Wire.SYS_LSETXATTR,
            b.text("/proc/self/fd/" + directory.number() + "/" + name),
            b.text(marks.stored(xattr.getKey())),
            b.bytes(xattr.getValue()),
            Value.of(xattr.getValue().length),
            Value.of(0));
      }
    }
  }

  /** Two timespecs: access is set like modification, as nothing else is known of it. */
  static Value times(SegmentBuilder b, TarEntry entry) {
    return b.longs(
        entry.modifiedSeconds(),
        entry.modifiedNanos(),
        entry.modifiedSeconds(),
        entry.modifiedNanos());
  }
}
