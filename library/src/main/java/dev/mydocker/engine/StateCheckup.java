package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileStatus;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.rootfs.Overlay;
import java.util.List;
import java.util.Optional;

/** Whether the state directory can hold containers: rights, room, and a file system that fits. */
final class StateCheckup {
  private static final String AREA = "state";
  private static final int O_TMPFILE = 0x400000 | Linux.O_DIRECTORY;
  private static final long MEBIBYTE = 1 << 20;

  /** A container's own files take some hundred KiB, and some thirty inodes. */
  private static final long NO_ROOM = 4 * MEBIBYTE;

  private static final long LITTLE_ROOM = 256 * MEBIBYTE;
  private static final long NO_INODES = 100;
  private static final long FEW_INODES = 10_000;

  private final Workbench bench;
  private final FileWorker files;
  private final Findings findings;

  StateCheckup(Workbench bench, Findings findings) {
    this.bench = bench;
    this.files = bench.files();
    this.findings = findings;
  }

  void run() {
    String root = bench.directory().root();
    String run = bench.directory().run();
    boolean writable = directory("directory", root, true);
    writable = directory("run directory", run, false) && writable;
    findings.guard(AREA, "space", () -> space(existing(root)));
    if (writable && files.status(FileWorker.HOST, bench.directory().containers()).isPresent()) {
      findings.guard(AREA, "file system", this::overlay);
    }
  }

  private boolean directory(String subject, String path, boolean secret) {
    try {
      Optional<FileStatus> status = files.statusFollowing(FileWorker.HOST, path);
      String there = existing(path);
      write(there);
      if (status.isEmpty()) {
        findings.ok(AREA, subject, path + ": the first container will make it");
      } else if (secret && (status.get().permissions() & 077) != 0) {
        findings.degraded(
            AREA,
            subject,
            path + ": others than its owner may look into containers' file systems",
            "chmod 700 " + path);
      } else {
        findings.ok(AREA, subject, path);
      }
      return true;
    } catch (MydockerException e) {
      int error = e instanceof KernelException kernel ? kernel.error() : 0;
      findings.unusable(
          AREA,
          subject,
          String.valueOf(e.getMessage()),
          error == Errno.EROFS
              ? "mount it for writing, or let MYDOCKER_ROOT name another directory"
              : error == Errno.ENOSPC
                  ? "free some space, or let MYDOCKER_ROOT name another directory"
                  : "run as root, or let MYDOCKER_ROOT name a directory of yours");
      return false;
    }
  }

  /** The directory itself, or the first above it that is there. */
  private String existing(String path) {
    String at = path;
    while (files.statusFollowing(FileWorker.HOST, at).isEmpty()) {
      int slash = at.lastIndexOf('/');
      at = slash <= 0 ? "/" : at.substring(0, slash);
    }
    return at;
  }

  /** A file without a name, which leaves nothing behind. */
  private void write(String directory) {
    try {
      files.close(files.open(FileWorker.HOST, directory, O_TMPFILE | Linux.O_RDWR, 0600));
    } catch (KernelException e) {
      // Some file systems have none.
      if (e.error() != Errno.EOPNOTSUPP && e.error() != Errno.EISDIR) {
        throw new KernelException("write to " + directory, e.error());
      }
    }
  }

  /** statfs(2): block size at 8, blocks available at 32, inodes and free inodes at 40 and 48. */
  private void space(String path) {
    SegmentBuilder b = Segment.builder();
    Value buffer = b.returned(120);
    b.syscall(Wire.SYS_STATFS, b.text(path), buffer);
    Reply reply = files.performer().perform(b.build()).orThrow("look for space at " + path);
    long free = reply.number(buffer.plus(8), 8) * reply.number(buffer.plus(32), 8);
    long inodes = reply.number(buffer.plus(40), 8);
    long freeInodes = reply.number(buffer.plus(48), 8);
    String fix = "remove containers (mydocker rm) and images (mydocker rmi), or enlarge " + path;
    String message = free / MEBIBYTE + " MiB free at " + path;
    if (free < NO_ROOM) {
      findings.unusable(AREA, "space", "only " + message, fix);
    } else if (free < LITTLE_ROOM) {
      findings.degraded(AREA, "space", "only " + message, fix);
    } else {
      findings.ok(AREA, "space", message);
    }
    // btrfs, for one, has no fixed number and says 0.
    if (inodes == 0) {
      findings.ok(AREA, "inodes", "no fixed number");
    } else if (freeInodes < NO_INODES) {
      findings.unusable(AREA, "inodes", "only " + freeInodes + " inodes free at " + path, fix);
    } else if (freeInodes < FEW_INODES) {
      findings.degraded(AREA, "inodes", "only " + freeInodes + " inodes free at " + path, fix);
    } else {
      findings.ok(AREA, "inodes", freeInodes + " free");
    }
  }

  /** Mounts an overlay as a container's is, in a directory that goes as a half-made one would. */
  private void overlay() {
    String name = ContainerStore.UNLOCKED + ContainerIds.random(files);
    String directory = bench.directory().container(name);
    files.makeDirectory(FileWorker.HOST, directory, 0700);
    try {
      for (String part : List.of("/lower", "/upper", "/work")) {
        files.makeDirectory(FileWorker.HOST, directory + part, 0700);
      }
      Overlay overlay =
          new Overlay(
              List.of(directory + "/lower"), directory + "/upper", directory + "/work", true);
      files.close(overlay.mount(bench.performer()));
      findings.ok(AREA, "file system", "holds containers' changes");
    } catch (MydockerException e) {
      findings.unusable(AREA, "file system", e);
    } finally {
      files.deleteTree(FileWorker.HOST, directory);
    }
  }
}
