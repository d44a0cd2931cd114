package dev.mydocker.runtime.security;

import dev.mydocker.oci.spec.SeccompArg;
import java.util.List;

/** One rule of a profile. Two rules are never equal, so that comparing lists of them is quick. */
final class SeccompRule {
  private final List<String> names;
  private final int result;
  private final List<SeccompArg> args;

  private SeccompRule(List<String> names, int result, List<SeccompArg> args) {
    this.names = names;
    this.result = result;
    this.args = args;
  }

  /** Returns the calls it is for. */
  List<String> names() {
    return names;
  }

  /** Returns what the filter returns. */
  int result() {
    return result;
  }

  /** Returns conditions on different arguments, which must all hold. */
  List<SeccompArg> args() {
    return args;
  }

  /**
   * Adds a rule, or several: runc has always taken conditions on the same argument as alternatives,
   * and profiles rely on it.
   */
  static void addTo(
      List<SeccompRule> rules, List<String> names, int result, List<SeccompArg> args) {
    if (onDifferentArguments(args)) {
      rules.add(new SeccompRule(names, result, args));
    } else {
      for (SeccompArg arg : args) {
        rules.add(new SeccompRule(names, result, List.of(arg)));
      }
    }
  }

  private static boolean onDifferentArguments(List<SeccompArg> args) {
    int seen = 0;
    for (SeccompArg arg : args) {
      int bit = 1 << arg.index();
      if ((seen & bit) != 0) {
        return false;
      }
      seen |= bit;
    }
    return true;
  }

  /** Returns this rule with a condition. */
  SeccompRule when(SeccompArg condition) {
    return new SeccompRule(names, result, List.of(condition));
  }
}
