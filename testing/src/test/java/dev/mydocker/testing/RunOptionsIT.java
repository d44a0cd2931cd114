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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each option of run does, as a command in the container sees it. */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunOptionsIT {
  private final Sandbox sandbox;

  RunOptionsIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeAll
  void theImageIsHere() {
    run("run", "--rm", "busybox", "true").orThrow();
  }

  private Result run(String... arguments) {
    return sandbox.mydocker(arguments).run();
  }

  private Result script(String options, String script) {
    List<String> line = new ArrayList<>(List.of("run", "--rm"));
    if (!options.isEmpty()) {
      line.addAll(List.of(options.split(" ")));
    }
    line.addAll(List.of("busybox", "sh", "-c", script));
    return run(line.toArray(new String[0]));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      value = {
        "-w /new/dir => pwd => /new/dir",
        "-w /etc => pwd => /etc",
        "-u 1000 => id -u; id -g => 1000 0",
        "-u 1000:1001 => id -u; id -g => 1000 1001",
        "-u root => id -un => root",
        "-h bird => hostname; cat /etc/hostname => bird bird",
        "--hostname bird => grep -c bird /etc/hosts => 1",
        "--uts host --net host => test $(hostname) = $(cat /proc/sys/kernel/hostname); echo $? =>"
            + " 0",
        "--entrypoint /bin/echo => ignored => sh -c ignored",
        "--read-only => touch /x 2>/dev/null; echo $?; touch /dev/shm/y; echo $? => 1 0",
        "--read-only --tmpfs /t => touch /t/x; echo $? => 0",
        "--tmpfs /t:size=1m,mode=700 => stat -c %a /t; df -k /t | tail -1 | awk '{print $2}' => 700"
            + " 1024",
        "--ulimit nofile=100:200 => ulimit -n; ulimit -Hn => 100 200",
        "--ulimit core=0 => ulimit -c => 0",
        "--add-host db:1.2.3.4 => grep -w db /etc/hosts | awk '{print $1, $2}' => 1.2.3.4 db",
        "--dns 9.9.9.9 => grep nameserver /etc/resolv.conf => nameserver 9.9.9.9",
        "--dns-search a.example --dns-search b.example => grep search /etc/resolv.conf => search"
            + " a.example b.example",
        "--dns-search . => grep -c search /etc/resolv.conf => 0",
        "-h bird --domainname ex.org => hostname -d; cat /proc/sys/kernel/domainname => ex.org"
            + " ex.org",
        "--shm-size 1m => df -k /dev/shm | tail -1 | awk '{print $2}' => 1024",
        "--memory-reservation 32m => cat /sys/fs/cgroup/memory/memory.soft_limit_in_bytes"
            + " /sys/fs/cgroup/memory.low 2>/dev/null => 33554432",
        "--init => cat /proc/1/comm; test $$ -ne 1; echo $? => * 0",
        "--pid host => test $(ls -d /proc/[0-9]* | wc -l) -gt 3; echo $? => 0",
        "--ipc host => grep -c ' /dev/mqueue mqueue ' /proc/mounts; ls -d /dev/shm => 1 /dev/shm",
        "--net host => ls /sys/class/net | grep -c lo => 1",
        " => ls /sys/class/net; cat /sys/class/net/lo/flags => lo 0x9",
        "--device /dev/null:/dev/extra => echo x > /dev/extra; echo $? => 0",
        "--security-opt no-new-privileges => grep NoNewPrivs /proc/self/status => NoNewPrivs:\t1",
        "--security-opt seccomp=unconfined => grep Seccomp: /proc/self/status => Seccomp:\t0",
        " => grep Seccomp: /proc/self/status => Seccomp:\t2",
        " => grep CapEff /proc/self/status => CapEff:\t00000000a80425fb",
        "--cap-drop ALL => grep CapEff /proc/self/status => CapEff:\t0000000000000000",
        "--cap-drop ALL --cap-add CHOWN => grep CapEff /proc/self/status => CapEff:"
            + "\t0000000000000001",
        "-u 1000 => grep CapEff /proc/self/status => CapEff:\t0000000000000000",
        " => mount -t tmpfs x /mnt 2>/dev/null; echo $? => 1",
        "--privileged => mount -t tmpfs x /mnt; echo $? => 0",
        " => mknod /tmp/null c 1 3; echo $?; mknod /tmp/sda b 8 0; cat /tmp/sda 2>/dev/null; echo"
            + " $? => 0 1",
        " => cat /proc/keys /proc/timer_list 2>/dev/null | wc -c => 0",
        " => echo 1 2>/dev/null > /proc/sys/kernel/sysrq; echo $? => 1",
        "-e A=1 -e A=2 => echo $A => 2",
      })
  void theCommandSees(String options, String script, String expected) {
    Result result = script(options == null ? "" : options, script);
    String seen = result.stdout().strip().replace('\n', ' ');
    if (expected.startsWith("* ")) {
      assertThat(seen).endsWith(expected.substring(1));
    } else {
      assertThat(seen).as(result.stderr()).isEqualTo(expected.replace("\\t", "\t"));
    }
  }

  private static final String SAYS_ITS_NAME = "hostname; cat /etc/hostname; echo $HOSTNAME";

  @Test
  void namespacesOfAnotherContainer() {
    run("run", "-d", "--name", "peer", "busybox", "sleep", "60").orThrow();
    try {
      for (String type : List.of("pid", "ipc", "net", "uts", "cgroup")) {
        String option =
            switch (type) {
              case "net" -> "--network";
              case "cgroup" -> "--cgroupns";
              default -> "--" + type;
            };
        Result own =
            run(
                    "run",
                    "--rm",
                    option,
                    "container:peer",
                    "busybox",
                    "readlink",
                    "/proc/self/ns/" + type)
                .orThrow();
        assertThat(run("exec", "peer", "readlink", "/proc/self/ns/" + type).stdout())
            .as(type)
            .isEqualTo(own.stdout());
      }
      Result named =
          run("run", "--rm", "--uts", "container:peer", "busybox", "sh", "-c", SAYS_ITS_NAME)
              .orThrow();
      assertThat(named.stdout()).isEqualTo(run("exec", "peer", "hostname").stdout().repeat(3));
    } finally {
      run("rm", "-f", "peer");
    }
  }

  @Test
  void volumesOfFilesAndDirectories() throws IOException {
    Path file = Files.writeString(sandbox.directory().resolve("file"), "content\n");
    Result result =
        run(
            "run",
            "--rm",
            "-v",
            file + ":/etc/motd:ro",
            "-v",
            sandbox.directory() + ":/new/place",
            "busybox",
            "sh",
            "-c",
            "cat /etc/motd /new/place/file; echo x > /etc/motd");
    assertThat(result.stdout()).isEqualTo("content\ncontent\n");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(file).hasContent("content\n");
  }

  @Test
  void aRelativeVolumeIsRelativeToTheCaller() throws IOException {
    Path directory = Files.createDirectories(sandbox.directory().resolve("caller"));
    Files.writeString(directory.resolve("f"), "here");
    assertThat(
            sandbox
                .mydocker("run", "--rm", "-v", "./:/d", "busybox", "cat", "/d/f")
                .directory(directory)
                .run()
                .stdout())
        .isEqualTo("here");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "-a stdout, 'out\n', ''",
    "-a STDERR, '', 'err\n'",
    "-a stdout -a stderr, 'out\n', 'err\n'",
  })
  void onlyTheAttachedStreamsAreShown(String options, String stdout, String stderr) {
    Result result = script(options, "echo out; echo err >&2; exit 3");
    assertThat(result.stdout()).isEqualTo(stdout.replace("\\n", "\n"));
    assertThat(result.stderr()).isEqualTo(stderr.replace("\\n", "\n"));
    assertThat(result.exit()).isEqualTo(3);
  }

  @Test
  void withInputAttachedAloneTheIdIsPrinted() {
    Result result =
        sandbox
            .mydocker("run", "-i", "-a", "stdin", "--name", "fed", "busybox", "cat")
            .input("food\n")
            .run();
    assertThat(result.stdout()).matches("[0-9a-f]{64}\n");
    assertThat(run("logs", "fed").stdout()).isEqualTo("food\n");
    run("rm", "fed").orThrow();
    Result both = run("run", "-d", "-a", "stdout", "busybox", "true");
    assertThat(both.exit()).isEqualTo(1);
    assertThat(both.stderr()).contains("conflicting options");
  }

  @Test
  void sizesAreOfWhatItWroteAndOfAll() {
    run("run", "--name", "big", "busybox", "sh", "-c", "head -c 5000 /dev/zero > /x; ln /x /y")
        .orThrow();
    assertThat(run("ps", "-a", "-s").stdout()).contains("SIZE").contains(" 5kB (virtual ");
    assertThat(run("ps", "-a", "--format", "{{.Size}}").stdout()).startsWith("5kB (virtual ");
    String[] sizes =
        run("inspect", "-s", "-f", "{{.SizeRw}} {{.SizeRootFs}}", "big")
            .stdout()
            .strip()
            .split(" ");
    run("rm", "big").orThrow();
    assertThat(sizes[0]).isEqualTo("5000");
    assertThat(Long.parseLong(sizes[1])).isGreaterThan(500_000);
  }

  @Test
  void memoryIsLimited() {
    Result result =
        script("-m 16m --memory-swap 16m", "head -c 64m /dev/zero | tail -c 64m | wc -c");
    assertThat(result.stdout().strip()).isNotEqualTo("67108864");
  }

  @Test
  void processesAreLimited() {
    Result result =
        script("--pids-limit 5", "for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; echo on");
    assertThat(result.stderr()).contains("fork");
  }

  @Test
  void aSmallLimitOfTheLogHoldsAndNothingIsLostOnTheWay() throws IOException {
    Result result =
        run(
            "run",
            "--name",
            "small",
            "--log-opt",
            "max-size=4k",
            "--log-opt",
            "max-file=3",
            "busybox",
            "sh",
            "-c",
            "seq 20000; head -c 100000 /dev/zero >&2");
    assertThat(result.stdout()).hasLineCount(20_000);
    assertThat(result.stderr()).hasSize(100_000);
    String directory = run("inspect", "-f", "{{.LogPath}}", "small").stdout().strip();
    for (String file : List.of("", ".1", ".2")) {
      // A record has 16 KiB of output at most.
      assertThat(Path.of(directory + file)).isNotEmptyFile();
      assertThat(Files.size(Path.of(directory + file))).isLessThan(4000 + 16_384 + 100);
    }
    assertThat(Path.of(directory + ".3")).doesNotExist();
    run("rm", "small").orThrow();
  }

  @Test
  void logsAreRotated() {
    run(
            "run",
            "--name",
            "rotated",
            "--log-opt",
            "max-size=100k",
            "--log-opt",
            "max-file=2",
            "busybox",
            "seq",
            "200000")
        .orThrow();
    Result logs = run("logs", "rotated");
    run("rm", "rotated").orThrow();
    assertThat(logs.stdout()).endsWith("199999\n200000\n").doesNotContain("\n1000\n");
  }
}
