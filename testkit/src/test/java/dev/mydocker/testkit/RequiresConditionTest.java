package dev.mydocker.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class RequiresConditionTest {
  @Requires(tools = "sh=dash")
  private static final class Possible {}

  @Requires(tools = "no-such-program=no-such-package")
  private static final class Impossible {}

  @Test
  void whatIsThereIsEnough() {
    assertFalse(evaluate(Possible.class, true).isDisabled());
  }

  @Test
  void whatIsMissingSkipsWithAReason() {
    ConditionEvaluationResult result = evaluate(Impossible.class, false);
    assertTrue(result.isDisabled());
    assertEquals(
        "no no-such-program found (package no-such-package)", result.getReason().orElseThrow());
  }

  @Test
  void whatIsMissingFailsWhereAllMustWork() {
    assertThrows(IllegalStateException.class, () -> evaluate(Impossible.class, true));
  }

  private static ConditionEvaluationResult evaluate(Class<?> type, boolean mustWork) {
    return new RequiresCondition(mustWork).evaluate(type.getAnnotation(Requires.class));
  }
}
