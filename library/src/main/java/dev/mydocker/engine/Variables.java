package dev.mydocker.engine;

import java.util.List;

/** Environments as lists of NAME=value. */
final class Variables {
  private Variables() {}

  /** Adds a variable in place of an earlier one of its name. */
  static void put(List<String> environment, String variable) {
    String name = variable.substring(0, variable.indexOf('=') + 1);
    for (int i = 0; i < environment.size(); i++) {
      if (environment.get(i).startsWith(name)) {
        environment.set(i, variable);
        return;
      }
    }
    environment.add(variable);
  }
}
