package dev.mydocker.image.tar;

import dev.mydocker.kernel.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of pax headers, {@code length key=value\n}: those of one entry over the global ones.
 */
final class PaxRecords {
  private static final String XATTR = "SCHILY.xattr.";

  private final Map<String, byte[]> global = new LinkedHashMap<>();
  private final Map<String, byte[]> local = new LinkedHashMap<>();

  /** GNU's sparse format 0.0 repeats its keys, so that their order is the map. */
  private final List<Long> repeated = new ArrayList<>();

  /** A record that is malformed. */
  static final class BadRecord extends Exception {
    private static final long serialVersionUID = 1L;

    BadRecord(String problem) {
      super(problem);
    }
  }

  void clear() {
    local.clear();
    repeated.clear();
  }

  boolean isClear() {
    return local.isEmpty();
  }

  void add(byte[] records, boolean isGlobal) throws BadRecord {
    int at = 0;
    while (at < records.length && records[at] != 0) {
      int length = 0;
      int digits = at;
      while (digits < records.length && records[digits] >= '0' && records[digits] <= '9') {
        length = length * 10 + records[digits++] - '0';
        if (length > records.length) {
          throw new BadRecord("a pax record is longer than its header");
        }
      }
      int end = at + length;
      if (digits == at || end > records.length || end <= digits || records[digits] != ' ') {
        throw new BadRecord("malformed pax record");
      }
      int equals = digits + 1;
      while (equals < end && records[equals] != '=') {
        equals++;
      }
      if (equals == digits + 1 || equals >= end || records[end - 1] != '\n') {
        throw new BadRecord("malformed pax record");
      }
      String key = Bytes.decode(records, digits + 1, equals);
      byte[] value = new byte[Math.max(0, end - 1 - equals - 1)];
      System.arraycopy(records, equals + 1, value, 0, value.length);
      put(key, value, isGlobal);
      at = end;
    }
  }

  private void put(String key, byte[] value, boolean isGlobal) throws BadRecord {
    if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
      repeated.add(parseLong(key, value));
    }
    (isGlobal ? global : local).put(key, value);
  }

  /** The value of a key, or null; an empty value takes the key back. */
  private byte @Nullable [] value(String key) {
    byte[] value = local.get(key);
    if (value == null) {
      value = global.get(key);
    }
    return value == null || value.length == 0 ? null : value;
  }

  @Nullable String text(String key) throws BadRecord {
    byte[] value = value(key);
    if (value == null) {
      return null;
    }
    for (byte b : value) {
      if (b == 0) {
        throw new BadRecord("a NUL in pax record " + key);
      }
    }
    return Bytes.decode(value);
  }

  long number(String key, long missing) throws BadRecord {
    byte[] value = value(key);
    return value == null ? missing : parseLong(key, value);
  }

  /** The extended attributes; local ones hide global ones of the same name. */
  Map<String, byte[]> xattrs() {
    Map<String, byte[]> xattrs = new LinkedHashMap<>();
    for (Map<String, byte[]> records : List.of(global, local)) {
      records.forEach(
          (key, value) -> {
            if (key.startsWith(XATTR)) {
              xattrs.put(key.substring(XATTR.length()), value);
            }
          });
    }
    return xattrs;
  }

  /** The map of sparse format 0.0: offset, length, offset, length. */
  List<Long> repeatedSparse() {
    return repeated;
  }

  /** The map of sparse format 0.1, or null. */
  @Nullable List<Long> sparseMap() throws BadRecord {
    byte[] value = value("GNU.sparse.map");
    if (value == null) {
      return null;
    }
    List<Long> numbers = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= value.length; i++) {
      if (i == value.length || value[i] == ',') {
        numbers.add(parseLong("GNU.sparse.map", value, from, i));
        from = i + 1;
      }
    }
    return numbers;
  }

  /** Seconds of a time such as {@code -1.5}, rounded down, and the nanoseconds above them. */
  long @Nullable [] time(String key) throws BadRecord {
    byte[] value = value(key);
    if (value == null) {
      return null;
    }
    int point = 0;
    while (point < value.length && value[point] != '.') {
      point++;
    }
    boolean negative = value[0] == '-';
    long seconds = parseLong(key, value, 0, point);
    long nanos = 0;
    for (int i = 1; i <= 9; i++) {
      int digit = point + i < value.length ? value[point + i] - '0' : 0;
      if (digit < 0 || digit > 9) {
        throw malformed(key);
      }
      nanos = nanos * 10 + digit;
    }
    if (negative && nanos > 0) {
      return new long[] {seconds - 1, 1_000_000_000 - nanos};
    }
    return new long[] {seconds, nanos};
  }

  private static long parseLong(String key, byte[] value) throws BadRecord {
    return parseLong(key, value, 0, value.length);
  }

  private static long parseLong(String key, byte[] value, int from, int to) throws BadRecord {
    boolean negative = from < to && value[from] == '-';
    int at = negative ? from + 1 : from;
    if (at == to || to - at > 18) {
      throw malformed(key);
    }
    long number = 0;
    while (at < to) {
      int digit = value[at++] - '0';
      if (digit < 0 || digit > 9) {
        throw malformed(key);
      }
      number = number * 10 + digit;
    }
    return negative ? -number : number;
  }

  private static BadRecord malformed(String key) {
    return new BadRecord("malformed number in pax record " + key);
  }
}
