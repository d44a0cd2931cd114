package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs that are started, and waited for, by both performers. */
@ParameterizedClass
@EnumSource(Performers.class)
class ExecuteTest {
  private static final String SHELL = "/bin/sh";

  @TempDir private Path directory;
  private final Performer performer;
  private final FileWorker files;

  ExecuteTest(Performers kind) {
    performer = kind.open();
    files = new FileWorker(performer);
  }

  @AfterEach
  void close() {
    performer.close();
  }

  /** What became of a program: its result of EXECUTE, of WAIT, and its status. */
  private record Outcome(Reply reply, Value pid, Value status) {
    int exit() {
      return (int) reply.number(status, 4);
    }
  }

  private Outcome run(int milliseconds, String... arguments) {
    SegmentBuilder b = Segment.builder();
    Value program = open(b, arguments[0], Linux.O_PATH);
    Value output = open(b, directory + "/output", Linux.O_RDWR | Linux.O_CREAT | Linux.O_TRUNC);
    Value descriptors = b.room(12);
    for (int i = 0; i < 3; i++) {
      b.store(descriptors.plus(4 * i), output, 4);
    }
    Value pidfd = b.room(8);
    Value status = b.returned(8);
    Value pid =
        b.operation(
            Wire.OP_EXECUTE,
            program,
            b.strings(List.of(arguments)),
            b.strings(List.of()),
            descriptors,
            Value.of(3),
            pidfd);
    b.syscall(Wire.SYS_CLOSE, program);
    b.syscall(Wire.SYS_CLOSE, output);
    Value child = b.load(pidfd, 4);
    b.operation(Wire.OP_WAIT, child, Value.of(milliseconds), status);
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, child);
    return new Outcome(performer.perform(b.build()), pid, status);
  }

  private Value open(SegmentBuilder b, String path, int flags) {
    return b.syscall(
        Wire.SYS_OPENAT,
        Value.of(FileWorker.HOST),
        b.text(path),
        Value.of(flags | Linux.O_CLOEXEC),
        Value.of(0600));
  }

  private String output() throws IOException {
    return Files.readString(directory.resolve("output"), StandardCharsets.UTF_8);
  }

  @Test
  void theProgramHasOnlyTheDescriptorsOfTheList() throws IOException {
    int kept = files.open(FileWorker.HOST, "/proc/self/status", Linux.O_RDONLY, 0);
    Outcome outcome = run(10_000, SHELL, "-c", "for fd in /proc/$$/fd/*; do echo ${fd##*/}; done");
    files.close(kept);
    assertThat(outcome.reply().orThrow("run").result(outcome.pid())).isPositive();
    assertThat(outcome.exit()).isZero();
    // The shell itself opens a few for a moment, all of them above 2 and close-on-exec.
    assertThat(output().lines().map(Integer::valueOf)).contains(0, 1, 2).doesNotContain(kept);
  }

  @Test
  void noSignalIsBlockedOrIgnored() throws IOException {
    run(10_000, SHELL, "-c", "exec cat /proc/self/status");
    assertThat(output().lines())
        .contains("SigBlk:\t" + "0".repeat(16), "SigIgn:\t" + "0".repeat(16));
  }

  @Test
  void theProgramLeadsItsOwnSession() throws IOException {
    run(10_000, SHELL, "-c", "cut -d' ' -f1,5,6 /proc/$$/stat; umask");
    List<String> lines = output().lines().toList();
    String[] ids = lines.get(0).split(" ", -1);
    assertThat(ids[0]).isEqualTo(ids[1]).isEqualTo(ids[2]);
    assertThat(lines.get(1)).isEqualTo("0022");
  }

  @Test
  void theEnvironmentIsEmpty() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/env")));
    assertThat(run(10_000, "/usr/bin/env").exit()).isZero();
    assertThat(output()).isEmpty();
  }

  @Test
  void theExitCodeIsAShells() {
    assertThat(run(10_000, SHELL, "-c", "exit 7").exit()).isEqualTo(7);
    assertThat(run(10_000, SHELL, "-c", "kill -TERM $$").exit()).isEqualTo(128 + 15);
  }

  @Test
  void aProgramThatTakesTooLongIsKilled() {
    Instant start = Instant.now();
    Outcome outcome = run(50, SHELL, "-c", "while :; do sleep 1; done");
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
    assertThat(outcome.exit()).isEqualTo(128 + 9);
    assertThat(ProcessHandle.of(outcome.reply().result(outcome.pid()))).isEmpty();
  }

  @Test
  void whatIsNoProgramIsAnError() throws IOException {
    Files.writeString(directory.resolve("text"), "no program");
    directory.resolve("text").toFile().setExecutable(true);
    Reply reply = run(10_000, directory + "/text").reply();
    assertThat(reply.error()).isEqualTo(Errno.ENOEXEC);
    assertThatThrownBy(() -> run(10_000, directory + "/missing").reply().orThrow("run it"))
        .hasMessage("run it: no such file or directory");
  }

  @Test
  void aDescriptorThatIsNotOpenIsAnError() {
    SegmentBuilder b = Segment.builder();
    Value program = open(b, SHELL, Linux.O_PATH);
    b.operation(
        Wire.OP_EXECUTE,
        program,
        b.strings(List.of(SHELL)),
        b.strings(List.of()),
        b.ints(10_000),
        Value.of(1),
        b.room(8));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, program);
    assertThat(performer.perform(b.build()).orThrow("close").result(2)).isZero();
  }

  @Test
  void withoutAPidfdTheProgramIsNobodysChild() throws Exception {
    SegmentBuilder b = Segment.builder();
    Value self = b.syscall(Wire.SYS_GETPID);
    Value program = open(b, SHELL, Linux.O_PATH);
    Value pid =
        b.operation(
            Wire.OP_EXECUTE,
            program,
            b.strings(List.of(SHELL, "-c", "sleep 0.2")),
            b.strings(List.of()),
            b.ints(),
            Value.of(0),
            Value.of(0));
    b.syscall(Wire.SYS_CLOSE, program);
    Reply reply = performer.perform(b.build()).orThrow("start a program");
    ProcessHandle started = ProcessHandle.of(reply.result(pid)).orElseThrow();
    assertThat(started.parent().orElseThrow().pid()).isNotEqualTo(reply.result(self));
    started.onExit().join();
    Thread.sleep(10);
    String children =
        Files.readString(
            Path.of("/proc/" + reply.result(self) + "/task/" + reply.result(self) + "/children"));
    assertThat(children.split(" ", -1)).doesNotContain(Long.toString(started.pid()));
  }
}
