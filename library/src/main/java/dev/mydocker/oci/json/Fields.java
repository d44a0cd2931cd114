package dev.mydocker.oci.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the compact constructors of records share: checks and copies. */
public final class Fields {
  /** The largest value of an unsigned 32-bit member, such as a user id. */
  public static final long MAX_UINT32 = 0xFFFF_FFFFL;

  private Fields() {}

  /**
   * Refuses a member's value.
   *
   * @throws FieldException unless {@code holds}
   */
  public static void require(boolean holds, String name, String problem) {
    if (!holds) {
      throw new FieldException(name, problem);
    }
  }

  /**
   * Checks that text is there.
   *
   * @throws FieldException if {@code value} is empty
   */
  public static void requireText(String name, String value) {
    require(!value.isEmpty(), name, "must not be empty");
  }

  /**
   * Checks a path.
   *
   * @throws FieldException unless {@code path} starts with a slash
   */
  public static void requireAbsolute(String name, String path) {
    if (!path.startsWith("/")) {
      throw new FieldException(name, "expected an absolute path, found \"" + path + "\"");
    }
  }

  /**
   * Checks an unsigned 32-bit value.
   *
   * @throws FieldException if {@code value} is outside of 0 to 4294967295
   */
  public static void requireUint32(String name, long value) {
    if (value < 0 || value > MAX_UINT32) {
      throw new FieldException(name, "expected a number from 0 to 4294967295, found " + value);
    }
  }

  /**
   * Checks one of a closed set of words.
   *
   * @throws FieldException if {@code value} is none of {@code known}
   */
  public static void requireOneOf(String name, String value, List<String> known) {
    if (!known.contains(value)) {
      throw new FieldException(
          name, "unknown value \"" + value + "\", expected " + String.join(", ", known));
    }
  }

  /**
   * Checks a list of words of a closed set.
   *
   * @throws FieldException naming the first element that is none of {@code known}
   */
  public static void requireAllOf(String name, List<String> values, List<String> known) {
    for (int i = 0; i < values.size(); i++) {
      requireOneOf(name + "[" + i + "]", values.get(i), known);
    }
  }

  /** Returns a copy of {@code map} that keeps its order and cannot be changed. */
  public static <V> Map<String, V> copy(Map<String, V> map) {
    return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
