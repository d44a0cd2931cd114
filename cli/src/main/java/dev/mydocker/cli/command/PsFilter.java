package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.option.Specs;
import dev.mydocker.engine.ContainerInfo;
import dev.mydocker.engine.Status;
import dev.mydocker.oci.ImageReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The conditions of {@code ps --filter}. Of several with one key one must hold; of several labels
 * all, as in Docker.
 */
final class PsFilter {
  private final List<Specs.Setting> conditions;

  private PsFilter(List<Specs.Setting> conditions) {
    this.conditions = conditions;
  }

  /**
   * Parses the values of the option.
   *
   * @throws MydockerException for a key that is not known or a value that it cannot have
   */
  static PsFilter parse(List<String> texts) {
    List<Specs.Setting> conditions = new ArrayList<>();
    for (String text : texts) {
      Specs.Setting condition = Specs.filter(text);
      check(condition);
      conditions.add(condition);
    }
    return new PsFilter(conditions);
  }

  private static void check(Specs.Setting condition) {
    String value = condition.value();
    switch (condition.key()) {
      case "id", "name", "label", "ancestor" -> {}
      case "status" -> {
        // Docker has these two states as well; no container of ours is ever in them.
        if (!isStatus(value) && !value.equals("restarting") && !value.equals("removing")) {
          throw invalid(condition, "it is one of created, running, paused, exited and dead");
        }
      }
      case "exited" -> {
        for (int i = 0; i < value.length(); i++) {
          if (value.charAt(i) < '0' || value.charAt(i) > '9') {
            throw invalid(condition, "it is an exit code");
          }
        }
      }
      default ->
          throw new MydockerException(
              Category.INVALID,
              "invalid filter '" + condition.key() + "'",
              "there are id, name, status, label, ancestor and exited");
    }
  }

  private static boolean isStatus(String word) {
    for (Status status : Status.values()) {
      if (status.word().equals(word)) {
        return true;
      }
    }
    return false;
  }

  private static MydockerException invalid(Specs.Setting condition, String hint) {
    return new MydockerException(
        Category.INVALID,
        "invalid filter '" + condition.key() + "=" + condition.value() + "'",
        hint);
  }

  /** Whether a status is asked for, so that containers that do not run are meant too. */
  boolean namesStatus() {
    for (Specs.Setting condition : conditions) {
      if (condition.key().equals("status")) {
        return true;
      }
    }
    return false;
  }

  boolean accepts(ContainerInfo info) {
    for (Specs.Setting condition : conditions) {
      boolean holds =
          condition.key().equals("label")
              ? holds(condition, info)
              : holdsOne(condition.key(), info);
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private boolean holdsOne(String key, ContainerInfo info) {
    for (Specs.Setting condition : conditions) {
      if (condition.key().equals(key) && holds(condition, info)) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(Specs.Setting condition, ContainerInfo info) {
    String value = condition.value();
    return switch (condition.key()) {
      case "id" -> info.id().startsWith(value);
      case "name" -> isNamed(info.name(), value);
      case "status" -> info.status().word().equals(value);
      case "label" -> isLabelled(info.labels(), value);
      case "ancestor" -> isOf(info, value);
      default -> info.status() == Status.EXITED && Integer.toString(info.exitCode()).equals(value);
    };
  }

  /** A part of the name; {@code ^} and {@code $} tie it to the beginning and the end. */
  private static boolean isNamed(String name, String pattern) {
    boolean begins = pattern.startsWith("^");
    boolean ends = pattern.endsWith("$");
    int to = pattern.length() - (ends ? 1 : 0);
    String part = pattern.substring(begins ? 1 : 0, Math.max(to, begins ? 1 : 0));
    if (part.startsWith("/")) {
      // Docker's names begin with a slash.
      part = part.substring(1);
      begins = true;
    }
    if (begins && ends) {
      return name.equals(part);
    }
    return begins ? name.startsWith(part) : ends ? name.endsWith(part) : name.contains(part);
  }

  /** Whether a label is there, or has a value, as {@code KEY} or {@code KEY=VALUE} says. */
  static boolean isLabelled(Map<String, String> labels, String wanted) {
    int equals = wanted.indexOf('=');
    return equals < 0
        ? labels.containsKey(wanted)
        : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
  }

  private static boolean isOf(ContainerInfo info, String image) {
    String id = info.imageId();
    if (info.image().equals(image)
        || id != null
            && image.length() >= 4
            && (id.startsWith(image) || id.startsWith("sha256:" + image))) {
      return true;
    }
    return info.spec().image() != null && sameName(info.image(), image);
  }

  private static boolean sameName(String one, String other) {
    try {
      String name = ImageReference.parse(one).withDefaultTag().toString();
      return name.equals(ImageReference.parse(other).withDefaultTag().toString());
    } catch (MydockerException noName) {
      return false;
    }
  }
}
