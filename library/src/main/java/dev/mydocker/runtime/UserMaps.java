package dev.mydocker.runtime;

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

  private static void addMap(SegmentBuilder b, String path, List<LinuxIdMapping> ranges) {
    StringBuilder text = new StringBuilder();
    for (LinuxIdMapping range : ranges) {
      text.append(range.containerId())
          .append(' ')
          .append(range.hostId())
          .append(' ')
          .append(range.size())
          .append('\n');
    }
    Value file =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text(path),
            Value.of(Linux.O_WRONLY | Linux.O_CLOEXEC),
            Value.of(0));
    // One write(2) only: the kernel takes no second one.
    byte[] bytes = Bytes.encode(text.toString());
    b.syscall(Wire.SYS_WRITE, file, b.bytes(bytes), Value.of(bytes.length));
    b.syscall(Wire.SYS_CLOSE, file);
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
