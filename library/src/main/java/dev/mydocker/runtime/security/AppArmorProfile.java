package dev.mydocker.runtime.security;

/**
 * The AppArmor profile that a container gets where AppArmor is on: everything a container needs,
 * and no writing to the parts of /proc and /sys that concern the whole machine (the effect of
 * docker-default; see apparmor.d(5)).
 *
 * <p>It is the second lock behind masked and read-only paths, for processes that manage to mount
 * /proc or /sys anew. The text refers to no other file of /etc/apparmor.d, so it loads wherever
 * apparmor_parser does.
 */
public final class AppArmorProfile {
  /** The name the profile is loaded and asked for by. */
  public static final String NAME = "mydocker-default";

  private static final String RULES =
      """
        # sockets of every family but the kernel's crypto interface
        network,
        unix,
        deny network alg,

        # what capabilities, ownership and mounts allow anyway
        capability,
        file,
        umount,
        deny mount,

        # whoever starts and stops containers is not confined; inside, everyone is a peer
        signal (receive) peer=unconfined,
        signal (send, receive) peer=@NAME@,
        ptrace (trace, read, tracedby, readby) peer=@NAME@,

        # /proc: writing is for /proc/PID and for shared memory's sysctls
        deny /proc/* w,
        deny /proc/{[^1-9s/]*,s,s[^y/]*,sy,sy[^s/]*,sys?*}/** w,
        deny /proc/sys/{[^k/]*,[^k/]*/**} w,
        deny /proc/sys/kernel/{[^s]**,s,s[^h]**,sh,sh[^m]**} w,
        deny /proc/sysrq-trigger rwklx,
        deny /proc/kcore rwklx,

        # /sys: writing is for cgroups
        deny /sys/{[^f/]*,f,f[^s/]*,fs?*}/** wklx,
        deny /sys/fs/{[^c/]*,c,c[^g/]*,cg,cg[^r/]*}/** wklx,
        deny /sys/firmware/** rwklx,
        deny /sys/devices/virtual/powercap/** rwklx,
        deny /sys/kernel/security/** rwklx,
      """;

  private AppArmorProfile() {}

  /** Returns the profile {@value #NAME} as apparmor_parser reads it. */
  public static String text() {
    return "# the default profile of mydocker's containers\n"
        + ("profile @NAME@ flags=(attach_disconnected,mediate_deleted) {\n" + RULES + "}\n")
            .replace("@NAME@", NAME);
  }
}
