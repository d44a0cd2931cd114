package dev.mydocker.image.tar;

import dev.mydocker.kernel.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes an archive in pax format: plain ustar where that can say everything, an extended header in
 * front where not. The same entries give the same bytes.
 */
public final class TarWriter {
  private static final int BLOCK = TarHeader.BLOCK;
  private static final byte[] ZEROS = new byte[BLOCK];

  private final OutputStream out;
  private long remaining;
  private int padding;

  /**
   * @param out takes the archive; should be buffered
   */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Starts an entry; a file's content comes next, exactly as much as it says, holes included. */
  public void put(TarEntry entry) throws IOException {
    requireComplete();
    Map<String, byte[]> extended = new TreeMap<>();
    byte[] header = new byte[BLOCK];
    byte[] name = Bytes.encode(entry.name());
    if (!putName(header, name)) {
      extended.put("path", name);
      TarHeader.putText(header, TarHeader.NAME, name, 0, TarHeader.NAME_LENGTH);
    }
    byte[] link = Bytes.encode(entry.linkName());
    if (link.length > TarHeader.NAME_LENGTH) {
      extended.put("linkpath", link);
    }
    TarHeader.putText(
        header, TarHeader.LINK, link, 0, Math.min(link.length, TarHeader.NAME_LENGTH));
    long size = entry.type() == TarType.FILE ? entry.size() : 0;
    TarHeader.putNumber(header, TarHeader.MODE, 8, entry.mode());
    number(header, extended, TarHeader.USER, 8, "uid", entry.user());
    number(header, extended, TarHeader.GROUP, 8, "gid", entry.group());
    number(header, extended, TarHeader.SIZE, 12, "size", size);
    if (entry.modifiedNanos() != 0 || !TarHeader.fits(entry.modifiedSeconds(), 12)) {
      extended.put("mtime", time(entry.modifiedSeconds(), entry.modifiedNanos()));
    }
    TarHeader.putNumber(header, TarHeader.TIME, 12, Math.max(0, entry.modifiedSeconds()));
    header[TarHeader.TYPE] = (byte) entry.type().flag();
    magic(header);
    if (entry.type().isDevice()) {
      device(header, TarHeader.MAJOR, entry.deviceMajor());
      device(header, TarHeader.MINOR, entry.deviceMinor());
    }
    entry.xattrs().forEach((key, value) -> extended.put("SCHILY.xattr." + key, value));
    if (!extended.isEmpty()) {
      putExtended(extended);
    }
    TarHeader.putChecksum(header);
    out.write(header);
    remaining = size;
    padding = (int) (-size & BLOCK - 1);
    pad();
  }

  /** Writes content of the entry. */
  public void write(byte[] bytes, int from, int length) throws IOException {
    if (length > remaining) {
      throw new IllegalStateException("more content than the entry said");
    }
    out.write(bytes, from, length);
    remaining -= length;
    pad();
  }

  /** Writes zeros as content of the entry. */
  public void writeZeros(long length) throws IOException {
    for (long left = length; left > 0; left -= BLOCK) {
      write(ZEROS, 0, (int) Math.min(left, BLOCK));
    }
  }

  /** Writes the end marker; the stream stays open. */
  public void finish() throws IOException {
    requireComplete();
    out.write(ZEROS);
    out.write(ZEROS);
    out.flush();
  }

  /** Content that is still to come. */
  public long remaining() {
    return remaining;
  }

  private void requireComplete() {
    if (remaining > 0) {
      throw new IllegalStateException("less content than the entry said");
    }
  }

  private void pad() throws IOException {
    if (remaining == 0) {
      out.write(ZEROS, 0, padding);
      padding = 0;
    }
  }

  /** A name of up to 100 bytes, or one that parts at a slash into up to 155 and up to 100. */
  private static boolean putName(byte[] header, byte[] name) {
    if (name.length <= TarHeader.NAME_LENGTH) {
      TarHeader.putText(header, TarHeader.NAME, name, 0, name.length);
      return true;
    }
    int from = Math.max(1, name.length - TarHeader.NAME_LENGTH - 1);
    for (int i = from; i <= TarHeader.PREFIX_LENGTH && i < name.length - 1; i++) {
      if (name[i] == '/') {
        TarHeader.putText(header, TarHeader.PREFIX, name, 0, i);
        TarHeader.putText(header, TarHeader.NAME, name, i + 1, name.length);
        return true;
      }
    }
    return false;
  }

  private static void number(
      byte[] header, Map<String, byte[]> extended, int at, int length, String key, long value) {
    if (TarHeader.fits(value, length)) {
      TarHeader.putNumber(header, at, length, value);
    } else {
      TarHeader.putNumber(header, at, length, 0);
      extended.put(key, Bytes.encode(Long.toString(value)));
    }
  }

  private static void device(byte[] header, int at, long value) {
    if (!TarHeader.fits(value, 8)) {
      throw new IllegalArgumentException("device number " + value + " does not fit an archive");
    }
    TarHeader.putNumber(header, at, 8, value);
  }

  private static void magic(byte[] header) {
    byte[] magic = {'u', 's', 't', 'a', 'r', 0, '0', '0'};
    System.arraycopy(magic, 0, header, TarHeader.MAGIC, magic.length);
  }

  /** Seconds with the digits that matter: {@code -0.5} is half a second before 1970. */
  private static byte[] time(long seconds, int nanos) {
    boolean negative = seconds < 0 && nanos > 0;
    long whole = negative ? seconds + 1 : seconds;
    int part = negative ? 1_000_000_000 - nanos : nanos;
    StringBuilder text = new StringBuilder();
    if (negative && whole == 0) {
      text.append('-');
    }
    text.append(whole);
    if (part > 0) {
      String digits = Integer.toString(1_000_000_000 + part).substring(1);
      int end = digits.length();
      while (digits.charAt(end - 1) == '0') {
        end--;
      }
      text.append('.').append(digits, 0, end);
    }
    return Bytes.encode(text.toString());
  }

  private void putExtended(Map<String, byte[]> records) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> record : records.entrySet()) {
      byte[] key = Bytes.encode(record.getKey());
      // The length counts its own digits.
      int rest = key.length + record.getValue().length + 3;
      int length = rest + Integer.toString(rest).length();
      if (Integer.toString(length).length() > Integer.toString(rest).length()) {
        length++;
      }
      content.write(Bytes.encode(Integer.toString(length)));
      content.write(' ');
      content.write(key);
      content.write('=');
      content.write(record.getValue());
      content.write('\n');
    }
    byte[] header = new byte[BLOCK];
    TarHeader.putText(header, TarHeader.NAME, Bytes.encode("PaxHeader"), 0, 9);
    TarHeader.putNumber(header, TarHeader.MODE, 8, 0644);
    TarHeader.putNumber(header, TarHeader.USER, 8, 0);
    TarHeader.putNumber(header, TarHeader.GROUP, 8, 0);
    TarHeader.putNumber(header, TarHeader.SIZE, 12, content.size());
    TarHeader.putNumber(header, TarHeader.TIME, 12, 0);
    header[TarHeader.TYPE] = 'x';
    magic(header);
    TarHeader.putChecksum(header);
    out.write(header);
    content.writeTo(out);
    out.write(ZEROS, 0, -content.size() & BLOCK - 1);
  }
}
