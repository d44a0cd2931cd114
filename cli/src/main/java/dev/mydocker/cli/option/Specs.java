package dev.mydocker.cli.option;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.format.Quote;
import java.util.List;

/** The values of options that have parts: devices, tmpfs, log and security options. */
public final class Specs {
  private Specs() {}

  static MydockerException later(String message) {
    return new MydockerException(Category.UNSUPPORTED, message);
  }

  /**
   * A device of the host for the container.
   *
   * @param host its path on the host
   * @param container its path in the container
   * @param permissions some of r, w and m (mknod)
   */
  public record Device(String host, String container, String permissions) {}

  /** Parses {@code HOST[:CONTAINER[:PERMISSIONS]]} or {@code HOST:PERMISSIONS}. */
  public static Device device(String text) {
    List<String> parts = split(text, ':');
    String host = parts.get(0);
    String container = host;
    String permissions = "rwm";
    if (parts.size() == 2 && isPermissions(parts.get(1))) {
      permissions = parts.get(1);
    } else if (parts.size() == 2 || parts.size() == 3) {
      container = parts.get(1);
      permissions = parts.size() == 3 ? parts.get(2) : permissions;
    } else if (parts.size() != 1) {
      throw Values.invalid(
          "invalid device specification: " + text, "write HOST[:CONTAINER[:PERMISSIONS]]");
    }
    if (!host.startsWith("/") || !container.startsWith("/")) {
      throw Values.invalid(
          "invalid device specification: "
              + (host.startsWith("/") ? container : host)
              + " is not an absolute path",
          null);
    }
    if (!isPermissions(permissions)) {
      throw Values.invalid("bad mode specified: " + permissions, "use some of r, w and m");
    }
    return new Device(host, container, permissions);
  }

  private static boolean isPermissions(String text) {
    for (int i = 0; i < text.length(); i++) {
      if ("rwm".indexOf(text.charAt(i)) < 0 || text.indexOf(text.charAt(i), i + 1) >= 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /**
   * A file system in memory.
   *
   * @param path where it is mounted in the container
   * @param options its mount options, such as {@code size=64m}
   */
  public record Tmpfs(String path, List<String> options) {
    /** Keeps an immutable copy. */
    public Tmpfs {
      options = List.copyOf(options);
    }
  }

  /** Parses {@code PATH[:OPTIONS]}. */
  public static Tmpfs tmpfs(String text) {
    int colon = text.indexOf(':');
    String path = colon < 0 ? text : text.substring(0, colon);
    VolumeSpec.checkTarget(path);
    List<String> options =
        colon < 0 || colon + 1 == text.length() ? List.of() : split(text.substring(colon + 1), ',');
    for (String option : options) {
      checkTmpfsOption(option);
    }
    return new Tmpfs(path, options);
  }

  private static void checkTmpfsOption(String option) {
    int equals = option.indexOf('=');
    String value = option.substring(equals + 1);
    switch (equals < 0 ? option : option.substring(0, equals)) {
      case "size" -> {
        if (equals < 0 || !value.endsWith("%")) {
          Values.bytes(value);
        }
      }
      case "mode" -> checkOctal(value);
      case "uid", "gid", "nr_inodes", "nr_blocks", "mpol" -> {
        if (value.isEmpty() || equals < 0) {
          throw invalidTmpfs(option);
        }
      }
      case "defaults",
          "ro",
          "rw",
          "suid",
          "nosuid",
          "dev",
          "nodev",
          "exec",
          "noexec",
          "sync",
          "async",
          "dirsync",
          "atime",
          "noatime",
          "diratime",
          "nodiratime",
          "relatime",
          "norelatime",
          "strictatime",
          "nostrictatime" -> {
        if (equals >= 0) {
          throw invalidTmpfs(option);
        }
      }
      default -> throw invalidTmpfs(option);
    }
  }

  private static void checkOctal(String text) {
    boolean good = !text.isEmpty() && text.length() <= 5;
    for (int i = 0; good && i < text.length(); i++) {
      good = text.charAt(i) >= '0' && text.charAt(i) <= '7';
    }
    if (!good) {
      throw Values.invalid("invalid tmpfs mode " + Quote.go(text), "write it as in mode=1777");
    }
  }

  private static MydockerException invalidTmpfs(String option) {
    return Values.invalid("invalid tmpfs option " + Quote.go(option), null);
  }

  /**
   * A setting of a name and a value.
   *
   * @param key its name
   * @param value its value, which may be empty
   */
  public record Setting(String key, String value) {}

  /** Parses {@code max-size=10m} (powers of 1000, as Docker's json-file has it) or the like. */
  public static Setting logOption(String text) {
    Setting setting = setting(text, "invalid logging opts format");
    switch (setting.key()) {
      case "max-size" -> {
        if (!setting.value().equals("-1") && Values.decimalBytes(setting.value()) == 0) {
          throw Values.invalid("max-size must be greater than 0", "-1 is unlimited");
        }
      }
      case "max-file" -> {
        if (Values.integer(setting.value()) < 1) {
          throw Values.invalid("max-file cannot be less than 1", null);
        }
      }
      default ->
          throw Values.invalid(
              "unknown log opt '" + setting.key() + "'", "max-size and max-file are known");
    }
    return setting;
  }

  /**
   * Parses {@code no-new-privileges[=BOOL]}, {@code seccomp=FILE|unconfined} or {@code
   * apparmor=PROFILE|unconfined}.
   */
  public static Setting securityOption(String text) {
    int cut = text.indexOf('=');
    if (cut < 0) {
      cut = text.indexOf(':');
    }
    String key = cut < 0 ? text : text.substring(0, cut);
    String value = cut < 0 ? "" : text.substring(cut + 1);
    return switch (key) {
      case "no-new-privileges" ->
          new Setting(key, cut < 0 || Values.bool(value) ? "true" : "false");
      case "seccomp", "apparmor" -> {
        if (value.isEmpty()) {
          throw Values.invalid(
              "invalid --security-opt: " + Quote.go(text),
              key.equals("seccomp")
                  ? "write seccomp=FILE or =unconfined"
                  : "write apparmor=PROFILE or =unconfined");
        }
        yield new Setting(key, value);
      }
      case "label", "systempaths", "writable-cgroups" ->
          throw later("--security-opt " + key + " is not supported by mydocker yet");
      default -> throw Values.invalid("invalid --security-opt: " + Quote.go(text), null);
    };
  }

  /** Parses {@code KEY=VALUE} of --filter; keys are lower case, as Docker makes them. */
  public static Setting filter(String text) {
    Setting raw = setting(text, "bad format of filter (expected name=value)");
    return new Setting(lowerCase(raw.key().strip()), raw.value().strip());
  }

  private static String lowerCase(String text) {
    StringBuilder lower = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      lower.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
    }
    return lower.toString();
  }

  /** Parses {@code KEY=VALUE} or {@code KEY} of --label; the value may be empty. */
  public static Setting label(String text) {
    Values.label(text);
    int equals = text.indexOf('=');
    return equals < 0
        ? new Setting(text, "")
        : new Setting(text.substring(0, equals), text.substring(equals + 1));
  }

  private static Setting setting(String text, String error) {
    int equals = text.indexOf('=');
    if (equals <= 0) {
      throw Values.invalid(error + ": " + text, null);
    }
    return new Setting(text.substring(0, equals), text.substring(equals + 1));
  }

  /** Splits at every separator; empty parts are kept. */
  static List<String> split(String text, char separator) {
    List<String> parts = new java.util.ArrayList<>();
    int from = 0;
    int at = text.indexOf(separator);
    while (at >= 0) {
      parts.add(text.substring(from, at));
      from = at + 1;
      at = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }
}
