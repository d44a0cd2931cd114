package dev.mydocker.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SandboxTest {
  @Test
  void noNameBeginsWithAnother() {
    List<Sandbox> sandboxes = Stream.generate(Sandbox::new).limit(11).toList();
    for (Sandbox one : sandboxes) {
      List<String> beginnings =
          sandboxes.stream()
              .filter(other -> other != one)
              .map(Sandbox::cgroupParent)
              .filter(one.cgroupParent()::startsWith)
              .toList();
      assertEquals(List.of(), beginnings, one.cgroupParent());
    }
    sandboxes.forEach(Sandbox::close);
  }

  @Test
  void aProcessThatWorksInItIsATrace() throws InterruptedException {
    Sandbox sandbox = new Sandbox();
    Process sleeper = Command.of("sleep", "60").directory(sandbox.directory()).start();
    try {
      List<String> traces = sandbox.traces();
      assertEquals(1, traces.size(), traces::toString);
      assertTrue(traces.getFirst().contains("sleep 60"), traces::toString);
    } finally {
      sleeper.destroyForcibly().waitFor();
    }
    sandbox.close();
  }

  @Test
  void itsFilesGoWithItAndSymlinksAreNotFollowed() throws IOException {
    Sandbox sandbox = new Sandbox();
    Path outside = Files.createTempFile("outside", "");
    Files.createDirectories(sandbox.root().resolve("containers/a"));
    Files.createSymbolicLink(sandbox.root().resolve("link"), outside.getParent());
    sandbox.close();
    assertFalse(Files.exists(sandbox.directory()));
    assertTrue(Files.exists(outside));
    Files.delete(outside);
  }

  @Test
  void theMachineBeforeAndAfterDiffersByWhatIsNew() {
    LeakCheck before = new LeakCheck(Set.of("mount /a", "mount /b"));
    LeakCheck after = new LeakCheck(Set.of("mount /b", "mount /c"));
    assertEquals(List.of("mount /c"), after.since(before));
    assertTrue(
        LeakCheck.machine().traces().stream()
            .anyMatch(trace -> trace.startsWith("network namespace net:[")));
  }

  @Test
  void aLockThatIsHeldIsSeen() throws IOException {
    Sandbox sandbox = new Sandbox();
    Path lock = sandbox.root().resolve("containers/a/lock");
    Files.createDirectories(lock.getParent());
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertTrue(held.isValid());
      assertTrue(sandbox.traces().contains("lock " + lock));
    }
    assertEquals(List.of(), sandbox.traces());
    sandbox.close();
  }

  @Test
  void aCommandsOutputInputAndExitCodeAreKept() {
    Command.Result result = Command.of("sh", "-c", "cat; echo err >&2; exit 3").input("in\n").run();
    assertEquals(new Command.Result(3, "in\n", "err\n"), result);
  }
}
