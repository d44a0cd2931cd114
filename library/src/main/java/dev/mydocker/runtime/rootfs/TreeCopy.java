package dev.mydocker.runtime.rootfs;

import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/**
 * Copies what is in a directory into another, for {@code tmpcopyup}: with types, owners, modes and
 * extended attributes, and without following any link.
 */
final class TreeCopy {
  private static final int READING = Linux.O_RDONLY | Linux.O_NOFOLLOW | Linux.O_NONBLOCK;
  private static final int CHUNK = 1 << 20;

  private final FileWorker files;

  TreeCopy(FileWorker files) {
    this.files = files;
  }

  /**
   * Copies.
   *
   * @param from an open directory
   * @param to an open directory, empty
   */
  void copy(int from, int to) {
    for (FileWorker.Entry entry : files.list(from)) {
      String name = entry.name();
      FileStatus status = files.status(from, name).orElse(null);
      // What has gone meanwhile is not to be copied.
      if (status != null) {
        copy(from, to, name, status);
      }
    }
  }

  private void copy(int from, int to, String name, FileStatus status) {
    switch (status.mode() & Linux.S_IFMT) {
      case Linux.S_IFDIR -> {
        files.makeDirectory(to, name, 0700);
        copyDirectory(from, to, name);
      }
      case Linux.S_IFREG -> copyFile(from, to, name);
      case Linux.S_IFLNK -> files.makeSymbolicLink(to, name, files.readLink(from, name).orElse(""));
      default -> makeNode(to, name, status);
    }
    own(to, name, status);
    // A new owner takes a program's capabilities away.
    AttributeCopy.copy(files, from, to, name);
  }

  private void copyDirectory(int from, int to, String name) {
    int source = files.open(from, name, READING | Linux.O_DIRECTORY, 0);
    try {
      int target = files.open(to, name, READING | Linux.O_DIRECTORY, 0);
      try {
        copy(source, target);
      } finally {
        files.close(target);
      }
    } finally {
      files.close(source);
    }
  }

  private void copyFile(int from, int to, String name) {
    int source = files.open(from, name, READING, 0);
    try {
      int flags = Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL | Linux.O_NOFOLLOW;
      int target = files.open(to, name, flags, 0600);
      try {
        long copied;
        do {
          SegmentBuilder b = Segment.builder();
          Value sent =
              b.syscall(
                  Wire.SYS_SENDFILE,
                  Value.of(target),
                  Value.of(source),
                  Value.of(0),
                  Value.of(CHUNK));
          copied = files.performer().perform(b.build()).orThrow("copy " + name).result(sent);
        } while (copied > 0);
      } finally {
        files.close(target);
      }
    } finally {
      files.close(source);
    }
  }

  private void makeNode(int to, String name, FileStatus status) {
    SegmentBuilder b = Segment.builder();
    b.syscall(
        Wire.SYS_MKNODAT,
        Value.of(to),
        b.text(name),
        Value.of(status.mode()),
        Value.of(Linux.device(status.deviceMajor(), status.deviceMinor())));
    files.performer().perform(b.build()).orThrow("make " + name);
  }

  private void own(int to, String name, FileStatus status) {
    SegmentBuilder b = Segment.builder();
    b.syscall(
        Wire.SYS_FCHOWNAT,
        Value.of(to),
        b.text(name),
        Value.of(status.user()),
        Value.of(status.group()),
        Value.of(Linux.AT_SYMLINK_NOFOLLOW));
    if ((status.mode() & Linux.S_IFMT) != Linux.S_IFLNK) {
      b.syscall(
          Wire.SYS_FCHMODAT, Value.of(to), b.text(name), Value.of(status.mode() & ~Linux.S_IFMT));
    }
    files.performer().perform(b.build()).orThrow("give " + name + " to its owner");
  }
}
