package dev.mydocker.runtime;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Helper;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.oci.spec.LinuxIdMapping;
import dev.mydocker.runtime.plan.Group;
import java.util.List;

/** Who is who between a user namespace and the one above it (user_namespaces(7)). */
final class UserMaps {
  private UserMaps() {}

  /**
   * Writes the maps of a process that has just been made, with a user namespace of its own. It is
   * done from outside: there one may map any user.
   */
  static void write(
      Performer performer, long pid, List<LinuxIdMapping> users, List<LinuxIdMapping> groups) {
    SegmentBuilder b = Segment.builder();
    b.about(
        Group.NAMESPACES.title(),
        "map users and groups",
        "root in the container is nobody of consequence outside");
    addMap(b, "/proc/" + pid + "/uid_map", users);
    addMap(b, "/proc/" + pid + "/gid_map", groups);
    performer.perform(b.build()).orThrow("map users and groups of process " + pid);
  }

  private static String text(List<LinuxIdMapping> ranges) {
    StringBuilder text = new StringBuilder();
    for (LinuxIdMapping range : ranges) {
      text.append(range.containerId())
          .append(' ')
          .append(range.hostId())
          .append(' ')
          .append(range.size())
          .append('\n');
    }
    return text.toString();
  }

  private static void addMap(SegmentBuilder b, String path, List<LinuxIdMapping> ranges) {
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text(path),
            Value.of(Linux.O_WRONLY | Linux.O_CLOEXEC),
            Value.of(0));
    // One write(2) only: the kernel takes no second one.
    byte[] bytes = Bytes.encode(text(ranges));
    b.syscall(Wire.SYS_WRITE, file, b.bytes(bytes), Value.of(bytes.length));
    b.syscall(Wire.SYS_CLOSE, file);
  }

  /**
   * Compares the maps of a user namespace that exists with those that a configuration has beside
   * its path, as callers of runc give both.
   *
   * @throws MydockerException if they are not the same
   */
  static void requireSame(
      Performer performer, String path, List<LinuxIdMapping> users, List<LinuxIdMapping> groups) {
    FileWorker files = new FileWorker(performer);
    int namespace = files.open(FileWorker.HOST, path, Linux.O_RDONLY, 0);
    Helper.Started helper = Helper.monitor(performer);
    try (Session session = helper.session()) {
      SegmentBuilder b = Segment.builder();
      b.syscall(Wire.SYS_PRCTL, Value.of(Linux.PR_SET_DUMPABLE), Value.of(0));
      // A namespace shows its maps by a process that is in it only.
      Monitors.enter(
          b,
          new Monitors.Namespace(namespace, Linux.CLONE_NEWUSER, "the user namespace " + path),
          "to see whom it maps");
      session.call(b.build()).orThrow("join the user namespace " + path);
      compare(files, helper.pid(), "uid", path, users);
      compare(files, helper.pid(), "gid", path, groups);
      session.endAndAwait();
    } finally {
      files.close(namespace);
    }
  }

  private static void compare(
      FileWorker files, long pid, String kind, String path, List<LinuxIdMapping> wanted) {
    String file = "/proc/" + pid + "/" + kind + "_map";
    String found = Bytes.decode(files.read(FileWorker.HOST, file, 1 << 16));
    StringBuilder plain = new StringBuilder();
    for (String line : found.split("\n")) {
      plain.append(String.join(" ", line.strip().split(" +"))).append('\n');
    }
    if (!plain.toString().equals(text(wanted))) {
      throw MydockerException.said(
          Category.INVALID,
          "linux." + kind + "Mappings: the user namespace " + path + " has other mappings",
          "check",
          "linux." + kind + "Mappings",
          "the user namespace " + path + " has other mappings",
          "leave the mappings out, or give the namespace's own");
    }
  }

  /**
   * Makes a user namespace that nobody is in, for a mount whose users it maps.
   *
   * @return its descriptor
   */
  static int open(Performer performer, List<LinuxIdMapping> users, List<LinuxIdMapping> groups) {
    Helper.Started helper = Helper.monitor(performer);
    try (Session session = helper.session()) {
      Monitors.Birth birth =
          new Monitors.Birth(
              null, List.of(), Linux.CLONE_NEWUSER | Linux.CLONE_CLEAR_SIGHAND, -1, -1);
      Monitors.Child child = Monitors.spawn(session, birth, "make a user namespace for a mount");
      Session other = new Session(performer, child.socket(), "process");
      try {
        write(performer, child.pid(), users, groups);
        return new FileWorker(performer)
            .open(FileWorker.HOST, "/proc/" + child.pid() + "/ns/user", Linux.O_RDONLY, 0);
      } finally {
        Monitors.dismiss(session, other, child.pidfd());
        other.close();
        new FileWorker(performer).close(child.pidfd());
        session.endAndAwait();
      }
    }
  }
}
