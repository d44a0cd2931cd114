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
    for (LinuxNamespace namespace : linux.namespaces()) {
      String path = namespace.path();
      if (path == null) {
        continue;
      }
      int descriptor = new FileWorker(performer).open(FileWorker.HOST, path, Linux.O_RDONLY, 0);
      Monitors.Namespace joined = new Monitors.Namespace(descriptor, Specs.flag(namespace.type()));
      // A PID namespace is for children: the monitor enters it before it makes one.
      (namespace.type() == LinuxNamespace.Type.PID ? forMonitor : forInit).add(joined);
    }
    return new Namespaces(forMonitor, forInit);
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
