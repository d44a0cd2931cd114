package dev.mydocker.oci.json;

import java.util.Collections;
import java.util.LinkedHashMap;
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

  /** Returns a copy of {@code map} that keeps its order and cannot be changed. */
  public static <V> Map<String, V> copy(Map<String, V> map) {
    return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
