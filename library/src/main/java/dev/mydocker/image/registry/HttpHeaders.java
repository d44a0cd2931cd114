package dev.mydocker.image.registry;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header fields of a request or an answer, in their order; names in any case. */
public final class HttpHeaders {
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  /** Adds a field. */
  HttpHeaders add(String name, String value) {
    names.add(name);
    values.add(value);
    return this;
  }

  int count() {
    return names.size();
  }

  String name(int at) {
    return names.get(at);
  }

  String value(int at) {
    return values.get(at);
  }

  /** The first field of a name, or null. */
  public @Nullable String get(String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return values.get(i);
      }
    }
    return null;
  }

  /** All fields of a name. */
  List<String> all(String name) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        all.add(values.get(i));
      }
    }
    return all;
  }

  /** Whether a field lists a word, as Connection and Transfer-Encoding do. */
  boolean lists(String name, String word) {
    for (String value : all(name)) {
      for (String each : value.split(",", -1)) {
        if (each.strip().equalsIgnoreCase(word)) {
          return true;
        }
      }
    }
    return false;
  }
}
