package dev.mydocker.runtime.systemd;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import org.jspecify.annotations.Nullable;

/**
 * The unit that holds a container, named as runc names it (systemd.unit(5), systemd.slice(5)).
 *
 * @param name the unit's: a scope, or a slice
 * @param slice the slice above it
 */
public record Unit(String name, String slice) {
  private static final String SLICE = ".slice";
  private static final String DEFAULT_SLICE = "system.slice";
  private static final String DEFAULT_PREFIX = "mydocker";

  /** A unit's name is also the name of a directory. */
  private static final int LONGEST = 255;

  /** What systemd takes in a name beside letters and digits. */
  private static final String SPECIAL = ":-_.\\";

  /** Checks that systemd would take the names. */
  public Unit {
    check(name);
    expand(slice);
    if (name.endsWith(SLICE)) {
      expand(name);
    }
  }

  /**
   * The unit of a {@code linux.cgroupsPath}.
   *
   * @param path {@code slice:prefix:name}; nothing for a scope named by the container's id
   * @throws MydockerException if it is no such path, or names no unit
   */
  public static Unit of(@Nullable String path, String id) {
    if (path == null || path.isEmpty()) {
      return new Unit(DEFAULT_PREFIX + "-" + id + ".scope", DEFAULT_SLICE);
    }
    String[] parts = path.split(":", -1);
    if (parts.length != 3) {
      throw MydockerException.of(
          Category.INVALID,
          "linux.cgroupsPath",
          "\"" + path + "\"",
          "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups",
          "leave --systemd-cgroup out for a path of the cgroup file system");
    }
    String slice = parts[0].isEmpty() ? DEFAULT_SLICE : parts[0];
    String name = parts[2].endsWith(SLICE) ? parts[2] : parts[1] + "-" + parts[2] + ".scope";
    return new Unit(name, slice);
  }

  /** Whether it is a slice, which holds no processes that systemd knows of. */
  public boolean isSlice() {
    return name.endsWith(SLICE);
  }

  /** Its cgroup, from the root of the hierarchies. */
  public String path() {
    return isSlice() ? expand(name) : expand(slice) + "/" + name;
  }

  /** The slice {@code a-b.slice} lies in {@code a.slice}, and {@code -.slice} is the root. */
  private static String expand(String slice) {
    check(slice);
    if (!slice.endsWith(SLICE)) {
      throw invalid(slice, "the name of a slice ends with .slice");
    }
    String whole = slice.substring(0, slice.length() - SLICE.length());
    if (whole.equals("-")) {
      return "";
    }
    StringBuilder path = new StringBuilder();
    for (int at = whole.indexOf('-'); ; at = whole.indexOf('-', at + 1)) {
      String above = at < 0 ? whole : whole.substring(0, at);
      if (above.isEmpty() || above.endsWith("-")) {
        throw invalid(slice, "a part of its name is empty");
      }
      path.append('/').append(above).append(SLICE);
      if (at < 0) {
        return path.toString();
      }
    }
  }

  private static void check(String name) {
    if (name.length() > LONGEST) {
      throw invalid(name, "longer than " + LONGEST + " characters");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (!plain && SPECIAL.indexOf(c) < 0) {
        throw invalid(name, "a unit's name has letters, digits and " + SPECIAL + " alone");
      }
    }
  }

  private static MydockerException invalid(String name, String why) {
    return MydockerException.of(
        Category.INVALID, "linux.cgroupsPath: systemd unit", "\"" + name + "\"", why);
  }
}
