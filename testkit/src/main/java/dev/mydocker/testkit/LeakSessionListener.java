package dev.mydocker.testkit;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Compares the machine before and after all tests, and fails the run for what was left behind.
 *
 * <p>Only where {@code MYDOCKER_MUST_WORK=1} says that the machine is the tests' own: elsewhere
 * somebody may be starting containers at the same time.
 */
public final class LeakSessionListener implements LauncherSessionListener {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private @Nullable LeakCheck before;

  /** For the service loader. */
  public LeakSessionListener() {}

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if ("1".equals(System.getenv("MYDOCKER_MUST_WORK"))) {
      before = LeakCheck.machine();
    }
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    LeakCheck start = before;
    if (start == null) {
      return;
    }
    List<String> left = LeakCheck.settle(PATIENCE, () -> LeakCheck.machine().since(start));
    if (!left.isEmpty()) {
      throw new IllegalStateException("the tests left behind:\n  " + String.join("\n  ", left));
    }
  }
}
