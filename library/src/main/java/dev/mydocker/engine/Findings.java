package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.engine.Finding.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what a diagnosis finds. */
final class Findings {
  private final List<Finding> all = new ArrayList<>();

  /** What was found so far. */
  List<Finding> all() {
    return all;
  }

  void ok(String area, String subject, String message) {
    all.add(new Finding(area, subject, Level.OK, message, null));
  }

  void note(String area, String subject, String message, @Nullable String fix) {
    all.add(new Finding(area, subject, Level.NOTE, message, fix));
  }

  void degraded(String area, String subject, String message, @Nullable String fix) {
    all.add(new Finding(area, subject, Level.DEGRADED, message, fix));
  }

  void unusable(String area, String subject, String message, @Nullable String fix) {
    all.add(new Finding(area, subject, Level.UNUSABLE, message, fix));
  }

  void unusable(String area, String subject, MydockerException e) {
    unusable(area, subject, text(e), e.suggestion().orElse(null));
  }

  /** Looks at something; that this is not possible is a finding too, and hides no other. */
  void guard(String area, String subject, Runnable look) {
    try {
      look.run();
    } catch (MydockerException e) {
      degraded(
          area, subject, "cannot be looked at: " + text(e), e.suggestion().orElse("run as root"));
    }
  }

  private static String text(MydockerException e) {
    return String.valueOf(e.getMessage());
  }
}
