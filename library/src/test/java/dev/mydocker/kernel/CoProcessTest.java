package dev.mydocker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The co-process itself: connections, threads, and every way in which it may end. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CoProcessTest {
  @TempDir private Path directory;

  private static CoProcess start() {
    return CoProcess.start(Performers.home());
  }

  private static long pid(Performer performer) {
    SegmentBuilder b = Segment.builder();
    Value pid = b.syscall(Wire.SYS_GETPID);
    return performer.perform(b.build()).orThrow("getpid").result(pid);
  }

  /** A segment that takes as long as the thread that performs it lives. */
  private static Segment endless() {
    SegmentBuilder b = Segment.builder();
    b.syscall(Wire.SYS_NANOSLEEP, b.longs(1000, 0), Value.of(0));
    return b.build();
  }

  @Test
  void eachConnectionHasItsOwnProcessAndDescriptors() {
    try (CoProcess coProcess = start();
        Performer first = coProcess.open();
        Performer second = coProcess.open()) {
      assertThat(pid(first)).isNotEqualTo(pid(second)).isEqualTo(pid(first));
      FileWorker files = new FileWorker(first);
      int file = files.open(FileWorker.HOST, "/proc/self/stat", Linux.O_RDONLY, 0);
      assertThat(files.read(file, 1)).hasSize(1);
      assertThatThrownBy(() -> new FileWorker(second).read(file, 1))
          .hasMessage("read descriptor " + file + ": bad file descriptor");
    }
  }

  @Test
  void onceAPerformerIsClosedItsProcessIsGone() {
    try (CoProcess coProcess = start()) {
      Performer performer = coProcess.open();
      long pid = pid(performer);
      performer.close();
      assertThat(Files.exists(Path.of("/proc/" + pid))).isFalse();
      assertThatThrownBy(() -> pid(performer))
          .isInstanceOf(MydockerException.class)
          .hasMessage("perform a plan segment: the connection to the co-process is closed");
      performer.close();
    }
  }

  @Test
  void closingEndsTheHelperAndLeavesNothing() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    CoProcess coProcess = start();
    Performer performer = coProcess.open();
    ProcessHandle worker = ProcessHandle.of(pid(performer)).orElseThrow();
    ProcessHandle listener = worker.parent().orElseThrow();
    Path socket = socketOf(listener.pid());
    assertThat(socket).startsWith(temporary);
    coProcess.close();
    assertThat(listener.isAlive()).isFalse();
    Performers.awaitEnd(worker.pid());
    assertThat(socket.getParent()).doesNotExist();
    assertThatThrownBy(() -> pid(performer)).hasMessageStartingWith("perform a plan segment: ");
    assertThatThrownBy(coProcess::open).hasMessageStartingWith("connect to ");
    coProcess.close();
  }

  /** The listener's last argument is its directory. */
  private static Path socketOf(long listener) throws IOException {
    String[] words = Files.readString(Path.of("/proc/" + listener + "/cmdline")).split("\0", -1);
    return Path.of(words[2], "socket");
  }

  @Test
  void theHelperOfTheJarIsUsedWhereNoHomeIsGiven() {
    String resource = "/dev/mydocker/native/" + System.getProperty("os.arch") + "/mydocker-helper";
    if (CoProcess.class.getResource(resource) == null) {
      assertThatThrownBy(() -> CoProcess.start(null))
          .hasMessage(
              "start mydocker-helper: the library holds none for " + System.getProperty("os.arch"));
      return;
    }
    try (CoProcess coProcess = CoProcess.start(null);
        Performer performer = coProcess.open()) {
      assertThat(performer.helper()).isEqualTo(coProcess.helper());
      assertThat(Files.exists(Path.of(performer.helper()))).isTrue();
      try (Session session = Helper.monitor(performer).session()) {
        assertThat(session.call(Segment.builder().build()).succeeded()).isTrue();
      }
    }
  }

  @Test
  void aHelperThatIsNotThereIsAClearError() {
    assertThatThrownBy(() -> CoProcess.start("/no/where"))
        .isInstanceOfSatisfying(
            MydockerException.class,
            e -> {
              assertThat(e).hasMessage("start /no/where/mydocker-helper: no such file");
              assertThat(e.category()).isEqualTo(Category.NOT_FOUND);
              assertThat(e.suggestion().orElseThrow()).contains("mydocker.home");
            });
  }

  @Test
  void aHelperThatMayNotBeExecutedIsAClearError() throws IOException {
    Files.writeString(directory.resolve("mydocker-helper"), "");
    assertThatThrownBy(() -> CoProcess.start(directory.toString()))
        .isInstanceOfSatisfying(
            MydockerException.class,
            e -> {
              assertThat(e)
                  .hasMessage("start " + directory + "/mydocker-helper: permission denied");
              assertThat(e.suggestion().orElseThrow())
                  .contains("noexec")
                  .contains("java.io.tmpdir");
            });
  }

  @Test
  void somethingElseInPlaceOfTheHelperIsAClearError() throws IOException {
    Path other = directory.resolve("mydocker-helper");
    Files.writeString(other, "#!/bin/sh\nexit 3\n");
    assertThat(other.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(() -> CoProcess.start(directory.toString()))
        .isInstanceOf(MydockerException.class)
        .hasMessageStartingWith("listen in ");
  }

  @Test
  void aKilledWorkerIsAClearErrorAndOthersGoOn() {
    try (CoProcess coProcess = start();
        Performer first = coProcess.open();
        Performer second = coProcess.open()) {
      SegmentBuilder b = Segment.builder();
      b.syscall(Wire.SYS_KILL, b.syscall(Wire.SYS_GETPID), Value.of(Linux.SIGKILL));
      assertThatThrownBy(() -> first.perform(b.build()))
          .isInstanceOf(MydockerException.class)
          .hasMessageStartingWith("perform a plan segment: ");
      assertThat(pid(second)).isPositive();
    }
  }

  @Test
  void manyVirtualThreadsWaitAtOnce() throws Exception {
    int threads = 64;
    CountDownLatch waiting = new CountDownLatch(threads);
    try (CoProcess coProcess = start();
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> answers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        answers.add(
            executor.submit(
                () -> {
                  try (Performer performer = coProcess.open()) {
                    waiting.countDown();
                    SegmentBuilder b = Segment.builder();
                    b.syscall(Wire.SYS_NANOSLEEP, b.longs(0, 300_000_000), Value.of(0));
                    Value pid = b.syscall(Wire.SYS_GETPID);
                    return performer.perform(b.build()).orThrow("sleep").result(pid);
                  }
                }));
      }
      // Were their carriers pinned, the last of them could not even begin.
      assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
      for (Future<Long> answer : answers) {
        assertThat(answer.get()).isPositive();
      }
    }
  }

  @Test
  void anInterruptionEndsTheWaitAndTheWorker() throws Exception {
    try (CoProcess coProcess = start()) {
      Performer performer = coProcess.open();
      long worker = pid(performer);
      AtomicReference<Throwable> thrown = new AtomicReference<>(new AssertionError("none"));
      AtomicReference<Boolean> flag = new AtomicReference<>(false);
      Thread thread =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      performer.perform(endless());
                    } catch (MydockerException e) {
                      thrown.set(e);
                      flag.set(Thread.currentThread().isInterrupted());
                    }
                  });
      awaitSleep(worker);
      thread.interrupt();
      thread.join();
      assertThat(thrown.get()).hasMessage("perform a plan segment: interrupted");
      assertThat(flag.get()).isTrue();
      Performers.awaitEnd(worker);
      performer.close();
      try (Performer next = coProcess.open()) {
        assertThat(pid(next)).isPositive();
      }
    }
  }

  /** Until it performs {@link #endless()}. */
  private static void awaitSleep(long worker) throws Exception {
    Path call = Path.of("/proc/" + worker + "/syscall");
    while (!Files.readString(call).startsWith(Wire.SYS_NANOSLEEP + " ")) {
      Thread.sleep(1);
    }
  }

  @Test
  void closingWhileAnotherThreadWaitsEndsItsWait() throws Exception {
    try (CoProcess coProcess = start()) {
      Performer performer = coProcess.open();
      long worker = pid(performer);
      AtomicReference<Throwable> thrown = new AtomicReference<>(new AssertionError("none"));
      Thread thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      performer.perform(endless());
                    } catch (MydockerException e) {
                      thrown.set(e);
                    }
                  });
      awaitSleep(worker);
      performer.close();
      thread.join();
      assertThat(thrown.get())
          .hasMessage("perform a plan segment: the connection to the co-process is closed");
    }
  }

  @Test
  void descriptorsOfThisJvmCannotGoAlong() {
    try (CoProcess coProcess = start();
        Performer performer = coProcess.open()) {
      SegmentBuilder b = Segment.builder();
      b.syscall(Wire.SYS_CLOSE, b.descriptor(0));
      assertThatThrownBy(() -> performer.perform(b.build()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          version | talk to helper: it speaks version 9 of the wire format, the library version 1
          magic   | perform a plan segment: malformed answer
          longer  | perform a plan segment: malformed answer
          shorter | perform a plan segment: malformed answer
          short   | perform a plan segment: malformed answer
          request | perform a plan segment: malformed answer
          end     | perform a plan segment: the co-process has ended
          half    | perform a plan segment: the co-process has ended
          refused | perform a plan segment: protocol error
          """)
  void anAnswerThatIsNoneIsAClearError(String what, String message) throws Exception {
    Path socket = directory.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread liar = Thread.ofVirtual().start(() -> answer(server, what));
      try (Performer performer =
          new CoProcessPerformer(
              SocketChannel.open(UnixDomainSocketAddress.of(socket)), "helper")) {
        SegmentBuilder b = Segment.builder();
        b.syscall(Wire.SYS_GETPID);
        b.returned(16);
        assertThatThrownBy(() -> performer.perform(b.build()))
            .isInstanceOf(MydockerException.class)
            .hasMessage(message);
      }
      liar.join();
    }
  }

  private static void answer(ServerSocketChannel server, String what) {
    ByteBuffer reply =
        ByteBuffer.allocate(Wire.HEADER_SIZE + 8 + 16).order(ByteOrder.LITTLE_ENDIAN);
    reply.putInt(Wire.HEADER_MAGIC, Wire.MAGIC);
    reply.putShort(Wire.HEADER_VERSION, (short) Wire.VERSION);
    reply.putShort(Wire.HEADER_FLAGS, (short) Wire.FLAG_REPLY);
    reply.putInt(Wire.HEADER_LENGTH, reply.capacity());
    reply.putInt(Wire.HEADER_INSTRUCTIONS, 1);
    reply.putInt(Wire.HEADER_FAILED, -1);
    Consumer<ByteBuffer> change =
        switch (what) {
          case "version" -> r -> r.putShort(Wire.HEADER_VERSION, (short) 9);
          case "magic" -> r -> r.putInt(Wire.HEADER_MAGIC, 1);
          case "longer" -> r -> r.putInt(Wire.HEADER_LENGTH, r.capacity() + 8);
          case "shorter" -> r -> r.putInt(Wire.HEADER_LENGTH, r.capacity() - 8);
          case "short" -> r -> r.putInt(Wire.HEADER_LENGTH, 8);
          case "request" -> r -> r.putShort(Wire.HEADER_FLAGS, (short) 0);
          case "end" -> r -> r.limit(0);
          case "half" -> r -> r.limit(Wire.HEADER_SIZE + 4);
          default ->
              r -> {
                r.putInt(Wire.HEADER_ERROR, Errno.EPROTO);
                r.putInt(Wire.HEADER_LENGTH, Wire.HEADER_SIZE);
                r.limit(Wire.HEADER_SIZE);
              };
        };
    change.accept(reply);
    try (SocketChannel client = server.accept()) {
      client.read(ByteBuffer.allocate(4096));
      while (reply.hasRemaining()) {
        client.write(reply);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
