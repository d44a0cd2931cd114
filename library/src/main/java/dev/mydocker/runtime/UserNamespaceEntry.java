package dev.mydocker.runtime;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Session;
import dev.mydocker.kernel.Wire;
import java.util.List;

/**
 * Makes a container's first process in a user namespace that exists. Its new namespaces must belong
 * to that, or it had no rights over them; so whoever makes the process has to be in there already.
 * That is a helper between, since the parent answers for the end, which takes the host's
 * privileges.
 *
 * <pre>
 *   parent              joiner                      init
 *     | clone3 ---------> setns(all), the users last
 *     |                   | clone3(CLONE_PARENT) ------> serves segments
 *     | guards init
 *     | reaps <---------- exits
 * </pre>
 */
final class UserNamespaceEntry {
  private UserNamespaceEntry() {}

  /**
   * Makes the process.
   *
   * @param birth how it comes to be; its namespaces are entered by the helper between
   */
  static Monitors.Child spawn(
      Performer performer, Session parent, Monitors.Birth birth, String what) {
    Monitors.Child joiner =
        Monitors.spawn(
            parent,
            // The cgroup of v2 is entered by a birth with the host's privileges, and inherited.
            new Monitors.Birth(
                birth.joined(), List.of(), Linux.CLONE_CLEAR_SIGHAND, birth.cgroup(), -1),
            "start a process that enters namespaces");
    Session joining = new Session(performer, joiner.socket(), "joiner");
    try {
      for (Monitors.Namespace namespace : birth.namespaces()) {
        SegmentBuilder b = Segment.builder();
        Monitors.enter(b, namespace, "asked for; the user namespace last, it takes rights away");
        joining.call(b.build()).orThrow("join " + namespace.what());
      }
      Monitors.Child child =
          Monitors.spawn(
              joining,
              new Monitors.Birth(null, List.of(), birth.flags() | Linux.CLONE_PARENT, -1, -1),
              what);
      if (birth.guard() >= 0) {
        SegmentBuilder guard = Segment.builder();
        guard.operation(
            Wire.OP_GUARD, guard.descriptor(birth.guard()), guard.descriptor(child.pidfd()));
        parent.call(guard.build()).orThrow("guard a process");
      }
      Monitors.dismiss(parent, joining, joiner.pidfd());
      return child;
    } finally {
      joining.close();
      new FileWorker(performer).close(joiner.pidfd());
    }
  }
}
