package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.nio.file.Path;

/**
 * A directory or file of the host that a container sees.
 *
 * @param source its absolute path on the host
 * @param destination the absolute path in the container
 * @param readOnly whether the container may only read it
 * @param propagation how mounts made below it later travel
 */
public record Bind(String source, String destination, boolean readOnly, Propagation propagation) {
  /** How a mount made on one side of a bind reaches the other, see mount_namespaces(7). */
  public enum Propagation {
    /** Not at all, and mounts below the source come along. */
    RPRIVATE,
    /** As {@link #RPRIVATE}, for the source alone. */
    PRIVATE,
    /** From the host into the container, also below. */
    RSLAVE,
    /** From the host into the container. */
    SLAVE,
    /** Both ways, also below. */
    RSHARED,
    /** Both ways. */
    SHARED;

    /** Returns the word for it in {@code --volume} and in mount options. */
    public String word() {
      return switch (this) {
        case RPRIVATE -> "rprivate";
        case PRIVATE -> "private";
        case RSLAVE -> "rslave";
        case SLAVE -> "slave";
        case RSHARED -> "rshared";
        case SHARED -> "shared";
      };
    }
  }

  /** Makes both paths canonical and refuses what cannot be bound. */
  public Bind {
    if (!source.startsWith("/")) {
      throw MydockerException.of(
          Category.INVALID,
          "invalid bind source",
          source,
          "the path must be absolute",
          "named volumes are not there yet; write ./" + source + " for a directory here");
    }
    destination = ContainerPaths.mountPoint(destination);
    source = ContainerPaths.clean(source);
  }

  /** Returns a writable bind. */
  public static Bind of(Path source, String destination) {
    return new Bind(
        source.toAbsolutePath().normalize().toString(), destination, false, Propagation.RPRIVATE);
  }

  /**
   * Reads {@code source:destination[:options]}, where options are ro, rw, a word of propagation,
   * and others of Docker that mean nothing here (z, Z, nocopy, consistent, cached, delegated).
   *
   * @param directory what a source that starts with a dot is relative to
   * @throws MydockerException with Docker's words if it is none
   */
  public static Bind parse(String text, String directory) {
    int first = text.indexOf(':');
    if (first < 0) {
      throw MydockerException.of(
          Category.INVALID,
          "invalid volume",
          text,
          "anonymous volumes are not there yet",
          "write source:destination");
    }
    int second = text.indexOf(':', first + 1);
    String source = text.substring(0, first);
    String destination = text.substring(first + 1, second < 0 ? text.length() : second);
    if (source.isEmpty()
        || destination.isEmpty()
        || text.indexOf(':', second + 1) >= 0 && second >= 0) {
      throw MydockerException.invalid(
          "volume",
          text,
          "invalid volume specification: '" + text + "'",
          "expected source:destination[:options]");
    }
    boolean relative =
        source.equals(".")
            || source.equals("..")
            || source.startsWith("./")
            || source.startsWith("../");
    Bind bind =
        new Bind(
            relative ? directory + "/" + source : source, destination, false, Propagation.RPRIVATE);
    return second < 0 ? bind : bind.with(text.substring(second + 1));
  }

  private Bind with(String options) {
    boolean ro = readOnly;
    Propagation how = propagation;
    boolean access = false;
    boolean spread = false;
    for (String option : options.split(",", -1)) {
      switch (option) {
        case "ro", "readonly", "rw" -> {
          if (access) {
            throw invalidMode(options);
          }
          access = true;
          ro = !option.equals("rw");
        }
        case "z", "Z", "nocopy", "consistent", "cached", "delegated", "rbind" -> {}
        default -> {
          if (spread) {
            throw invalidMode(options);
          }
          spread = true;
          how = propagation(option, options);
        }
      }
    }
    return new Bind(source, destination, ro, how);
  }

  private static Propagation propagation(String option, String options) {
    for (Propagation propagation : Propagation.values()) {
      if (propagation.word().equals(option)) {
        return propagation;
      }
    }
    throw invalidMode(options);
  }

  private static MydockerException invalidMode(String options) {
    return MydockerException.invalid(
        "mode of volume",
        options,
        "invalid mode: " + options,
        "options are ro or rw, and private, slave or shared with an r in front for all below");
  }

  /** Returns this bind, for reading only. */
  public Bind asReadOnly() {
    return new Bind(source, destination, true, propagation);
  }

  /** Returns {@code source:destination}, with {@code :ro} behind where it is read-only. */
  @Override
  public String toString() {
    return source + ":" + destination + (readOnly ? ":ro" : "");
  }
}
