package dev.mydocker.runtime.cgroup;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import java.util.Optional;

/**
 * What a container uses. Numbers of controllers that are not there are 0; -1 is no limit.
 *
 * @param memory bytes, without what the kernel could drop at once (inactive file pages), as {@code
 *     docker stats} counts
 * @param memoryLimit bytes
 * @param cpuNanos processor time, of which {@code userNanos} and {@code systemNanos}
 * @param pids tasks, of which {@code pidsLimit} are allowed
 * @param read bytes read from block devices, and {@code written}
 */
public record CgroupStats(
    long memory,
    long memoryLimit,
    long cpuNanos,
    long userNanos,
    long systemNanos,
    long pids,
    long pidsLimit,
    long read,
    long written) {
  /** What v1 shows for no limit: the largest number of pages. */
  private static final long NO_LIMIT = Long.MAX_VALUE / 4096 * 4096;

  static CgroupStats read(FileWorker files, CgroupPaths paths) {
    Source in = new Source(files, paths);
    return paths.version() == CgroupVersion.V2 ? readV2(in) : readV1(in);
  }

  private static CgroupStats readV1(Source in) {
    long limit = number(in.text("memory", "memory.limit_in_bytes"));
    String io = in.text("blkio", "blkio.throttle.io_service_bytes_recursive");
    return new CgroupStats(
        used(
            number(in.text("memory", "memory.usage_in_bytes")),
            field(in.text("memory", "memory.stat"), "total_inactive_file ")),
        limit >= NO_LIMIT ? -1 : limit,
        number(in.text("cpuacct", "cpuacct.usage")),
        number(in.text("cpuacct", "cpuacct.usage_user")),
        number(in.text("cpuacct", "cpuacct.usage_sys")),
        number(in.text("pids", "pids.current")),
        number(in.text("pids", "pids.max")),
        sum(io, " Read "),
        sum(io, " Write "));
  }

  private static CgroupStats readV2(Source in) {
    String cpu = in.text("cpu", "cpu.stat");
    String io = in.text("io", "io.stat");
    return new CgroupStats(
        used(
            number(in.text("memory", "memory.current")),
            field(in.text("memory", "memory.stat"), "inactive_file ")),
        number(in.text("memory", "memory.max")),
        1000 * field(cpu, "usage_usec "),
        1000 * field(cpu, "user_usec "),
        1000 * field(cpu, "system_usec "),
        number(in.text("pids", "pids.current")),
        number(in.text("pids", "pids.max")),
        sum(io, " rbytes="),
        sum(io, " wbytes="));
  }

  static long oomKills(FileWorker files, CgroupPaths paths) {
    Source in = new Source(files, paths);
    String file = paths.version() == CgroupVersion.V2 ? "memory.events" : "memory.oom_control";
    return field(in.text("memory", file), "oom_kill ");
  }

  private static long used(long all, long inactive) {
    return inactive < all ? all - inactive : all;
  }

  /** The number that is a file's whole content. */
  static long number(String text) {
    String number = text.strip();
    return number.equals("max") ? -1 : number.isEmpty() ? 0 : Long.parseLong(number);
  }

  /** The number after {@code key} at the start of a line. */
  static long field(String text, String key) {
    int at = text.startsWith(key) ? 0 : text.indexOf("\n" + key) + 1;
    return text.startsWith(key, at) ? numberAt(text, at + key.length()) : 0;
  }

  /** The sum of the numbers after each {@code key}. */
  static long sum(String text, String key) {
    long sum = 0;
    for (int at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
      sum += numberAt(text, at + key.length());
    }
    return sum;
  }

  private static long numberAt(String text, int at) {
    int end = at;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end == at ? 0 : Long.parseLong(text, at, end, 10);
  }

  /** The files of a cgroup, empty where they are missing. */
  private record Source(FileWorker files, CgroupPaths paths) {
    String text(String controller, String file) {
      Optional<CgroupDirectory> directory =
          paths.version() == CgroupVersion.V2 ? paths.unified() : paths.directory(controller);
      return directory
          .flatMap(each -> files.readIfThere(Linux.AT_FDCWD, each.file(file)))
          .map(Bytes::decode)
          .orElse("");
    }
  }
}
