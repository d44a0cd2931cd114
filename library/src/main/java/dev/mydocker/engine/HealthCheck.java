package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.Tried;
import dev.mydocker.oci.image.Healthcheck;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A container's own health check: what its image's HEALTHCHECK says (Dockerfile reference). Nobody
 * runs it by a clock, for there is no daemon; it is run by who wants to know.
 */
public final class HealthCheck {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration START_INTERVAL = Duration.ofSeconds(5);
  private static final int OUTPUT = 4096;

  private final Container container;
  private final String name;
  private final List<String> command;
  private final Duration timeout;
  private final Duration interval;

  HealthCheck(Container container, ContainerRecord record) {
    Healthcheck check = record.imageConfig().healthcheck();
    this.container = container;
    this.name = record.name();
    this.command = command(record, check);
    this.timeout = duration(check == null ? null : check.timeout(), TIMEOUT);
    this.interval = duration(check == null ? null : check.startInterval(), START_INTERVAL);
  }

  private static List<String> command(ContainerRecord record, @Nullable Healthcheck check) {
    List<String> test = check == null ? List.of() : check.test();
    String kind = test.isEmpty() ? "NONE" : test.get(0);
    List<String> words = test.isEmpty() ? test : test.subList(1, test.size());
    if (kind.equals("CMD") && !words.isEmpty()) {
      return words;
    }
    if (kind.equals("CMD-SHELL") && words.size() == 1) {
      List<String> shell = record.imageConfig().shell();
      List<String> line = new ArrayList<>(shell.isEmpty() ? List.of("/bin/sh", "-c") : shell);
      line.add(words.get(0));
      return line;
    }
    throw MydockerException.of(
        Category.CONFLICT,
        "check the health of container",
        record.name(),
        kind.equals("NONE")
            ? "its image has no health check"
            : "its image's health check is not one: " + String.join(" ", test),
        "give the image one: mydocker commit --change 'HEALTHCHECK CMD ...'");
  }

  /** Nothing and 0 stand for the default. */
  private static Duration duration(@Nullable Long nanos, Duration usual) {
    return nanos == null || nanos == 0 ? usual : Duration.ofNanos(nanos);
  }

  /** What is executed in the container, a shell before it if that is how it was written. */
  public List<String> command() {
    return command;
  }

  /**
   * Runs it once, for no longer than the image says, or thirty seconds: then it is killed.
   *
   * @throws MydockerException CONFLICT if the container does not run; COMMAND_NOT_FOUND or
   *     NOT_EXECUTABLE if there is no such command; INTERRUPTED
   */
  public Health run() {
    return run(timeout);
  }

  private Health run(Duration limit) {
    Beginning output = new Beginning();
    ProcessIo io = ProcessIo.NONE.stdout(output).stderr(output).limit(limit);
    Exit exit = null;
    try {
      exit = container.exec(ExecSpec.of(command), io);
    } catch (MydockerException e) {
      if (e.category() != Category.TIMEOUT) {
        throw e;
      }
    }
    return new Health(exit, output.text());
  }

  /**
   * Runs it until it finds the container healthy: again after the image's start interval, or five
   * seconds.
   *
   * @throws MydockerException TIMEOUT if it does not within the time, with what it wrote last; and
   *     as {@link #run} does
   */
  public void await(Duration limit) {
    Deadline deadline = Deadline.in("wait for the health of container " + name, limit);
    while (true) {
      Duration left = deadline.remaining();
      Health health = run(timeout.compareTo(left) < 0 ? timeout : left);
      if (health.isHealthy()) {
        return;
      }
      deadline.check();
      pause(deadline.remaining());
    }
  }

  private void pause(Duration left) {
    try {
      TimeUnit.NANOSECONDS.sleep((interval.compareTo(left) < 0 ? interval : left).toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Tried.of("wait for the health of container " + name)
          .failed(Category.INTERRUPTED, "interrupted", null, e);
    }
  }

  /** Two streams are copied to it, by one thread or by two. */
  private static final class Beginning extends ByteArrayOutputStream {
    @Override
    public synchronized void write(int b) {
      if (count < OUTPUT) {
        super.write(b);
      }
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      super.write(bytes, from, Math.min(length, OUTPUT - count));
    }

    synchronized String text() {
      return Bytes.decode(toByteArray());
    }
  }
}
