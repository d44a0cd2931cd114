package dev.mydocker.kernel;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The time zone a user's clock shows, read as the C library reads it (tzset(3), tzfile(5)): the
 * variable TZ, else /etc/localtime.
 *
 * <p>java.util.TimeZone would do, but costs 5 to 8 ms in a cold JVM with an AOT cache, as it loads
 * the rules of all zones.
 */
public final class LocalZone {
  /** Universal time. */
  public static final LocalZone UTC = new LocalZone(null, 0, null);

  private static final String ZONES = "/usr/share/zoneinfo/";
  private static final int HEADER = 44;
  private static final int TYPE = 6;
  private static final int LARGEST = 1 << 20;

  /** An offset from UTC and what it is called. */
  record Type(int offset, String name) {
    static final Type UTC = new Type(0, "UTC");
  }

  /** A TZif file's content, or null; it is searched when asked, as most answers need little. */
  private final byte @Nullable [] file;

  /** Where the 64-bit block of the file has its header. */
  private final int start;

  private final @Nullable ZoneRule rule;

  private LocalZone(byte @Nullable [] file, int start, @Nullable ZoneRule rule) {
    this.file = file;
    this.start = start;
    this.rule = rule;
  }

  /** Returns the zone that the environment names, else the machine's, else UTC. */
  public static LocalZone of(Map<String, String> environment) {
    String name = environment.get("TZ");
    if (name == null) {
      return orUtc(read("/etc/localtime"));
    }
    String plain = name.startsWith(":") ? name.substring(1) : name;
    if (plain.isEmpty()) {
      return UTC;
    }
    LocalZone zone = null;
    if (plain.startsWith("/")) {
      zone = read(plain);
    } else if (!plain.contains("..")) {
      zone = read(ZONES + plain);
    }
    if (zone == null) {
      ZoneRule rule = ZoneRule.parse(plain);
      zone = rule == null ? null : new LocalZone(null, 0, rule);
    }
    return orUtc(zone);
  }

  private static LocalZone orUtc(@Nullable LocalZone zone) {
    return zone == null ? UTC : zone;
  }

  private static @Nullable LocalZone read(String path) {
    try (FileInputStream in = new FileInputStream(path)) {
      return parse(in.readNBytes(LARGEST));
    } catch (IOException e) {
      return null;
    }
  }

  /** Parses a TZif file of version 2 or later (RFC 9636), or returns null if it is none. */
  static @Nullable LocalZone parse(byte[] file) {
    if (file.length < 2 * HEADER || file[0] != 'T' || file[1] != 'Z' || file[4] < '2') {
      return null;
    }
    try {
      // The first block has 32-bit times and is skipped.
      int start = HEADER + blockLength(file, 0, 4);
      int footer = start + HEADER + blockLength(file, start, 8) + 1;
      int end = footer;
      while (end < file.length && file[end] != '\n') {
        end++;
      }
      String tail = new String(file, footer, end - footer, StandardCharsets.ISO_8859_1);
      LocalZone zone = new LocalZone(file, start, ZoneRule.parse(tail));
      // A file that is cut short shows itself here and not later.
      return zone.search(file, 0) == null ? null : zone;
    } catch (IndexOutOfBoundsException e) {
      return null;
    }
  }

  /** What holds at a time by the file's list of transitions. */
  private Type search(byte[] in, long seconds) {
    int count = number(in, start + 32);
    int times = start + HEADER;
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (time(in, times + middle * 8) <= seconds) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int indexes = times + count * 8;
    int index = low == 0 ? 0 : in[indexes + low - 1];
    int types = indexes + count;
    int type = types + index * TYPE;
    int names = types + number(in, start + 36) * TYPE;
    return new Type(number(in, type), name(in, names + in[type + 5]));
  }

  /** The length of the data behind the header at {@code start}. */
  private static int blockLength(byte[] file, int start, int timeSize) {
    return number(file, start + 20)
        + number(file, start + 24)
        + number(file, start + 28) * (timeSize + 4)
        + number(file, start + 32) * (timeSize + 1)
        + number(file, start + 36) * TYPE
        + number(file, start + 40);
  }

  private static int number(byte[] file, int at) {
    return file[at] << 24
        | (file[at + 1] & 0xFF) << 16
        | (file[at + 2] & 0xFF) << 8
        | file[at + 3] & 0xFF;
  }

  private static long time(byte[] file, int at) {
    return (long) number(file, at) << 32 | number(file, at + 4) & 0xFFFF_FFFFL;
  }

  private static String name(byte[] file, int from) {
    int to = from;
    while (file[to] != 0) {
      to++;
    }
    return new String(file, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** Returns the seconds that clocks here are ahead of UTC at a time in seconds since 1970. */
  public int offset(long seconds) {
    return type(seconds).offset();
  }

  /** Returns what the zone is called at a time in seconds since 1970, such as CET. */
  public String abbreviation(long seconds) {
    return type(seconds).name();
  }

  private Type type(long seconds) {
    if (file == null) {
      return rule == null ? Type.UTC : rule.at(seconds);
    }
    int count = number(file, start + 32);
    boolean behind = count == 0 || seconds >= time(file, start + HEADER + (count - 1) * 8);
    return rule != null && behind ? rule.at(seconds) : search(file, seconds);
  }
}
