package dev.mydocker.runtime.rootfs;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Group;
import dev.mydocker.runtime.plan.Lowering;
import dev.mydocker.runtime.plan.Step;

/** Steps that make a mount the root of the container's own mount namespace. */
public final class RootSteps {
  private RootSteps() {}

  /** Nothing that is mounted from here on reaches the host; host mounts may still arrive. */
  public static Step isolateMounts(long propagation) {
    return new Step(
        Group.NAMESPACES,
        "stop mounts from reaching the host",
        "the new mount namespace began as a copy of the host's; mount events must not flow back",
        l ->
            l.syscall(
                Wire.SYS_MOUNT,
                l.segment().text("none"),
                l.segment().text("/"),
                Value.of(0),
                Value.of(propagation | Linux.MS_REC),
                Value.of(0)));
  }

  /** Attaches the detached root on a directory of the copied host tree. */
  public static Step attachRoot(String place) {
    return new Step(
        Group.ROOT,
        "attach the root file system",
        "pivot_root needs it to be a mount of this namespace; no other process ever sees it",
        l -> {
          Value directory =
              l.syscall(
                  Wire.SYS_OPENAT,
                  Value.of(FileWorker.HOST),
                  l.segment().text(place),
                  Value.of(Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_CLOEXEC),
                  Value.of(0));
          l.attach(l.root(), directory);
          l.close(directory);
        });
  }

  /** Makes the root mount read-only, after everything has been mounted in it. */
  public static Step makeRootReadOnly() {
    return new Step(
        Group.ISOLATION,
        "make the root file system read-only",
        "--read-only: only volumes and tmpfs mounts can be written",
        l -> l.setMountAttributes(l.root(), Linux.MOUNT_ATTR_RDONLY, 0, 0, false));
  }

  /**
   * Moves into the root and lets the host's tree go. pivot_root(".", ".") stacks the old root on
   * the new one, from where it is unmounted: no directory for it is needed (pivot_root(2)).
   */
  public static Step pivotRoot() {
    return new Step(
        Group.ISOLATION,
        "pivot into the root file system",
        "unlike chroot, the host's tree is no longer there to escape to",
        RootSteps::lowerPivot);
  }

  /** Sets how mounts travel from and to the container's root, once it is the root. */
  public static Step propagateRoot(long propagation, boolean below) {
    return new Step(
        Group.ISOLATION,
        "set the propagation of the root mount",
        "only now: before, what is mounted here would have reached the host",
        l ->
            l.syscall(
                Wire.SYS_MOUNT,
                l.segment().text("none"),
                l.segment().text("/"),
                Value.of(0),
                Value.of(propagation | (below ? Linux.MS_REC : 0)),
                Value.of(0)));
  }

  private static void lowerPivot(Lowering l) {
    Value here = l.segment().text(".");
    Value old =
        l.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            l.segment().text("/"),
            Value.of(Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_CLOEXEC),
            Value.of(0));
    l.syscall(Wire.SYS_FCHDIR, l.root());
    l.syscall(Wire.SYS_PIVOT_ROOT, here, here);
    l.syscall(Wire.SYS_FCHDIR, old);
    // A lazy unmount must not travel to the host, should it share this tree.
    l.syscall(
        Wire.SYS_MOUNT,
        l.segment().text("none"),
        here,
        Value.of(0),
        Value.of(Linux.MS_SLAVE | Linux.MS_REC),
        Value.of(0));
    l.syscall(Wire.SYS_UMOUNT2, here, Value.of(Linux.MNT_DETACH));
    l.close(old);
    l.syscall(Wire.SYS_CHDIR, l.segment().text("/"));
  }

  /** Hides a path of /proc or /sys, if it is there: a file by /dev/null, a directory by nothing. */
  public static Step mask(String path) {
    return new Step(
        Group.ISOLATION,
        "mask " + path,
        "it tells about the host, or lets its hardware be changed",
        l -> MaskLowering.mask(l, path));
  }

  /** Makes a path of /proc or /sys read-only, if it is there, with what is mounted below it. */
  public static Step protect(String path) {
    return new Step(
        Group.ISOLATION,
        "make " + path + " read-only",
        "writing there would change the host",
        l -> MaskLowering.protect(l, path));
  }

  /** Sets the host name of the new UTS namespace. */
  public static Step setHostname(String name) {
    int length = Bytes.encode(name).length;
    return new Step(
        Group.NAMESPACES,
        "set the host name to " + name,
        "the UTS namespace is the container's own",
        l -> l.syscall(Wire.SYS_SETHOSTNAME, l.segment().text(name), Value.of(length)));
  }

  /** Sets the NIS domain name of the new UTS namespace. */
  public static Step setDomainname(String name) {
    int length = Bytes.encode(name).length;
    return new Step(
        Group.NAMESPACES,
        "set the domain name to " + name,
        "the UTS namespace is the container's own",
        l -> l.syscall(Wire.SYS_SETDOMAINNAME, l.segment().text(name), Value.of(length)));
  }

  /** Brings up the loopback device of a new network namespace. */
  public static Step raiseLoopback() {
    return new Step(
        Group.NAMESPACES,
        "bring the loopback device up",
        "a new network namespace has nothing but it, and that is down",
        RootSteps::lowerLoopback);
  }

  private static void lowerLoopback(Lowering l) {
    // SIOCSIFFLAGS with IFF_UP | IFF_RUNNING of netdevice(7); struct ifreq is 40 bytes.
    byte[] request = new byte[40];
    request[0] = 'l';
    request[1] = 'o';
    request[16] = 0x41;
    Value socket =
        l.syscall(
            Wire.SYS_SOCKET,
            Value.of(Linux.AF_INET),
            Value.of(Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC),
            Value.of(0));
    l.syscall(Wire.SYS_IOCTL, socket, Value.of(0x8914), l.segment().bytes(request));
    l.close(socket);
  }

  /** Writes a kernel parameter of the container's own namespaces. */
  public static Step setSysctl(String key, String value) {
    String path = "proc/sys/" + key.replace('.', '/');
    int length = Bytes.encode(value).length;
    return new Step(
        Group.ISOLATION,
        "set the kernel parameter " + key + " to " + value,
        "it belongs to the container's namespaces, not to the host",
        l -> {
          // Nothing on the way may be a link or another mount than /proc, and /proc no directory
          // that only looks like one (CVE-2025-52881).
          Value proc = l.open("/proc", Linux.O_PATH | Linux.O_DIRECTORY);
          checkFileSystem(l, proc, MountSteps.PROC_MAGIC);
          Value file =
              FileWorker.addOpen2(
                  l.segment(),
                  proc,
                  path.substring("proc/".length()),
                  Linux.O_WRONLY | Linux.O_CLOEXEC,
                  0,
                  Linux.RESOLVE_NO_SYMLINKS | Linux.RESOLVE_NO_XDEV);
          l.syscall(Wire.SYS_WRITE, file, l.segment().text(value), Value.of(length));
          l.close(file);
          l.close(proc);
        });
  }

  /** Fails with {@code ELOOP} unless a descriptor's file is of this file system (statfs(2)). */
  static void checkFileSystem(Lowering l, Value file, long magic) {
    Value status = l.segment().room(120);
    l.syscall(Wire.SYS_FSTATFS, file, status);
    l.segment().check(l.segment().load(status, 8), -1, magic, Errno.ELOOP);
  }
}
