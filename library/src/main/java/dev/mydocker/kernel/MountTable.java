package dev.mydocker.kernel;

import java.util.ArrayList;
import java.util.List;

/** Reads /proc/self/mountinfo (proc(5)). */
public final class MountTable {
  private static final int LIMIT = 1 << 24;
  private static final int MOUNT_POINT = 4;

  private MountTable() {}

  /** The mount points that this process sees, in the order in which they were mounted. */
  public static List<String> mountPoints(FileWorker files) {
    List<String> points = new ArrayList<>();
    byte[] table = files.read(FileWorker.HOST, "/proc/self/mountinfo", LIMIT);
    for (String line : Bytes.decode(table).split("\n")) {
      String[] fields = line.split(" ");
      if (fields.length > MOUNT_POINT) {
        points.add(unescape(fields[MOUNT_POINT]));
      }
    }
    return points;
  }

  /** Undoes the kernel's escapes of space, tab, newline and backslash as three octal digits. */
  public static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 3 < text.length()) {
        plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
