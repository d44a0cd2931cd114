package dev.mydocker.runtime.systemd;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.runtime.dbus.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits as properties of a unit: what systemd would write to a cgroup's files, made of what we
 * write there ourselves. systemd has to know it, for it writes again whenever it sees reason to.
 *
 * <p>Limits without a property are not among them: they are in files that systemd leaves alone.
 */
final class LimitProperties {
  /** For systemd, no limit (UINT64_MAX). */
  private static final long INFINITY = -1;

  private static final long SECOND = 1_000_000;
  private static final long USUAL_PERIOD = 100_000;

  /**
   * systemd keeps a quota as hundredths of a processor; what is below is rounded up, as by runc.
   */
  private static final long HUNDREDTH = SECOND / 100;

  /** More processors than any kernel is built for. */
  private static final int MOST_BITS = 1 << 13;

  private LimitProperties() {}

  /**
   * The properties.
   *
   * @param files what is written, by the names of the cgroup's files
   */
  static List<Property> of(Map<String, String> files) {
    List<Property> properties = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      String value = file.getValue();
      switch (file.getKey()) {
        case "memory.max" -> add(properties, "MemoryMax", value);
        case "memory.high" -> add(properties, "MemoryHigh", value);
        case "memory.low" -> add(properties, "MemoryLow", value);
        case "memory.min" -> add(properties, "MemoryMin", value);
        case "memory.swap.max" -> add(properties, "MemorySwapMax", value);
        case "memory.limit_in_bytes" -> add(properties, "MemoryLimit", value);
        case "cpu.weight" -> add(properties, "CPUWeight", value);
        case "cpu.shares" -> add(properties, "CPUShares", value);
        case "pids.max" -> add(properties, "TasksMax", value);
        case "cpu.max" -> {
          int space = value.indexOf(' ');
          String period = space < 0 ? null : value.substring(space + 1).strip();
          addQuota(properties, space < 0 ? value : value.substring(0, space), period);
        }
        case "cpu.cfs_quota_us" -> addQuota(properties, value, files.get("cpu.cfs_period_us"));
        case "cpuset.cpus" -> addSet(properties, "AllowedCPUs", value);
        case "cpuset.mems" -> addSet(properties, "AllowedMemoryNodes", value);
        default -> {
          // systemd has no property for it.
        }
      }
    }
    return properties;
  }

  private static void add(List<Property> to, String name, String value) {
    Long number = number(value);
    // What is no number the kernel refuses, with a message that names the file.
    if (number != null) {
      to.add(new Property(name, Variant.uint64(number)));
    }
  }

  /** A number of a cgroup's file; null if it is none. */
  private static @Nullable Long number(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    String value = text.strip();
    if (value.equals("max") || value.equals("-1")) {
      return INFINITY;
    }
    try {
      return Long.parseUnsignedLong(value);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static void addQuota(List<Property> to, String quotaText, @Nullable String periodText) {
    Long quota = number(quotaText);
    Long given = number(periodText);
    if (quota == null) {
      return;
    }
    long period = given == null || given <= 0 ? USUAL_PERIOD : given;
    long second = INFINITY;
    if (quota > 0 && quota <= Long.MAX_VALUE / SECOND) {
      second = (quota * SECOND / period + HUNDREDTH - 1) / HUNDREDTH * HUNDREDTH;
    }
    if (given != null && given > 0) {
      to.add(new Property("CPUQuotaPeriodUSec", Variant.uint64(given)));
    }
    to.add(new Property("CPUQuotaPerSecUSec", Variant.uint64(second)));
  }

  /** A list such as {@code 0-2,7} as bits, the lowest first. */
  private static void addSet(List<Property> to, String name, String list) {
    if (list.isBlank()) {
      return;
    }
    int[] bytes = new int[MOST_BITS / 8];
    int length = 0;
    for (String part : list.strip().split(",")) {
      int dash = part.indexOf('-');
      int first = bit(list, dash < 0 ? part : part.substring(0, dash));
      int last = dash < 0 ? first : bit(list, part.substring(dash + 1));
      if (last < first) {
        throw notAList(list);
      }
      for (int bit = first; bit <= last; bit++) {
        bytes[bit / 8] |= 1 << bit % 8;
        length = Math.max(length, bit / 8 + 1);
      }
    }
    List<Integer> set = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      set.add(bytes[i]);
    }
    to.add(new Property(name, Variant.bytes(set)));
  }

  private static int bit(String list, String text) {
    try {
      int bit = Integer.parseInt(text.strip());
      if (bit >= 0 && bit < MOST_BITS) {
        return bit;
      }
    } catch (NumberFormatException e) {
      throw notAList(list);
    }
    throw notAList(list);
  }

  private static MydockerException notAList(String list) {
    return MydockerException.of(
        Category.INVALID, "set", "cpuset to " + list, "expected a list such as 0-2,7");
  }
}
