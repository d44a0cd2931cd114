package dev.mydocker.testing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.CommitOptions;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Health;
import dev.mydocker.engine.StateDirectory;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Health checks that images have, by the library. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class HealthIT {
  private final Sandbox sandbox;
  private Engine engine;

  HealthIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void open() {
    engine = Engine.open(StateDirectory.of(sandbox.environment()));
  }

  @AfterEach
  void removeAll() {
    try (Engine last = engine) {
      last.list().forEach(info -> last.container(info.id()).remove(true));
    }
  }

  private ContainerSpec spec(String image, String... command) {
    return ContainerSpec.of(image, command).cgroupParent(sandbox.cgroupParent());
  }

  private Container container(String check) {
    engine.create(spec("busybox", "true")).commit(CommitOptions.named("made").withChanges(check));
    return engine.start(spec("made", "sleep", "600"));
  }

  @Test
  void isWhatItsCommandSays() {
    Container container = container("HEALTHCHECK CMD echo out; echo err >&2; exit $(cat /code)");
    container.exec("sh", "-c", "echo 3 >/code");
    Health ill = container.healthCheck().run();
    assertThat(ill.isHealthy()).isFalse();
    assertThat(ill.exit()).hasToString(container.exec("sh", "-c", "exit 3").exit().toString());
    assertThat(ill.output()).contains("out\n", "err\n");
    container.exec("sh", "-c", "echo 0 >/code");
    assertThat(container.healthCheck().run().isHealthy()).isTrue();
    assertThat(container.healthCheck().command())
        .containsExactly("/bin/sh", "-c", "echo out; echo err >&2; exit $(cat /code)");
  }

  @Test
  void isWaitedFor() {
    // Each look leaves a mark, and the third is well.
    Container container =
        container("HEALTHCHECK --start-interval=1ms CMD echo >>/m; test $(wc -l </m) -ge 3");
    container.healthCheck().await(Duration.ofMinutes(1));
    assertThat(container.exec("wc", "-l", "/m").stdout()).isEqualTo("3 /m\n");
    container.exec("rm", "/m");
    container.exec("mkdir", "/m");
    assertThatThrownBy(() -> container.healthCheck().await(Duration.ofSeconds(1)))
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.category()).isEqualTo(Category.TIMEOUT));
  }

  @Test
  void ofAnImageWithoutOneIsNone() {
    Container container = engine.start(spec("busybox", "sleep", "600"));
    assertThatThrownBy(container::healthCheck)
        .hasMessageContaining("its image has no health check");
  }
}
