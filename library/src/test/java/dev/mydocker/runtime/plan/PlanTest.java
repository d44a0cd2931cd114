package dev.mydocker.runtime.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {
  private static Plan.Builder builder() {
    return new Plan.Builder(new Lowering(Segment.builder(), Value.of(-1)));
  }

  private static Step step(Group group, String what, int instructions) {
    return new Step(
        group,
        what,
        "",
        l -> {
          for (int i = 0; i < instructions; i++) {
            l.syscall(Wire.SYS_GETPID);
          }
        });
  }

  @Test
  void stepsComeInTheOrderOfTheirGroups() {
    Plan plan =
        builder()
            .add(step(Group.LIMITS, "a", 1))
            .add(step(Group.MOUNTS, "b", 2))
            .add(step(Group.MOUNTS, "c", 1))
            .add(step(Group.START, "d", 1))
            .build();
    assertThat(plan.steps()).extracting(Step::what).containsExactly("a", "b", "c", "d");
  }

  @Test
  void aStepThatComesTooLateIsRefused() {
    Plan.Builder plan = builder().add(step(Group.SECURITY, "drop capabilities", 1));
    assertThatThrownBy(() -> plan.add(step(Group.MOUNTS, "mount proc on /proc", 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("out of order: mount proc on /proc");
  }

  @Test
  void everyInstructionBelongsToAStep() {
    Plan.Builder builder = builder();
    for (int i = 0; i < 100; i++) {
      builder.add(step(Group.MOUNTS, "step " + i, i % 3));
    }
    Plan plan = builder.build();
    assertThat(plan.segment().instructions()).isEqualTo(99);
    assertThat(plan.stepOf(0).what()).isEqualTo("step 1");
    assertThat(plan.stepOf(2).what()).isEqualTo("step 2");
    assertThat(plan.stepOf(98).what()).isEqualTo("step 98");
    assertThat(plan.instructionsOf(2)).containsExactly(1, 3);
    assertThat(plan.instructionsOf(99)).containsExactly(99, 99);
  }

  @ParameterizedTest
  @CsvSource({
    "/, .",
    "'', .",
    "., .",
    "///, .",
    "/./., .",
    "/proc, proc",
    "proc/, proc",
    "//a///b//, a/b",
    "/a/./b/., a/b",
    "/a/../b, a/../b",
    "/.hidden/..x, .hidden/..x",
    "/a b/\uDCFF, a b/\uDCFF"
  })
  void pathsInsideTheRootAreRelative(String path, String relative) {
    assertThat(Lowering.relative(path)).isEqualTo(relative);
  }
}
