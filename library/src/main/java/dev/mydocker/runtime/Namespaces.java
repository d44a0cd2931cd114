package dev.mydocker.runtime;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.oci.spec.LinuxNamespace;
import dev.mydocker.oci.spec.LinuxSpec;
import java.util.ArrayList;
import java.util.List;

/** Namespaces of other containers, opened by us. */
record Namespaces(List<Monitors.Namespace> forMonitor, List<Monitors.Namespace> forInit) {
  static Namespaces open(Performer performer, LinuxSpec linux) {
    List<Monitors.Namespace> forMonitor = new ArrayList<>();
    List<Monitors.Namespace> forInit = new ArrayList<>();
    boolean newUsers = Specs.isNew(linux, LinuxNamespace.Type.USER);
    for (LinuxNamespace namespace : linux.namespaces()) {
      String path = namespace.path();
      if (path == null) {
        continue;
      }
      LinuxNamespace.Type type = namespace.type();
      int descriptor = new FileWorker(performer).open(FileWorker.HOST, path, Linux.O_RDONLY, 0);
      Monitors.Namespace joined =
          new Monitors.Namespace(
              descriptor, Specs.flag(type), "the " + type.word() + " namespace " + path);
      // A PID namespace is for children: the monitor enters it before it makes one. And who is
      // born in a user namespace may enter no other that the host's root owns.
      boolean before =
          type == LinuxNamespace.Type.PID || newUsers && type != LinuxNamespace.Type.MOUNT;
      (before ? forMonitor : forInit).add(joined);
    }
    return new Namespaces(forMonitor, forInit);
  }

  /** All of them in an order in which they can be entered: the user namespace last. */
  List<Monitors.Namespace> all() {
    List<Monitors.Namespace> all = new ArrayList<>(forMonitor);
    Monitors.Namespace users = null;
    for (Monitors.Namespace namespace : forInit) {
      if (namespace.kinds() == Linux.CLONE_NEWUSER) {
        users = namespace;
      } else {
        all.add(namespace);
      }
    }
    if (users != null) {
      all.add(users);
    }
    return all;
  }

  List<Integer> descriptors() {
    List<Integer> all = new ArrayList<>();
    for (Monitors.Namespace namespace : forMonitor) {
      all.add(namespace.descriptor());
    }
    for (Monitors.Namespace namespace : forInit) {
      all.add(namespace.descriptor());
    }
    return all;
  }
}
