package dev.mydocker.runtime.cgroup;

import dev.mydocker.kernel.MountTable;
import java.util.ArrayList;
import java.util.List;

/**
 * A mounted cgroup file system, from a line of /proc/self/mountinfo (proc(5)).
 *
 * @param unified whether it is cgroup2
 * @param root the cgroup that the mount shows, as this process's cgroup namespace names it
 * @param mountPoint where
 * @param readOnly whether the mount or the file system is read-only
 * @param options of the file system: on v1 also the hierarchy's controllers
 */
record CgroupMount(
    boolean unified, String root, String mountPoint, boolean readOnly, List<String> options) {

  /** Finds the mounts that can be reached, in the table's order. */
  static List<CgroupMount> parse(String mountinfo) {
    List<CgroupMount> mounts = new ArrayList<>();
    int end;
    for (int start = 0; start < mountinfo.length(); start = end + 1) {
      end = mountinfo.indexOf('\n', start);
      end = end < 0 ? mountinfo.length() : end;
      String line = mountinfo.substring(start, end);
      // What others are mounted on matters only once there is one of ours that they could hide.
      if (mounts.isEmpty() && !line.contains(" - cgroup")) {
        continue;
      }
      String[] fields = line.split(" ");
      int dash = 6;
      while (dash < fields.length && !fields[dash].equals("-")) {
        dash++;
      }
      if (dash + 3 >= fields.length) {
        continue;
      }
      String mountPoint = MountTable.unescape(fields[4]);
      // What is mounted on the same place later hides what is there.
      mounts.removeIf(mount -> mount.mountPoint.equals(mountPoint));
      String type = fields[dash + 1];
      if (type.equals("cgroup") || type.equals("cgroup2")) {
        List<String> options = List.of(fields[dash + 3].split(","));
        mounts.add(
            new CgroupMount(
                type.equals("cgroup2"),
                MountTable.unescape(fields[3]),
                mountPoint,
                fields[5].equals("ro") || fields[5].startsWith("ro,") || options.contains("ro"),
                options));
      }
    }
    return mounts;
  }

  /**
   * The place of a cgroup below this mount (empty for its top), or null where it does not show: it
   * is outside of the mounted part, or of this process's cgroup namespace.
   */
  @org.jspecify.annotations.Nullable
  String below(String cgroup) {
    if (cgroup.startsWith("/..") || root.startsWith("/..") || cgroup.endsWith(" (deleted)")) {
      return null;
    }
    String top = root.equals("/") ? "" : root;
    String place = cgroup.equals("/") ? "" : cgroup;
    return place.equals(top) || place.startsWith(top + "/") ? place.substring(top.length()) : null;
  }
}
