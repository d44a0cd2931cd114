package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code linux.namespaces} and the maps of users do, seen from inside. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class NamespaceFieldsIT {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final String MAPS = "[{\"containerID\": 0, \"hostID\": 300000, \"size\": 65536}]";

  private static SpecContainer container(Sandbox sandbox) throws IOException {
    return new SpecContainer(sandbox.directory().resolve("spaces-" + COUNT.incrementAndGet()));
  }

  private static SpecContainer mapped(Sandbox sandbox) throws IOException {
    SpecContainer container =
        container(sandbox).namespace("user").linux("uidMappings", MAPS).linux("gidMappings", MAPS);
    container.own(300000);
    return container;
  }

  @Test
  void rootOfAUserNamespaceIsSomebodyElseOutside(Sandbox sandbox) throws IOException {
    SpecContainer container = mapped(sandbox);
    String seen = container.run("busybox cat /proc/self/uid_map; busybox id -u; echo x >/file");
    assertThat(seen.trim().split("\\s+")).containsExactly("0", "300000", "65536", "0");
    assertThat(Files.getAttribute(container.upper().resolve("file"), "unix:uid")).isEqualTo(300000);
  }

  @Test
  void aUserNamespaceHasDevicesMountsAndMasks(Sandbox sandbox) throws IOException {
    String seen =
        mapped(sandbox)
            .with("hostname", "\"inside\"")
            .mount("{\"destination\": \"/t\", \"type\": \"tmpfs\"}")
            .mount(
                "{\"destination\": \"/dev/pts\", \"type\": \"devpts\","
                    + " \"options\": [\"newinstance\"]}")
            .linux("maskedPaths", "[\"/proc/keys\", \"/proc/scsi\"]")
            .linux("readonlyPaths", "[\"/proc/sys\"]")
            .linux("sysctl", "{\"net.ipv4.ip_forward\": \"1\"}")
            .run(
                "echo x >/dev/null && busybox hostname && busybox wc -c </proc/keys"
                    + " && busybox cat /proc/sys/net/ipv4/ip_forward"
                    + " && busybox touch /t/a && busybox head -c1 /dev/zero | busybox wc -c");
    assertThat(seen).isEqualTo("inside\n0\n1\n1\n");
  }

  @Test
  void anotherUserOfAUserNamespace(Sandbox sandbox) throws IOException {
    String seen =
        mapped(sandbox)
            .process("user", "{\"uid\": 5, \"gid\": 6, \"additionalGids\": [7, 8], \"umask\": 63}")
            .run("busybox id -u; busybox id -g; busybox id -G; umask");
    assertThat(seen).isEqualTo("5\n6\n6 7 8\n0077\n");
  }

  @Test
  void clocksOfATimeNamespaceAreSet(Sandbox sandbox) throws IOException {
    String seen =
        container(sandbox)
            .namespace("time")
            .linux("timeOffsets", "{\"boottime\": {\"secs\": 100000000, \"nanosecs\": 5}}")
            .run("busybox cut -d. -f1 /proc/uptime; busybox cat /proc/self/timens_offsets");
    assertThat(Long.parseLong(seen.split("\n")[0])).isGreaterThan(100000000);
    assertThat(seen).containsPattern("boottime\\s+100000000\\s+5\n");
  }

  @Test
  void clocksOfATimeNamespaceWithUsersAreSet(Sandbox sandbox) throws IOException {
    String seen =
        mapped(sandbox)
            .namespace("time")
            .linux("timeOffsets", "{\"monotonic\": {\"secs\": 7}}")
            .run("busybox cat /proc/self/timens_offsets");
    assertThat(seen).containsPattern("monotonic\\s+7\\s+0\n");
  }

  @ParameterizedTest
  @CsvSource({
    "network, net",
    "ipc, ipc",
    "uts, uts",
    "pid, pid",
    "cgroup, cgroup",
    "time, time",
    "mount, mnt"
  })
  void aNamespaceIsJoinedByItsPath(String type, String file, Sandbox sandbox) throws Exception {
    ProcessHandle other = unshared(sandbox);
    try {
      long pid = other.pid();
      Path there = Path.of("/proc/" + pid + "/ns/" + file);
      String seen =
          container(sandbox)
              .without(type)
              .namespace("{\"type\": \"" + type + "\", \"path\": \"" + there + "\"}")
              .run("busybox readlink /proc/self/ns/" + file);
      assertThat(seen).isEqualTo(Files.readSymbolicLink(there) + "\n");
      assertThat(Files.readSymbolicLink(there))
          .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/" + file)));
    } finally {
      end(other);
    }
  }

  @Test
  void aUserNamespaceIsJoinedWithOthersThatItOwns(Sandbox sandbox) throws Exception {
    ProcessHandle other = unshared(sandbox, "-U", "--map-root-user");
    try {
      String there = "/proc/" + other.pid() + "/ns/";
      String seen =
          container(sandbox)
              .without("network")
              .namespace("{\"type\": \"network\", \"path\": \"" + there + "net\"}")
              .namespace("{\"type\": \"user\", \"path\": \"" + there + "user\"}")
              .run("for i in user net; do busybox readlink /proc/self/ns/$i; done; echo x >/f");
      assertThat(seen)
          .isEqualTo(
              Files.readSymbolicLink(Path.of(there + "user"))
                  + "\n"
                  + Files.readSymbolicLink(Path.of(there + "net"))
                  + "\n");
    } finally {
      end(other);
    }
  }

  @Test
  void aPathOfAnotherTypeIsAnError(Sandbox sandbox) throws IOException {
    SpecContainer container =
        container(sandbox)
            .without("network")
            .namespace("{\"type\": \"network\", \"path\": \"/proc/self/ns/ipc\"}");
    assertThatThrownBy(() -> container.run("echo ran"))
        .isInstanceOf(MydockerException.class)
        .hasMessageContaining("the network namespace /proc/self/ns/ipc: invalid argument");
  }

  @Test
  void aBoundMountHasOtherOwners(Sandbox sandbox) throws IOException {
    Path source = Files.createDirectories(sandbox.directory().resolve("owned"));
    Files.setAttribute(Files.writeString(source.resolve("file"), "x"), "unix:uid", 5);
    SpecContainer container =
        container(sandbox)
            .mount(
                "{\"destination\": \"/m\", \"source\": \""
                    + source
                    + "\", \"options\": [\"bind\", \"idmap\"], \"uidMappings\": "
                    + "[{\"containerID\": 0, \"hostID\": 1000, \"size\": 10}], \"gidMappings\": "
                    + "[{\"containerID\": 0, \"hostID\": 2000, \"size\": 10}]}");
    assertThat(container.run("busybox stat -c '%u %g' /m/file")).isEqualTo("1005 2000\n");
  }

  @Test
  void aBoundMountFollowsTheContainersUsers(Sandbox sandbox) throws IOException {
    Path source = Files.createDirectories(sandbox.directory().resolve("followed"));
    Files.setAttribute(Files.writeString(source.resolve("file"), "x"), "unix:uid", 5);
    SpecContainer container =
        mapped(sandbox)
            .mount(
                "{\"destination\": \"/m\", \"source\": \""
                    + source
                    + "\", \"options\": [\"rbind\", \"ridmap\"]}");
    assertThat(container.run("busybox stat -c '%u %g' /m/file")).isEqualTo("5 0\n");
  }

  @ParameterizedTest
  @CsvSource({
    "private, 0, 0",
    "rslave, 0, 0",
    "shared, 1, 0",
    "rshared, 1, 1",
    "runbindable, 0, 0"
  })
  void theRootIsSharedAsAskedFor(String how, int root, int below, Sandbox sandbox)
      throws IOException {
    String seen =
        container(sandbox)
            .linux("rootfsPropagation", "\"" + how + "\"")
            .run(
                "busybox grep ' / / ' /proc/self/mountinfo | busybox grep -c shared:;"
                    + " busybox grep ' / /dev ' /proc/self/mountinfo | busybox grep -c shared:");
    assertThat(seen).isEqualTo(root + "\n" + below + "\n");
  }

  /** A process in new namespaces of all types but users. */
  private static ProcessHandle unshared(Sandbox sandbox, String... more) throws IOException {
    Path ready = sandbox.directory().resolve("ready-" + COUNT.incrementAndGet());
    Command.of("mkfifo", ready.toString()).run().orThrow();
    List<String> line = new ArrayList<>(List.of("unshare", "-n", "-i", "-u", "-C", "-T", "-m"));
    line.addAll(List.of(more));
    line.addAll(List.of("-p", "--fork", "--kill-child"));
    line.addAll(List.of("sh", "-c", "echo >" + ready + "; exec sleep 1000"));
    Process process = new ProcessBuilder(line).start();
    Files.readString(ready);
    return process.children().findFirst().orElseThrow();
  }

  private static void end(ProcessHandle process) throws Exception {
    ProcessHandle parent = process.parent().orElseThrow();
    process.destroyForcibly();
    parent.onExit().get();
  }
}
