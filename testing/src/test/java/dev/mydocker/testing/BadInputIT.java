package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people mistype: Docker's exit code, one clear line, and nothing half-made. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
  private final Sandbox sandbox;

  BadInputIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeAll
  void aContainerThatWasNeverStarted() {
    run("create", "--name", "never", "busybox", "true").orThrow();
  }

  @AfterAll
  void itGoes() {
    run("rm", "never").orThrow();
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Words
        "run | 1 | 'mydocker run' requires at least 1 argument",
        "rnu busybox | 1 | unknown command: mydocker rnu; did you mean run?",
        "run --nmae x busybox | 125 | unknown flag: --nmae; did you mean --name?",
        "run -p 80:80 busybox | 125 | publishing ports comes with networks",
        "run --network bridge busybox | 125 | networks are not supported",
        "stop | 1 | requires at least 1 argument",
        // Names
        "start nosuch | 1 | No such container: nosuch",
        "stop nosuch | 1 | No such container: nosuch",
        "kill nosuch | 1 | No such container: nosuch",
        "rm nosuch | 1 | No such container: nosuch",
        "logs nosuch | 1 | No such container: nosuch",
        "exec nosuch true | 1 | No such container: nosuch",
        "attach nosuch | 1 | No such container: nosuch",
        "wait nosuch | 1 | No such container: nosuch",
        "commit nosuch x | 1 | No such container: nosuch",
        "export -o /dev/null nosuch | 1 | No such container: nosuch",
        "rmi nosuch | 1 | No such image: nosuch",
        "tag nosuch x | 1 | No such image: nosuch",
        "run nosuch | 125 | nosuch",
        "run UPPER | 125 | lower case",
        "run --name never busybox true | 125 | already in use",
        "run --name a/b busybox true | 125 | invalid container name (a/b)",
        "run --pid container:nosuch busybox true | 125 | No such container: nosuch",
        "run --pid container:never busybox true | 125 | not running",
        // Values
        "run -m 10x busybox true | 125 | invalid suffix: 'x'",
        "run -m 1m busybox true | 125 | Minimum memory limit allowed is 6MB",
        "run -m 64m --memory-swap 32m busybox true | 125 | Minimum memoryswap limit",
        "run --cpus many busybox true | 125 | \"many\" is not a number of CPUs",
        "run --cpuset-cpus 999 busybox true | 125 | Requested CPUs are not available - requested 999",
        "run --cpuset-mems 999 busybox true | 125 | memory nodes are not available - requested 999",
        "run -c 1 busybox true | 125 | CPU shares",
        "run -v /tmp busybox true | 125 | anonymous volumes",
        "run -v /tmp:x busybox true | 125 | mount path must be absolute",
        "run -v /nosuch/path:/x busybox true | 125 | /nosuch/path",
        "run -v /tmp:/x:rx busybox true | 125 | invalid mode",
        "run -v /tmp:/x -v /etc:/x busybox true | 125 | Duplicate mount point: /x",
        "run -e =x busybox true | 125 | invalid environment variable: =x",
        "run --env-file /etc busybox true | 125 | read /etc: is a directory",
        "run --cpus 4096 busybox true | 125 | range of CPUs is from 0.01 to",
        "run --env-file /nosuch busybox true | 125 | /nosuch: no such file or directory",
        "run -u nosuch busybox true | 125 | nosuch",
        "run -u 1:nosuch busybox true | 125 | nosuch",
        "run -w x busybox true | 125 | absolute path",
        "run --ulimit nofile=x busybox true | 125 | invalid ulimit argument: nofile=x",
        "run --cap-add NOSUCH busybox true | 125 | NOSUCH",
        "run --device /dev/nosuch busybox true | 125 | /dev/nosuch",
        "run --stop-signal NOPE busybox true | 125 | invalid signal: NOPE",
        "run --security-opt seccomp=/nosuch busybox true | 125 | /nosuch",
        "run --security-opt seccomp=/etc/passwd busybox true | 125 | seccomp profile",
        "run --tmpfs x busybox true | 125 | mount path must be absolute",
        "run -image /nosuch true | 125 | /nosuch: no such file or directory",
        "run -image /etc/passwd true | 125 | /etc/passwd: it is no tar archive",
        "import /etc/passwd x | 1 | /etc/passwd: it is no tar archive",
        "import /nosuch x | 1 | /nosuch: no such file or directory",
        "import /etc/passwd UPPER | 1 | lower case",
        "kill -s NOPE never | 1 | Invalid signal: NOPE",
        "logs --since yesterday never | 1 | yesterday",
        "ps --filter status=foo | 1 | invalid filter 'status=foo'",
        "inspect -f {{.State never | 1 | template parsing error",
        // Commands
        "run busybox nosuch | 127 | nosuch",
        "run busybox /nosuch | 127 | /nosuch",
        "run busybox /etc | 126 | /etc",
        "run -d busybox /etc/passwd | 126 | /etc/passwd",
        "run -d busybox nosuch | 127 | nosuch",
        // States
        "exec never true | 1 | not running",
        "attach never | 1 | not running",
        "kill never | 1 | not running",
        "pause never | 1 | not running",
        "unpause never | 1 | not paused",
        "rmi busybox | 1 | never",
      })
  void oneLineAndNothingLeft(String words, int code, String message) throws IOException {
    Result result = run(words.split(" "));
    assertThat(result.stderr()).hasLineCount(1).startsWith("mydocker: ").contains(message);
    assertThat(result.exit()).isEqualTo(code);
    assertThat(result.stdout()).isEmpty();
    assertThat(run("ps", "-a", "--format", "{{.Names}}").stdout()).isEqualTo("never\n");
    try (Stream<Path> entries = Files.list(sandbox.root().resolve("containers"))) {
      assertThat(entries).hasSize(1);
    }
  }

  @Test
  void oneOfSeveralThatFailsDoesNotKeepTheOthersFromBeingDone() {
    run("create", "--name", "one", "busybox").orThrow();
    run("create", "--name", "two", "busybox").orThrow();
    Result result = run("rm", "one", "nosuch", "two");
    assertThat(result.stdout()).isEqualTo("one\ntwo\n");
    assertThat(result.stderr()).isEqualTo("mydocker: No such container: nosuch\n");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(run("rm", "-f", "nosuch").exit()).isZero();
  }

  @Test
  void theBeginningOfAnIdMayMeanSeveral() {
    List<String> ids = new ArrayList<>();
    // Seventeen ids: two of them begin alike.
    for (int i = 0; i < 17; i++) {
      ids.add(run("create", "busybox", "true").orThrow().stdout().strip());
    }
    String shared =
        ids.stream()
            .map(id -> id.substring(0, 1))
            .filter(first -> ids.stream().filter(id -> id.startsWith(first)).count() > 1)
            .findFirst()
            .orElseThrow();
    Result result = run("start", shared);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).hasLineCount(1).contains(shared);
    List<String> remove = new ArrayList<>(List.of("rm"));
    remove.addAll(ids);
    run(remove.toArray(new String[0])).orThrow();
  }
}
