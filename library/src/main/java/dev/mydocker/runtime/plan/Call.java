package dev.mydocker.runtime.plan;

import static dev.mydocker.runtime.plan.Argument.AT_FLAGS;
import static dev.mydocker.runtime.plan.Argument.BPF_COMMAND;
import static dev.mydocker.runtime.plan.Argument.BUFFER;
import static dev.mydocker.runtime.plan.Argument.CAPABILITIES;
import static dev.mydocker.runtime.plan.Argument.DESCRIPTOR;
import static dev.mydocker.runtime.plan.Argument.DEVICE;
import static dev.mydocker.runtime.plan.Argument.FCNTL_COMMAND;
import static dev.mydocker.runtime.plan.Argument.FILTER;
import static dev.mydocker.runtime.plan.Argument.FSCONFIG_COMMAND;
import static dev.mydocker.runtime.plan.Argument.FSMOUNT_FLAGS;
import static dev.mydocker.runtime.plan.Argument.FSOPEN_FLAGS;
import static dev.mydocker.runtime.plan.Argument.IOCTL_REQUEST;
import static dev.mydocker.runtime.plan.Argument.KEYCTL_OPERATION;
import static dev.mydocker.runtime.plan.Argument.LAST_DESCRIPTOR;
import static dev.mydocker.runtime.plan.Argument.LIMIT;
import static dev.mydocker.runtime.plan.Argument.MEMFD_FLAGS;
import static dev.mydocker.runtime.plan.Argument.MODE;
import static dev.mydocker.runtime.plan.Argument.MOUNT_ATTR;
import static dev.mydocker.runtime.plan.Argument.MOUNT_ATTRIBUTES;
import static dev.mydocker.runtime.plan.Argument.MOUNT_FLAGS;
import static dev.mydocker.runtime.plan.Argument.MOVE_MOUNT_FLAGS;
import static dev.mydocker.runtime.plan.Argument.NAMESPACES;
import static dev.mydocker.runtime.plan.Argument.NUMBER;
import static dev.mydocker.runtime.plan.Argument.OPEN_FLAGS;
import static dev.mydocker.runtime.plan.Argument.OPEN_HOW;
import static dev.mydocker.runtime.plan.Argument.OPEN_TREE_FLAGS;
import static dev.mydocker.runtime.plan.Argument.PRCTL_OPTION;
import static dev.mydocker.runtime.plan.Argument.RESOURCE;
import static dev.mydocker.runtime.plan.Argument.SEALS;
import static dev.mydocker.runtime.plan.Argument.SECCOMP_FLAGS;
import static dev.mydocker.runtime.plan.Argument.SECCOMP_OPERATION;
import static dev.mydocker.runtime.plan.Argument.SIGNAL;
import static dev.mydocker.runtime.plan.Argument.SIZE;
import static dev.mydocker.runtime.plan.Argument.SOCKET_FAMILY;
import static dev.mydocker.runtime.plan.Argument.SOCKET_TYPE;
import static dev.mydocker.runtime.plan.Argument.STATX_MASK;
import static dev.mydocker.runtime.plan.Argument.TEXT;
import static dev.mydocker.runtime.plan.Argument.TEXTS;
import static dev.mydocker.runtime.plan.Argument.UNLINK_FLAGS;
import static dev.mydocker.runtime.plan.Argument.UNMOUNT_FLAGS;

import dev.mydocker.kernel.Wire;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A system call that plans make: its number, its name, and what its arguments are.
 *
 * @param arguments as many as it takes
 */
record Call(int number, String name, List<Argument> arguments) {
  private static final List<Call> ALL =
      List.of(
          call(Wire.SYS_OPENAT2, "openat2", DESCRIPTOR, TEXT, OPEN_HOW, SIZE),
          call(Wire.SYS_OPENAT, "openat", DESCRIPTOR, TEXT, OPEN_FLAGS, MODE),
          call(Wire.SYS_CLOSE, "close", DESCRIPTOR),
          call(Wire.SYS_READ, "read", DESCRIPTOR, BUFFER, NUMBER),
          call(Wire.SYS_WRITE, "write", DESCRIPTOR, TEXT, NUMBER),
          call(Wire.SYS_MKDIRAT, "mkdirat", DESCRIPTOR, TEXT, MODE),
          call(Wire.SYS_MKNODAT, "mknodat", DESCRIPTOR, TEXT, MODE, DEVICE),
          call(Wire.SYS_FCHOWNAT, "fchownat", DESCRIPTOR, TEXT, NUMBER, NUMBER, AT_FLAGS),
          call(Wire.SYS_FCHMODAT, "fchmodat", DESCRIPTOR, TEXT, MODE),
          call(Wire.SYS_FCHOWN, "fchown", DESCRIPTOR, NUMBER, NUMBER),
          call(Wire.SYS_UNLINKAT, "unlinkat", DESCRIPTOR, TEXT, UNLINK_FLAGS),
          call(Wire.SYS_SYMLINKAT, "symlinkat", TEXT, DESCRIPTOR, TEXT),
          call(Wire.SYS_STATX, "statx", DESCRIPTOR, TEXT, AT_FLAGS, STATX_MASK, BUFFER),
          call(Wire.SYS_FSTATFS, "fstatfs", DESCRIPTOR, BUFFER),
          call(Wire.SYS_MOUNT, "mount", TEXT, TEXT, TEXT, MOUNT_FLAGS, TEXT),
          call(Wire.SYS_UMOUNT2, "umount2", TEXT, UNMOUNT_FLAGS),
          call(Wire.SYS_PIVOT_ROOT, "pivot_root", TEXT, TEXT),
          call(Wire.SYS_CHDIR, "chdir", TEXT),
          call(Wire.SYS_FCHDIR, "fchdir", DESCRIPTOR),
          call(Wire.SYS_GETCWD, "getcwd", BUFFER, NUMBER),
          call(Wire.SYS_FSOPEN, "fsopen", TEXT, FSOPEN_FLAGS),
          call(Wire.SYS_FSCONFIG, "fsconfig", DESCRIPTOR, FSCONFIG_COMMAND, TEXT, TEXT, NUMBER),
          call(Wire.SYS_FSMOUNT, "fsmount", DESCRIPTOR, FSMOUNT_FLAGS, MOUNT_ATTRIBUTES),
          call(
              Wire.SYS_MOVE_MOUNT,
              "move_mount",
              DESCRIPTOR,
              TEXT,
              DESCRIPTOR,
              TEXT,
              MOVE_MOUNT_FLAGS),
          call(Wire.SYS_OPEN_TREE, "open_tree", DESCRIPTOR, TEXT, OPEN_TREE_FLAGS),
          call(
              Wire.SYS_MOUNT_SETATTR,
              "mount_setattr",
              DESCRIPTOR,
              TEXT,
              AT_FLAGS,
              MOUNT_ATTR,
              SIZE),
          call(Wire.SYS_SETNS, "setns", DESCRIPTOR, NAMESPACES),
          call(Wire.SYS_UNSHARE, "unshare", NAMESPACES),
          call(Wire.SYS_SETHOSTNAME, "sethostname", TEXT, NUMBER),
          call(Wire.SYS_SETDOMAINNAME, "setdomainname", TEXT, NUMBER),
          call(Wire.SYS_SOCKET, "socket", SOCKET_FAMILY, SOCKET_TYPE, NUMBER),
          call(Wire.SYS_IOCTL, "ioctl", DESCRIPTOR, IOCTL_REQUEST, BUFFER),
          call(Wire.SYS_SETSID, "setsid"),
          call(Wire.SYS_DUP3, "dup3", DESCRIPTOR, NUMBER, OPEN_FLAGS),
          call(Wire.SYS_KEYCTL, "keyctl", KEYCTL_OPERATION, TEXT),
          call(Wire.SYS_PRLIMIT64, "prlimit64", NUMBER, RESOURCE, LIMIT, NUMBER),
          call(Wire.SYS_PRCTL, "prctl", PRCTL_OPTION, NUMBER, NUMBER),
          call(Wire.SYS_PPOLL, "ppoll", BUFFER, NUMBER, BUFFER, BUFFER, NUMBER),
          call(Wire.SYS_SETGROUPS, "setgroups", NUMBER, BUFFER),
          call(Wire.SYS_SETRESGID, "setresgid", NUMBER, NUMBER, NUMBER),
          call(Wire.SYS_SETRESUID, "setresuid", NUMBER, NUMBER, NUMBER),
          call(Wire.SYS_UMASK, "umask", MODE),
          call(Wire.SYS_CAPSET, "capset", BUFFER, CAPABILITIES),
          call(Wire.SYS_PERSONALITY, "personality", NUMBER),
          call(Wire.SYS_SCHED_SETATTR, "sched_setattr", NUMBER, BUFFER, NUMBER),
          call(Wire.SYS_SCHED_SETAFFINITY, "sched_setaffinity", NUMBER, SIZE, BUFFER),
          call(Wire.SYS_IOPRIO_SET, "ioprio_set", NUMBER, NUMBER, NUMBER),
          call(Wire.SYS_SET_MEMPOLICY, "set_mempolicy", NUMBER, BUFFER, NUMBER),
          call(Wire.SYS_SECCOMP, "seccomp", SECCOMP_OPERATION, SECCOMP_FLAGS, FILTER),
          call(Wire.SYS_CLOSE_RANGE, "close_range", NUMBER, LAST_DESCRIPTOR, NUMBER),
          call(Wire.SYS_SOCKETPAIR, "socketpair", SOCKET_FAMILY, SOCKET_TYPE, NUMBER, BUFFER),
          call(Wire.SYS_BIND, "bind", DESCRIPTOR, BUFFER, SIZE),
          call(Wire.SYS_LISTEN, "listen", DESCRIPTOR, NUMBER),
          call(Wire.SYS_CONNECT, "connect", DESCRIPTOR, BUFFER, SIZE),
          call(Wire.SYS_MEMFD_CREATE, "memfd_create", TEXT, MEMFD_FLAGS),
          call(Wire.SYS_SENDFILE, "sendfile", DESCRIPTOR, DESCRIPTOR, NUMBER, NUMBER),
          call(Wire.SYS_FCNTL, "fcntl", DESCRIPTOR, FCNTL_COMMAND, SEALS),
          call(Wire.SYS_FLOCK, "flock", DESCRIPTOR, NUMBER),
          call(Wire.SYS_FSYNC, "fsync", DESCRIPTOR),
          call(Wire.SYS_RENAMEAT2, "renameat2", DESCRIPTOR, TEXT, DESCRIPTOR, TEXT, NUMBER),
          call(Wire.SYS_READLINKAT, "readlinkat", DESCRIPTOR, TEXT, BUFFER, NUMBER),
          call(Wire.SYS_LINKAT, "linkat", DESCRIPTOR, TEXT, DESCRIPTOR, TEXT, NUMBER),
          call(Wire.SYS_GETDENTS64, "getdents64", DESCRIPTOR, BUFFER, NUMBER),
          call(Wire.SYS_LSEEK, "lseek", DESCRIPTOR, NUMBER, NUMBER),
          call(Wire.SYS_PIDFD_OPEN, "pidfd_open", NUMBER, NUMBER),
          call(Wire.SYS_PIDFD_SEND_SIGNAL, "pidfd_send_signal", DESCRIPTOR, SIGNAL, TEXT, NUMBER),
          call(Wire.SYS_PPOLL, "ppoll", BUFFER, NUMBER, BUFFER, NUMBER, NUMBER),
          call(Wire.SYS_BPF, "bpf", BPF_COMMAND, BUFFER, SIZE),
          call(Wire.SYS_SHUTDOWN, "shutdown", DESCRIPTOR, NUMBER),
          call(Wire.SYS_SENDMSG, "sendmsg", DESCRIPTOR, BUFFER, NUMBER),
          call(Wire.SYS_SENDTO, "sendto", DESCRIPTOR, BUFFER, NUMBER, NUMBER),
          call(Wire.SYS_EXECVEAT, "execveat", DESCRIPTOR, TEXT, TEXTS, TEXTS, AT_FLAGS),
          call(Wire.SYS_EXECVE, "execve", TEXT, TEXTS, TEXTS));

  Call {
    arguments = List.copyOf(arguments);
  }

  private static Call call(int number, String name, Argument... arguments) {
    return new Call(number, name, List.of(arguments));
  }

  /** The call with that number, or null for one that is not described here. */
  static @Nullable Call of(int number) {
    for (Call call : ALL) {
      if (call.number == number) {
        return call;
      }
    }
    return null;
  }
}
