package dev.mydocker.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CredentialHelperTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path directory;

  private CredentialHelper helper(Duration limit, String script) throws IOException {
    Path program = directory.resolve("docker-credential-test");
    Files.writeString(program, "#!/bin/sh\ncd " + directory + "\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new CredentialHelper(
        program.toString(), Map.of("PATH", "/usr/bin:/bin", "NAME", "me"), limit);
  }

  @Test
  void whatAHelperSaysIsTaken() throws IOException {
    Optional<Credentials> found =
        helper(
                LONG,
                "read server; echo \"{\\\"Username\\\":\\\"$NAME\\\",\\\"Secret\\\":\\\"$1 $server\\\"}\"")
            .get("registry.example");
    assertThat(found).contains(Credentials.of("me", "get registry.example"));
    assertThat(helper(LONG, "echo credentials not found in it; exit 1").get("x")).isEmpty();
    assertThatThrownBy(() -> helper(LONG, "echo the keyring is locked; exit 1").get("x"))
        .isInstanceOf(MydockerException.class)
        .hasMessageEndingWith("docker-credential-test get x: the keyring is locked");
  }

  @Test
  void oneThatDoesNotEndIsKilledWithAllThatItStarted() throws Exception {
    List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
    // The shell waits for a child of its own, and both would hold the output open.
    CredentialHelper helper = helper(SHORT, "sleep 1000; echo late");
    assertThatThrownBy(() -> helper.get("registry.example"))
        .isInstanceOf(MydockerException.class)
        .hasMessageEndingWith("get registry.example: no end within 300 ms, so that it was killed");
    for (ProcessHandle left : ProcessHandle.current().descendants().toList()) {
      if (!before.contains(left)) {
        left.onExit().get(1, TimeUnit.MINUTES);
      }
    }
  }

  @Test
  void oneThatTakesNoInputAndDoesNotEndIsKilled() throws IOException {
    Credentials large = Credentials.of("me", "x".repeat(1 << 20));
    CredentialHelper helper = helper(SHORT, "exec sleep 1000");
    assertThatThrownBy(() -> helper.store("registry.example", large))
        .isInstanceOf(MydockerException.class)
        .hasMessageContaining("so that it was killed");
  }

  @Test
  void aProcessThatKeepsTheOutputOfOneThatHasEndedIsNotWaitedFor() throws IOException {
    CredentialHelper helper =
        helper(LONG, "sleep 1000 & echo $! >pid; echo '{\"Username\":\"me\",\"Secret\":\"word\"}'");
    try {
      assertThat(helper.get("x")).contains(Credentials.of("me", "word"));
    } finally {
      long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
