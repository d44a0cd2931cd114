package dev.mydocker.cli.option;

import java.util.List;

/**
 * A host directory or file shown in the container: {@code -v HOST:CONTAINER[:OPTIONS]}.
 *
 * @param source the host path as typed: absolute, or relative and beginning with a dot
 * @param target the absolute path in the container
 * @param readOnly whether the container may only read it
 * @param propagation a mount propagation such as {@code rshared}, or empty for the default ({@code
 *     rprivate})
 */
public record VolumeSpec(String source, String target, boolean readOnly, String propagation) {
  private static final String HINT = "write HOST:CONTAINER[:ro], both paths absolute or HOST ./";

  /** Parses one value of {@code -v}, as Docker reads it: at most three parts between colons. */
  public static VolumeSpec parse(String text) {
    List<String> parts = Specs.split(text, ':');
    for (String part : parts) {
      if (part.isEmpty()) {
        throw Values.invalid("invalid volume specification: '" + text + "': empty section", HINT);
      }
    }
    if (parts.size() == 1) {
      checkTarget(text);
      throw Specs.later(
          "-v "
              + text
              + ": anonymous volumes are not supported by mydocker yet; give a host"
              + " directory, as in -v /srv/data:"
              + text);
    }
    if (parts.size() > 3) {
      throw Values.invalid("invalid volume specification: '" + text + "'", HINT);
    }
    String source = parts.get(0);
    String target = parts.get(1);
    checkTarget(target);
    if (!source.startsWith("/") && !isRelative(source)) {
      throw Specs.later(
          "-v "
              + text
              + ": named volumes are not supported by mydocker yet; for a directory write"
              + " its path, as in -v ./"
              + source
              + ":"
              + target);
    }
    VolumeSpec plain = new VolumeSpec(source, target, false, "");
    return parts.size() == 3 ? plain.withOptions(parts.get(2), text) : plain;
  }

  private static boolean isRelative(String path) {
    return path.equals(".")
        || path.equals("..")
        || path.startsWith("./")
        || path.startsWith("../")
        || path.indexOf('/') > 0 && path.startsWith(".");
  }

  /** Refuses a path that nothing can be mounted on, in Docker's words. */
  static void checkTarget(String path) {
    if (!path.startsWith("/")) {
      throw Values.invalid("invalid mount path: '" + path + "' mount path must be absolute", null);
    }
    if (clean(path).equals("/")) {
      throw Values.invalid("invalid specification: destination can't be '/'", null);
    }
  }

  private VolumeSpec withOptions(String options, String text) {
    boolean reading = false;
    String mode = "";
    String propagated = "";
    for (String option : Specs.split(options, ',')) {
      switch (option) {
        case "ro", "rw" -> {
          if (!mode.isEmpty() && !mode.equals(option)) {
            throw Values.invalid("invalid mode: " + options, "ro and rw exclude each other");
          }
          mode = option;
          reading = option.equals("ro");
        }
        case "shared", "rshared", "slave", "rslave", "private", "rprivate" -> {
          if (!propagated.isEmpty()) {
            throw Values.invalid("invalid mode: " + options, "give one propagation only");
          }
          propagated = option;
        }
        // SELinux relabelling, copying into volumes and file sharing of virtual machines: nothing
        // to do for a bind mount on a machine without SELinux.
        case "z", "Z", "nocopy", "cached", "delegated", "consistent" -> {}
        default ->
            throw Values.invalid(
                "invalid volume specification: '" + text + "': invalid mode: " + option,
                "ro, rw and shared, slave, private with or without r before them are known");
      }
    }
    return new VolumeSpec(source, target, reading, propagated);
  }

  /** Returns the host path, made absolute with {@code directory} and without . and .. parts. */
  public String hostPath(String directory) {
    return clean(source.startsWith("/") ? source : directory + "/" + source);
  }

  /** Removes empty, . and .. parts of an absolute path as text, as Go's filepath.Clean does. */
  public static String clean(String path) {
    List<String> kept = new java.util.ArrayList<>();
    for (String part : Specs.split(path, '/')) {
      if (part.equals("..")) {
        if (!kept.isEmpty()) {
          kept.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        kept.add(part);
      }
    }
    return "/" + String.join("/", kept);
  }
}
