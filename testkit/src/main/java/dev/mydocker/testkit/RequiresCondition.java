package dev.mydocker.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Skips, or fails, what {@link Requires} asks for in vain. */
final class RequiresCondition implements ExecutionCondition {
  private final boolean mustWork;

  RequiresCondition() {
    this("1".equals(System.getenv("MYDOCKER_MUST_WORK")));
  }

  RequiresCondition(boolean mustWork) {
    this.mustWork = mustWork;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), Requires.class)
        .map(this::evaluate)
        .orElse(ConditionEvaluationResult.enabled("nothing is required"));
  }

  ConditionEvaluationResult evaluate(Requires requires) {
    List<String> skips = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (Need need : requires.value()) {
      need.missing().ifPresent(why -> (mustWork && need.everywhere() ? failures : skips).add(why));
    }
    for (String tool : requires.tools()) {
      int equals = tool.indexOf('=');
      String program = equals < 0 ? tool : tool.substring(0, equals);
      String debianPackage = tool.substring(equals + 1);
      Optional<String> missing = Need.Tools.missing(program, debianPackage);
      missing.ifPresent(why -> (mustWork ? failures : skips).add(why));
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException(
          "MYDOCKER_MUST_WORK is set, but " + String.join("; ", failures));
    }
    return skips.isEmpty()
        ? ConditionEvaluationResult.enabled("the machine has all that is required")
        : ConditionEvaluationResult.disabled(String.join("; ", skips));
  }
}
