package dev.mydocker.testing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.ByteSize;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Event;
import dev.mydocker.engine.Events;
import dev.mydocker.engine.ExecSpec;
import dev.mydocker.engine.Exit;
import dev.mydocker.engine.LogLine;
import dev.mydocker.engine.LogQuery;
import dev.mydocker.engine.ProcessIo;
import dev.mydocker.engine.StateDirectory;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the library does with processes' streams, with time, and with threads that give up. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class StreamsIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Sandbox sandbox;
  private Engine engine;

  StreamsIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void open() {
    engine = Engine.open(StateDirectory.of(sandbox.environment()));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private ContainerSpec spec(String... command) {
    return ContainerSpec.of("busybox", command)
        .cgroupParent(sandbox.cgroupParent())
        .ownedByThisProcess();
  }

  private Container sleeping() {
    return engine.start(spec("sleep", "100000"));
  }

  /** Tells when the process has written something. */
  private static OutputStream signal(CountDownLatch latch) {
    return new OutputStream() {
      @Override
      public void write(int b) {
        latch.countDown();
      }
    };
  }

  /** Until no process is left of a command that sleeps for 777 seconds. */
  private static void awaitNoSleep(Container container) {
    ExecSpec nobody = ExecSpec.of("sh", "-c", "! ps -o args | grep -q '[s]leep 777'");
    container.awaitHealthy(nobody, Duration.ofMillis(20), LONG);
  }

  private static void assertFails(Category category, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.category()).isEqualTo(category));
  }

  @Test
  void streamsArePassedThroughWhole() {
    byte[] input = new byte[3_000_000];
    new Random(1).nextBytes(input);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Exit exit =
        sleeping()
            .exec(
                ExecSpec.of("sh", "-c", "echo begun >&2; cat; echo ended >&2; exit 3"),
                ProcessIo.NONE
                    .stdin(new ByteArrayInputStream(input))
                    .stdout(out)
                    .stderr(err)
                    .limit(LONG));
    assertThat(exit).isEqualTo(new Exit.Code(3));
    assertThat(out.toByteArray()).isEqualTo(input);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("begun\nended\n");
  }

  @Test
  void aProcessThatEndsDoesNotWaitForItsInput() throws IOException {
    try (PipedOutputStream never = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(never)) {
      Exit exit = sleeping().exec(ExecSpec.of("true"), ProcessIo.NONE.stdin(in));
      assertThat(exit.succeeded()).isTrue();
    }
  }

  @Test
  void whenItsTimeIsOverAProcessIsKilledWithItsGroup() {
    Container container = sleeping();
    ExecSpec slow = ExecSpec.of("sh", "-c", "sleep 777 & sleep 777");
    assertFails(
        Category.TIMEOUT, () -> container.exec(slow, ProcessIo.NONE.limit(Duration.ofMillis(300))));
    awaitNoSleep(container);
  }

  @Test
  void aThreadThatIsInterruptedLeavesAndTheProcessIsKilled() throws Exception {
    Container container = sleeping();
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Category> result = new CompletableFuture<>();
    ExecSpec slow = ExecSpec.of("sh", "-c", "echo; sleep 777 & sleep 777");
    Thread thread =
        Thread.startVirtualThread(
            () -> {
              try {
                container.exec(slow, ProcessIo.NONE.stdout(signal(begun)));
                result.completeExceptionally(new AssertionError("it ended"));
              } catch (MydockerException e) {
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                result.complete(e.category());
              }
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    thread.interrupt();
    assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(Category.INTERRUPTED);
    awaitNoSleep(container);
  }

  /** The container is as it was then. */
  @Test
  void whoWaitsForAContainerLeavesWhenInterrupted() throws Exception {
    Container container =
        engine.start(spec("sh", "-c", "trap '' TERM; echo ready; sleep 100000; sleep 100000"));
    container.awaitOutput(line -> line.text().equals("ready"), LONG);
    List<Runnable> calls =
        List.of(
            container::await,
            () -> container.await(LONG),
            () -> container.awaitOutput(line -> false, LONG),
            () -> container.awaitHealthy(ExecSpec.of("false"), Duration.ofMillis(10), LONG),
            () -> container.output(LogQuery.ALL, true).forEach(line -> {}),
            () -> container.stop(LONG));
    for (Runnable call : calls) {
      CompletableFuture<Category> result = new CompletableFuture<>();
      Thread thread =
          Thread.startVirtualThread(
              () -> {
                try {
                  call.run();
                  result.completeExceptionally(new AssertionError("it came to its end"));
                } catch (MydockerException e) {
                  assertThat(Thread.currentThread().isInterrupted()).isTrue();
                  result.complete(e.category());
                } catch (RuntimeException e) {
                  result.completeExceptionally(e);
                }
              });
      while (thread.getState() == Thread.State.NEW || thread.getState() == Thread.State.RUNNABLE) {
        Thread.onSpinWait();
      }
      thread.interrupt();
      assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(Category.INTERRUPTED);
      assertThat(container.exec("echo", "on").orThrow().stdout()).isEqualTo("on\n");
    }
    container.stop(Duration.ZERO);
    assertThat(container.await(LONG)).isEqualTo(new Exit.Signal(9));
  }

  @Test
  void aRunThatIsInterruptedLeavesNoContainer() throws Exception {
    CompletableFuture<Category> result = new CompletableFuture<>();
    try (Events events = engine.events()) {
      Thread thread =
          Thread.startVirtualThread(
              () -> {
                try {
                  engine.run(
                      ContainerSpec.of("busybox", "sleep", "1000")
                          .name("interrupted")
                          .cgroupParent(sandbox.cgroupParent()));
                } catch (MydockerException e) {
                  result.complete(e.category());
                }
              });
      Event event = events.next();
      while (event.action() != Event.Action.START || !event.name().equals("interrupted")) {
        event = events.next();
      }
      thread.interrupt();
      assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(Category.INTERRUPTED);
    }
    assertFails(Category.NOT_FOUND, () -> engine.container("interrupted"));
  }

  @Test
  void aStreamThatFailsEndsTheProcess() {
    Container container = sleeping();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no room");
          }
        };
    assertThatThrownBy(
            () ->
                container.exec(
                    ExecSpec.of("sh", "-c", "echo; sleep 777"), ProcessIo.NONE.stdout(full)))
        .hasMessageEndingWith("no room");
    awaitNoSleep(container);
  }

  @Test
  void outputIsFollowedOverRotationsToItsEnd() {
    Container container =
        engine.start(
            spec("sh", "-c", "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done")
                .logMaxSize(ByteSize.kibibytes(20))
                .logMaxFiles(50));
    try (Stream<LogLine> lines = container.output(LogQuery.ALL, true)) {
      assertThat(lines.map(LogLine::text))
          .containsExactlyElementsOf(
              IntStream.range(0, 3000).mapToObj(number -> "line " + number).toList());
    }
    try (Stream<LogLine> lines = container.output(LogQuery.ALL.tail(2), false)) {
      assertThat(lines.map(LogLine::text)).containsExactly("line 2998", "line 2999");
    }
  }

  /** Two streams have an order only where one was seen before the other is written to. */
  private static void goOnAfter(String text, Container container) {
    boolean seen = false;
    while (!seen) {
      try (Stream<LogLine> lines = container.output(LogQuery.ALL, false)) {
        seen = lines.anyMatch(line -> line.text().equals(text));
      }
    }
    assertThat(container.exec("sh", "-c", "echo >/go").exit().succeeded()).isTrue();
  }

  @Test
  void outputTellsTimeAndStream() {
    Container container =
        engine.start(
            spec(
                "sh",
                "-c",
                "mkfifo /go; printf o; read _ </go; echo err >&2; read _ </go; printf 'ut\nend'"));
    goOnAfter("o", container);
    goOnAfter("err", container);
    try (Stream<LogLine> lines = container.output(LogQuery.ALL, true)) {
      List<LogLine> all = lines.toList();
      assertThat(all).extracting(LogLine::text).containsExactly("err", "out", "end");
      assertThat(all).extracting(LogLine::stderr).containsExactly(true, false, false);
      assertThat(all.get(0).time()).isGreaterThan(all.get(1).time());
    }
  }

  @Test
  void waitingForALineOfThisStart() {
    Container container =
        engine.start(
            spec("sh", "-c", "sleep 0.2; echo ready $(cat /n 2>&1); echo 2 >/n; exec sleep 1000"));
    assertThat(container.awaitOutput(line -> line.text().startsWith("ready"), LONG).text())
        .startsWith("ready cat");
    container.kill(9);
    container.await(LONG);
    container.start();
    assertThat(container.awaitOutput(line -> line.text().startsWith("ready"), LONG).text())
        .isEqualTo("ready 2");
  }

  @Test
  void anErrorAboutAContainerThatDiedAtItsStartSaysWhatItWroteLast() {
    Container died = engine.start(spec("sh", "-c", "echo no configuration >&2; exit 3"));
    died.await(LONG);
    for (ThrowingCallable use :
        List.<ThrowingCallable>of(() -> died.exec("true"), () -> died.attach().close())) {
      assertThatThrownBy(use)
          .isInstanceOfSatisfying(
              MydockerException.class,
              e -> {
                assertThat(e.category()).isEqualTo(Category.CONFLICT);
                assertThat(e.object()).hasValue(died.info().name());
                assertThat(e.reason()).isEqualTo("it is not running");
                assertThat(e.output()).hasValue("no configuration\n");
              });
    }
    died.remove(false);
  }

  @Test
  void waitingEndsWithItsTimeAndWithTheContainer() {
    Container container = sleeping();
    Duration brief = Duration.ofMillis(100);
    assertFails(Category.TIMEOUT, () -> container.await(brief));
    assertFails(Category.TIMEOUT, () -> container.awaitOutput(line -> true, brief));
    assertFails(Category.TIMEOUT, () -> container.awaitHealthy(ExecSpec.of("false"), brief, brief));
    assertFails(
        Category.COMMAND_NOT_FOUND,
        () -> container.awaitHealthy(ExecSpec.of("no-such-command"), brief, LONG));
    Container ends = engine.start(spec("sh", "-c", "sleep 0.3; echo one; echo bye >&2; exit 4"));
    assertFails(Category.CONFLICT, () -> ends.awaitHealthy(ExecSpec.of("false"), brief, LONG));
    assertThatThrownBy(() -> ends.awaitOutput(line -> false, LONG))
        .hasMessageEndingWith(": it has ended with exit code 4")
        .isInstanceOfSatisfying(
            MydockerException.class, e -> assertThat(e.output()).hasValue("one\nbye\n"));
  }
}
