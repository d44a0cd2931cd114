package dev.mydocker.testing.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Registries that cannot be reached: a line says which, why, and what to do. */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class UnreachableIT {
  private final Sandbox sandbox;

  UnreachableIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** Runs it where there is no network at all, not even loopback. */
  private Result withoutNetwork(String... words) {
    List<String> line = new ArrayList<>(List.of("unshare", "-n"));
    line.addAll(sandbox.mydocker(words).line());
    return new Command(line)
        .environment(sandbox.environment())
        .environment("MYDOCKER_OFFLINE", "0")
        .environment("DOCKER_CONFIG", sandbox.directory() + "/docker")
        .run();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "pull registry.example/app:1  | 1   | pull registry.example/app:1",
        "pull -a registry.example/app | 1   | list the tags of registry.example/app",
        "run registry.example/app:1   | 125 | pull registry.example/app:1",
        "search registry.example/app  | 1   | search registry.example for app",
        "login -u me -p x registry.example | 1 | log in to registry.example",
      })
  void noNetworkIsSaid(String command, int exit, String operation) {
    Result result = withoutNetwork(command.split(" "));
    assertThat(result.exit()).isEqualTo(exit);
    String last = result.stderr().lines().reduce("", (_, line) -> line);
    assertThat(last)
        .isEqualTo(
            "mydocker: "
                + operation
                + ": look up registry.example: no such host, or no network; check the name and the network");
    // What login says of passwords on command lines comes before.
    assertThat(result.stderr()).hasLineCount(command.startsWith("login") ? 2 : 1);
  }

  @Test
  void aShortNameIsSaidToBeOfDockersRegistry() {
    Result result = withoutNetwork("pull", "app");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .startsWith("mydocker: pull app:latest: ")
        .contains("registry-1.docker.io", "; check the n")
        .hasLineCount(1);
  }

  @Test
  void anAddressThatCannotBeReachedIsSaid() {
    assertThat(withoutNetwork("pull", "192.0.2.1:5000/app:1"))
        .isEqualTo(
            new Result(
                1,
                "",
                "mydocker: pull 192.0.2.1:5000/app:1: connect to 192.0.2.1:5000: network is"
                    + " unreachable; check the network, and whether a proxy is needed"
                    + " (HTTPS_PROXY)\n"));
  }

  @Test
  void aPortWhereNobodyListensIsSaid() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String host = "localhost:" + port;
    assertThat(sandbox.mydocker("pull", host + "/app:1").run())
        .isEqualTo(
            new Result(
                1,
                "",
                "mydocker: pull "
                    + host
                    + "/app:1: connect to "
                    + host
                    + ": connection refused; check that a registry listens there\n"));
  }
}
