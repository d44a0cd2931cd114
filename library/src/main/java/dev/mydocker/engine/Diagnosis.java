package dev.mydocker.engine;

import java.util.List;

/**
 * How an engine and the machine below it are.
 *
 * @param findings what was looked at, by area, good and bad
 */
public record Diagnosis(List<Finding> findings) {
  /** The whole of it. */
  public enum Health {
    /** Everything that containers need is there, and nothing was left behind. */
    HEALTHY,
    /** Containers run, but something is wrong. */
    DEGRADED,
    /** No container can be started. */
    UNUSABLE;

    /** Returns the word for it, such as {@code healthy}. */
    public String word() {
      return switch (this) {
        case HEALTHY -> "healthy";
        case DEGRADED -> "degraded";
        case UNUSABLE -> "unusable";
      };
    }
  }

  /** Copies the list. */
  public Diagnosis {
    findings = List.copyOf(findings);
  }

  /** Returns what the worst of the findings makes of the whole. */
  public Health health() {
    Health health = Health.HEALTHY;
    for (Finding finding : findings) {
      if (finding.level() == Finding.Level.UNUSABLE) {
        return Health.UNUSABLE;
      }
      if (finding.level() == Finding.Level.DEGRADED) {
        health = Health.DEGRADED;
      }
    }
    return health;
  }
}
