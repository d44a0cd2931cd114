package dev.mydocker.engine;

import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Explanation;
import org.jspecify.annotations.Nullable;

/**
 * What operations on the engine's own files are for. They are made one by one, all over the engine;
 * which file it is says why. docs/architecture.md, "State", has the files.
 */
final class Chores {
  private static final String REMOVED = "removed:";
  private static final String KILLED = "killed:";
  private static final String GROUP = "container's directory";

  private final StateDirectory directory;

  Chores(StateDirectory directory) {
    this.directory = directory;
  }

  /** Words for a segment that has none. */
  record Chore(String group, String what, String why) {}

  /** The words for a segment, or null if it changes nothing. */
  @Nullable Chore of(Segment segment, Explanation explanation) {
    String changed = null;
    for (int i = 0; i < segment.instructions(); i++) {
      String path = changed(explanation, i);
      changed = path == null ? changed : path;
    }
    return changed == null ? null : of(changed);
  }

  /** The path that an instruction makes, changes or removes, or null. */
  private static @Nullable String changed(Explanation e, int i) {
    int operation = e.operationOf(i);
    if (operation == Wire.OP_DELETE_TREE || operation == Wire.OP_REMOVE_CGROUP) {
      return REMOVED + e.text(i, 1);
    }
    if (operation == Wire.OP_KILL_CGROUP) {
      return KILLED;
    }
    if (operation != Wire.OP_SYSCALL) {
      return null;
    }
    int number = e.numberOf(i);
    if (number == Wire.SYS_UNLINKAT) {
      return (e.text(i, 1).endsWith("/exit") ? "" : REMOVED) + e.text(i, 1);
    }
    if (number == Wire.SYS_MKDIRAT
        || number == Wire.SYS_MKNODAT
        || number == Wire.SYS_OPENAT && (e.argument(i, 2) & Linux.O_CREAT) != 0
        // Without blocking: it looks whether a FIFO has a reader.
        || number == Wire.SYS_OPENAT
            && (e.argument(i, 2) & (3 | Linux.O_NONBLOCK)) == Linux.O_WRONLY) {
      return e.text(i, 1);
    }
    if (number == Wire.SYS_RENAMEAT2) {
      return e.text(i, 3);
    }
    return number == Wire.SYS_SYMLINKAT ? e.text(i, 2) : null;
  }

  private Chore of(String path) {
    if (path.equals(KILLED)) {
      return new Chore("stop", "kill what is in the cgroup", "all that the container has started");
    }
    if (path.startsWith(REMOVED)) {
      return path.contains("/cgroup/")
          ? new Chore("clean-up", "remove the cgroups", "nothing runs in them any more")
          : new Chore("clean-up", "remove files", "what only this container needed");
    }
    if (path.startsWith("/sys/fs/cgroup/")) {
      return new Chore("limits", "open cgroups to join them", "a process joins by itself");
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (path.startsWith(directory.containers() + "/")) {
      return container(path.substring(directory.containers().length() + 1), name);
    }
    if (path.startsWith(directory.names() + "/")) {
      return chore("claim the name", "a symbolic link: of two who try, the kernel lets one win");
    }
    if (path.startsWith(directory.engine() + "/")) {
      return chore("make a directory below /run", "for sockets and FIFOs; a reboot clears it");
    }
    if (path.startsWith(directory.run() + "/")) {
      return chore("link the name below /run", "cat /run/mydocker/NAME/config.json finds it");
    }
    if (path.startsWith(directory.root())) {
      return chore("keep the state directory", "everything mydocker knows is in files there");
    }
    return new Chore("files", "change " + path, "needed for what follows");
  }

  private static Chore container(String path, String name) {
    if (path.startsWith(ContainerStore.GONE)) {
      return chore("remove the container's directory", "its record, log and own layer");
    }
    boolean top = path.indexOf('/') < 0;
    boolean fresh = path.startsWith(ContainerStore.NEW) || path.startsWith(ContainerStore.UNLOCKED);
    return switch (name) {
      case "bundle", "upper", "work", "lock" ->
          chore("make the container's directory", "under another name until it is complete");
      case "hostname", "hosts", "resolv.conf" ->
          chore("write hostname, hosts and resolv.conf", "mounted over the image's in /etc");
      case "config.json" -> {
        if (path.endsWith("/bundle/config.json")) {
          yield chore("write the OCI specification", "all that was asked of the runtime, as JSON");
        }
        yield fresh
            ? chore("write the container's record", "what ps and inspect show, as JSON")
            : chore("record the process", "from here on every command finds the container running");
      }
      case "cleanup.plan" ->
          chore("write the clean-up plan", "before there is anything to clean up: crash safety");
      case "config.exited.json" ->
          chore("write the record for the end", "at the end the monitor has only to rename it");
      case "exit" -> chore("forget the last end", "this run has its own");
      default ->
          top && fresh
              ? chore("make the container's directory", "under another name until it is complete")
              : top
                  ? chore(
                      "publish the container", "a rename: it is there as a whole, or not at all")
                  : chore("write " + name, "a file of the container's directory");
    };
  }

  private static Chore chore(String what, String why) {
    return new Chore(GROUP, what, why);
  }
}
