package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.engine.Health;

/** {@code healthcheck run}: runs a container's own health check once, as podman's does. */
final class HealthcheckRun {
  private HealthcheckRun() {}

  static int run(Call call) {
    Health health = call.engine().container(call.operands().get(0)).healthCheck().run();
    if (health.isHealthy()) {
      return 0;
    }
    call.out().println("unhealthy");
    return 1;
  }
}
