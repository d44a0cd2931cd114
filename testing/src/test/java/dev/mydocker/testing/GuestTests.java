package dev.mydocker.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs integration tests where there is no Maven: those tagged {@value #TAG}, or the classes named.
 */
final class GuestTests {
  static final String TAG = "guest";

  private GuestTests() {}

  public static void main(String[] classes) {
    List<DiscoverySelector> selectors = new ArrayList<>();
    for (String name : classes) {
      selectors.add(selectClass(GuestTests.class.getPackageName() + "." + name));
    }
    LauncherDiscoveryRequestBuilder builder = LauncherDiscoveryRequestBuilder.request();
    if (selectors.isEmpty()) {
      builder
          .selectors(selectPackage(GuestTests.class.getPackageName()))
          .filters(ClassNameFilter.includeClassNamePatterns(".*IT"), TagFilter.includeTags(TAG));
    } else {
      builder.selectors(selectors);
    }
    LauncherDiscoveryRequest request = builder.build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    try {
      LauncherFactory.create().execute(request, listener);
    } finally {
      // Also where something was left behind: the failure behind that is what one wants to see.
      print(listener.getSummary());
    }
    TestExecutionSummary summary = listener.getSummary();
    boolean good = summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() > 0;
    System.exit(good ? 0 : 1);
  }

  private static void print(TestExecutionSummary summary) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    summary.printFailuresTo(out, 20);
    out.println(
        summary.getTestsSucceededCount()
            + " tests succeeded, "
            + summary.getTotalFailureCount()
            + " failed, "
            + (summary.getTestsSkippedCount() + summary.getTestsAbortedCount())
            + " skipped");
  }
}
