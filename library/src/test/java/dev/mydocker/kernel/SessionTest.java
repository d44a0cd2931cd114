package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Helpers, started by both performers, and what goes wrong with them. */
@ParameterizedClass
@EnumSource(Performers.class)
class SessionTest {
  @TempDir private Path directory;
  private final Performer performer;
  private final FileWorker files;

  SessionTest(Performers kind) {
    performer = kind.open();
    files = new FileWorker(performer);
  }

  @AfterEach
  void close() {
    performer.close();
  }

  @Test
  void aHelperPerformsSegmentsOneAfterTheOther() {
    try (Session session = Helper.monitor(performer).session()) {
      long first = pid(session);
      assertThat(pid(session)).isEqualTo(first);
      assertThat(first).isNotEqualTo(ownPid());
    }
  }

  @Test
  void aHelperIsAloneInItsSessionWithNoEnvironmentAndFourDescriptors() throws IOException {
    try (Session session = Helper.monitor(performer).session()) {
      Path process = Path.of("/proc/" + pid(session));
      assertThat(Files.readString(process.resolve("environ"))).isEmpty();
      assertThat(Files.readString(process.resolve("cmdline"))).isEqualTo("mydocker-monitor\0");
      assertThat(process.resolve("fd").toFile().list())
          .containsExactlyInAnyOrder("0", "1", "2", "3");
      for (int i = 0; i < 3; i++) {
        assertThat(Files.readSymbolicLink(process.resolve("fd/" + i))).hasToString("/dev/null");
      }
      String[] stat = Files.readString(process.resolve("stat")).split(" ", -1);
      assertThat(stat[4]).isEqualTo(stat[0]);
      assertThat(stat[5]).isEqualTo(stat[0]);
      assertThat(Files.readSymbolicLink(process.resolve("exe")).toString())
          .startsWith("/memfd:mydocker-helper");
    }
  }

  @Test
  void theProgramThatAHelperRunsFromCannotBeWritten() throws IOException {
    try (Session session = Helper.monitor(performer).session()) {
      Path program = Path.of("/proc/" + pid(session) + "/exe");
      assertThatThrownBy(() -> Files.write(program, new byte[1])).isInstanceOf(IOException.class);
      SegmentBuilder b = Segment.builder();
      Value file =
          b.syscall(
              Wire.SYS_OPENAT,
              Value.of(FileWorker.HOST),
              b.text(program.toString()),
              Value.of(Linux.O_RDWR | Linux.O_CLOEXEC),
              Value.of(0));
      b.tolerating(Errno.ETXTBSY);
      assertThat(performer.perform(b.build()).orThrow("open").result(file))
          .isEqualTo(-Errno.ETXTBSY);
    }
  }

  @Test
  void startingAHelperLeavesNoDescriptors() {
    long before = openDescriptors();
    for (int i = 0; i < 20; i++) {
      try (Session session = Helper.monitor(performer).session()) {
        session.call(Segment.builder().build());
      }
    }
    assertThat(openDescriptors()).isEqualTo(before);
  }

  @Test
  void aHelperEndsWithItsSession() {
    Session session = Helper.monitor(performer).session();
    long helper = pid(session);
    session.close();
    Performers.awaitEnd(helper);
    session.close();
  }

  @Test
  void aHelperThatDiesIsAClearError() {
    try (Session session = Helper.monitor(performer).session()) {
      long helper = pid(session);
      ProcessHandle.of(helper).ifPresent(ProcessHandle::destroyForcibly);
      Performers.awaitEnd(helper);
      Segment segment = Segment.builder().build();
      assertThatThrownBy(() -> session.call(segment))
          .isInstanceOf(KernelException.class)
          .hasMessageMatching(
              "(wait for a helper's answer: connection reset by peer|talk to a helper: broken"
                  + " pipe)");
    }
  }

  @Test
  void aHelperThatDiesWhileItPerformsIsAClearError() {
    try (Session session = Helper.monitor(performer).session()) {
      SegmentBuilder b = Segment.builder();
      Value pid = b.syscall(Wire.SYS_GETPID);
      b.syscall(Wire.SYS_KILL, pid, Value.of(Linux.SIGKILL));
      Segment segment = b.build();
      assertThatThrownBy(() -> session.call(segment))
          .isInstanceOf(KernelException.class)
          .hasMessage("wait for a helper's answer: connection reset by peer");
    }
  }

  @Test
  void theEndOfAHelperIsAnAnswerWhereItIsExpected() {
    try (Session session = Helper.monitor(performer).session()) {
      SegmentBuilder b = Segment.builder();
      b.syscall(Wire.SYS_EXIT_GROUP, Value.of(0));
      Segment segment = b.build();
      session.send(segment);
      assertThat(session.receive(segment)).isEqualTo(Optional.empty());
    }
  }

  @Test
  void aHelperAnswersBeforeItExits() {
    try (Session session = Helper.monitor(performer).session()) {
      long helper = pid(session);
      SegmentBuilder b = Segment.builder();
      b.operation(Wire.OP_EXIT, Value.of(0));
      assertThat(session.call(b.build()).succeeded()).isTrue();
      Performers.awaitEnd(helper);
    }
  }

  @Test
  void descriptorsGoThereAndComeBack() throws IOException {
    Files.writeString(directory.resolve("file"), "content");
    int sent = files.open(FileWorker.HOST, directory + "/file", Linux.O_RDONLY, 0);
    try (Session session = Helper.monitor(performer).session()) {
      SegmentBuilder b = Segment.builder();
      Value there = b.descriptor(sent);
      Value buffer = b.returned(16);
      Value length = b.syscall(Wire.SYS_READ, there, buffer, Value.of(4));
      b.operation(Wire.OP_SHARE, there);
      Reply reply = session.call(b.build()).orThrow("read");
      assertThat(reply.text(buffer, (int) reply.result(length))).isEqualTo("cont");
      assertThat(reply.descriptors()).hasSize(1);
      int back = reply.descriptors()[0];
      assertThat(back).isNotEqualTo(sent);
      assertThat(new String(files.read(back, 16), StandardCharsets.UTF_8)).isEqualTo("ent");
      files.close(back);
    } finally {
      files.close(sent);
    }
  }

  @Test
  void aSegmentThatIsNotUnderstoodIsAnError() {
    try (Session session = Helper.monitor(performer).session()) {
      SegmentBuilder b = Segment.builder();
      b.operation(Wire.OP_LAST + 1);
      Segment segment = b.build();
      assertThatThrownBy(() -> session.call(segment))
          .hasMessage("perform a segment in a helper: invalid argument");
      assertThat(pid(session)).isPositive();
    }
  }

  @Test
  void aSessionThatEndsEarlyEndsTheGuardedChildAndCleansUp() throws IOException {
    Files.writeString(directory.resolve("to-be-removed"), "");
    SegmentBuilder cleanup = Segment.builder();
    cleanup.syscall(
        Wire.SYS_UNLINKAT, cleanup.descriptor(-1), cleanup.text("to-be-removed"), Value.of(0));
    Files.write(directory.resolve("cleanup.plan"), cleanup.build().message());
    Files.writeString(directory.resolve("lock"), "");
    int container =
        files.open(FileWorker.HOST, directory.toString(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    Session session = Helper.monitor(performer).session();
    SegmentBuilder b = Segment.builder();
    Value program =
        b.syscall(
            Wire.SYS_OPENAT,
            Value.of(FileWorker.HOST),
            b.text("/bin/sleep"),
            Value.of(Linux.O_PATH | Linux.O_CLOEXEC),
            Value.of(0));
    Value pidfd = b.room(8);
    Value pid =
        b.operation(
            Wire.OP_EXECUTE,
            program,
            b.strings(List.of("sleep", "100")),
            b.strings(List.of()),
            b.ints(),
            Value.of(0),
            pidfd);
    b.operation(Wire.OP_GUARD, b.descriptor(container), b.load(pidfd, 4));
    Reply reply = session.call(b.build()).orThrow("guard a child");
    files.close(container);
    assertThat(ProcessHandle.of(reply.result(pid))).isPresent();
    session.close();
    Performers.awaitEnd(reply.result(pid));
    await(() -> !Files.exists(directory.resolve("to-be-removed")));
  }

  private static long pid(Session session) {
    SegmentBuilder b = Segment.builder();
    Value pid = b.syscall(Wire.SYS_GETPID);
    return session.call(b.build()).orThrow("getpid").result(pid);
  }

  private long ownPid() {
    SegmentBuilder b = Segment.builder();
    Value pid = b.syscall(Wire.SYS_GETPID);
    return performer.perform(b.build()).orThrow("getpid").result(pid);
  }

  private long openDescriptors() {
    int open = files.open(FileWorker.HOST, "/proc/self/fd", Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      return files.list(open).size();
    } finally {
      files.close(open);
    }
  }

  private static void await(BooleanSupplier condition) {
    Instant end = Instant.now().plus(Duration.ofSeconds(10));
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
