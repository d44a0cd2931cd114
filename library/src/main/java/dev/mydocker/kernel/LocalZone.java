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
  public static final LocalZone UTC = new LocalZone(new long[0], new Type[] {Type.UTC}, null);

  private static final String ZONES = "/usr/share/zoneinfo/";
  private static final int HEADER = 44;
  private static final int TYPE = 6;
  private static final int LARGEST = 1 << 20;

  /** An offset from UTC and what it is called; {@code types[i + 1]} holds from transition i on. */
  record Type(int offset, String name) {
    static final Type UTC = new Type(0, "UTC");
  }

  private final long[] transitions;
  private final Type[] types;
  private final @Nullable ZoneRule rule;

  private LocalZone(long[] transitions, Type[] types, @Nullable ZoneRule rule) {
    this.transitions = transitions;
    this.types = types;
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
      zone = rule == null ? null : ofRule(rule);
    }
    return orUtc(zone);
  }

  private static LocalZone orUtc(@Nullable LocalZone zone) {
    return zone == null ? UTC : zone;
  }

  private static LocalZone ofRule(ZoneRule rule) {
    return new LocalZone(new long[0], new Type[] {rule.standard()}, rule);
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
      int count = number(file, start + 32);
      int typeCount = number(file, start + 36);
      int names = number(file, start + 40);
      int times = start + HEADER;
      int indexes = times + count * 8;
      int typesAt = indexes + count;
      int namesAt = typesAt + typeCount * TYPE;
      Type[] known = new Type[typeCount];
      for (int i = 0; i < typeCount; i++) {
        int at = typesAt + i * TYPE;
        known[i] = new Type(number(file, at), name(file, namesAt + file[at + 5], namesAt + names));
      }
      long[] transitions = new long[count];
      Type[] types = new Type[count + 1];
      types[0] = known[0];
      for (int i = 0; i < count; i++) {
        long high = number(file, times + i * 8);
        transitions[i] = high << 32 | number(file, times + i * 8 + 4) & 0xFFFF_FFFFL;
        types[i + 1] = known[file[indexes + i]];
      }
      int footer = start + HEADER + blockLength(file, start, 8) + 1;
      int end = footer;
      while (end < file.length && file[end] != '\n') {
        end++;
      }
      String tail = new String(file, footer, end - footer, StandardCharsets.ISO_8859_1);
      return new LocalZone(transitions, types, ZoneRule.parse(tail));
    } catch (IndexOutOfBoundsException e) {
      return null;
    }
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

  private static String name(byte[] file, int from, int end) {
    int to = from;
    while (to < end && file[to] != 0) {
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
    int last = transitions.length - 1;
    if (rule != null && (last < 0 || seconds >= transitions[last])) {
      return rule.at(seconds);
    }
    while (last >= 0 && transitions[last] > seconds) {
      last--;
    }
    return types[last + 1];
  }
}
