package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Two boots of {@code testing/guest/run} with one disk: what runs when the first machine is
 * switched off, nobody has stopped.
 */
@Requires(
    value = {Need.ROOT, Need.X86_64, Need.BUSYBOX},
    tools = {"qemu-system-x86_64=qemu-system-x86", "cpio", "mkfs.ext4=e2fsprogs"})
@Isolated("an emulated processor is slow enough alone")
class RebootIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);

  /** Most of it is a hole; doctor wants some room. */
  private static final long DISK = 1L << 30;

  private static final String FIRST =
      """
      set -e
      chmod 700 /var/lib/mydocker
      $m run -d --name runs busybox sh -c 'echo boot >>/file; cat /file; exec sleep 1000'
      $m run --name ended busybox sh -c 'echo out; exit 3' || [ $? = 3 ]
      $m create --name fresh busybox echo hello
      $m run -d --name still busybox sleep 1000
      $m pause still
      $m run -d --rm --name once busybox sleep 1000
      echo == list; $m ps -a --format '{{.Names}} {{.State}}'
      """;

  private static final String SECOND =
      """
      echo == list; $m ps -a --format '{{.Names}} {{.State}} {{.Status}}' | sed 's/ [^ ]* [^ ]* ago//'
      echo == record; cat /var/run/mydocker/runs/config.json 2>/dev/null || echo none
      echo == repair; $m doctor --repair >/dev/null; $m doctor --format json
      echo == why; $m inspect -f '{{.State.Error}}' runs
      echo == start; $m start runs still; $m exec runs cat /file
      echo == fresh; $m start -a fresh
      echo == logs; $m logs ended; $m logs runs
      echo == again; $m ps --format '{{.Names}} {{.State}}'
      echo == remove; $m rm -f runs still fresh ended
      echo == left; $m ps -aq; ls -A /var/lib/mydocker/containers /var/lib/mydocker/names
      ls -A /run/mydocker/.engine; find /sys/fs/cgroup -mindepth 2 -type d -path '*mydocker*'
      """;

  @TempDir Path directory;

  private Result boot(Path disk, String script) {
    Result result =
        new Command(
                List.of(
                    Checkout.directory() + "/testing/guest/run",
                    "bash",
                    "-c",
                    "m=" + Checkout.directory() + "/mydocker\n" + script))
            .environment("MYDOCKER_GUEST_DISK", disk.toString())
            .environment("MYDOCKER_GUEST_TIMEOUT", Long.toString(LIMIT.toSeconds() - 30))
            .limit(LIMIT)
            .run();
    assertThat(result.exit()).as(result.stdout() + result.stderr()).isZero();
    return result;
  }

  /** What was said after a heading. */
  private static String part(Result result, String heading) {
    String after = result.stdout().split("== " + heading + "\n", 2)[1];
    return after.split("== ", 2)[0];
  }

  @Test
  @Timeout(value = 16, unit = TimeUnit.MINUTES)
  void whatAMachineLeftIsToldTrulyByTheNextBoot() throws IOException {
    Path disk = directory.resolve("disk");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(DISK);
    }
    new Command(List.of("mkfs.ext4", "-q", "-F", disk.toString())).run().orThrow();

    Result first = boot(disk, FIRST);
    assertThat(part(first, "list").lines())
        .containsExactly(
            "once running", "still paused", "fresh created", "ended exited", "runs running");

    Result second = boot(disk, SECOND);
    // Nobody was there to remove the one with --rm: the first command that sees it does.
    assertThat(part(second, "list").lines())
        .containsExactly(
            "still exited Exited (255)",
            "fresh created Created",
            "ended exited Exited (3)",
            "runs exited Exited (255)");
    assertThat(part(second, "record")).isEqualTo("none\n");
    assertThat(part(second, "repair")).startsWith("{\"health\":\"healthy\",");
    assertThat(part(second, "why")).isEqualTo("the machine was restarted\n");
    assertThat(part(second, "start")).isEqualTo("runs\nstill\nboot\nboot\n");
    assertThat(part(second, "fresh")).isEqualTo("hello\n");
    assertThat(part(second, "logs")).isEqualTo("out\nboot\nboot\nboot\n");
    assertThat(part(second, "again").lines()).containsExactly("still running", "runs running");
    assertThat(part(second, "left"))
        .isEqualTo("/var/lib/mydocker/containers:\n\n/var/lib/mydocker/names:\n");
  }
}
