package dev.mydocker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers of {@code mydocker-oci} ask for less often. */
@Requires({Need.ROOT, Need.BUSYBOX})
@ExtendWith(SandboxExtension.class)
class OciFeaturesIT {
  private static final String ID = "box";
  private static final String OTHER = "other";

  private Sandbox sandbox;
  private OciBundle bundle;
  private final List<Path> mounted = new ArrayList<>();

  @BeforeEach
  void take(Sandbox taken) throws IOException {
    sandbox = taken;
    bundle = new OciBundle(sandbox, "exec sleep 100");
  }

  @AfterEach
  void cleanUp() {
    bundle.run("delete", "--force", ID);
    bundle.run("delete", "--force", OTHER);
    for (Path each : mounted) {
      Command.of("umount", each.toString()).run().orThrow();
    }
  }

  /** The container's cgroup that rules how many tasks there are, on v1 or v2. */
  private static Path pidsCgroup(long pid) throws IOException {
    Path unified = Path.of("/nowhere");
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"), UTF_8)) {
      String[] parts = line.split(":", 3);
      if (parts[1].equals("pids")) {
        return Path.of("/sys/fs/cgroup/pids" + parts[2]);
      }
      if (parts[1].isEmpty()) {
        unified = Path.of("/sys/fs/cgroup" + parts[2]);
      }
    }
    return unified;
  }

  @Test
  @Tag(GuestTests.TAG)
  void anExecCanGoToACgroupBelowTheContainers() throws IOException {
    bundle.write();
    Path cgroup = pidsCgroup(bundle.start(ID));
    boolean old = cgroup.startsWith("/sys/fs/cgroup/pids");
    Files.createDirectories(cgroup.resolve("sub/deep"));
    String which = old ? "pids:" : "";

    Command.Result inside =
        bundle.run("exec", "--cgroup", which + "sub/deep", ID, "cat", "/proc/self/cgroup");
    assertThat(inside.orThrow().stdout()).contains((old ? ":pids:" : "0::") + "/sub/deep\n");
    assertThat(bundle.run("exec", ID, "cat", "/proc/self/cgroup").orThrow().stdout())
        .as("without the option it is the container's own, seen from inside")
        .contains((old ? ":pids:" : "0::") + "/\n");
    assertThat(bundle.run("exec", "--cgroup", which + "none", ID, "true").stderr())
        .contains("/none")
        .contains("no such file or directory");
    assertThat(bundle.run("exec", "--cgroup", which + "sub/../../x", ID, "true").stderr())
        .contains("sub/../../x is not a sub cgroup path");
    assertThat(bundle.run("exec", "--cgroup", "nosuch:sub", ID, "true").stderr())
        .contains("nosuch: no such controller");
  }

  @Test
  void ambientCapabilitiesThatAreNotInheritableAreLeftOut() throws IOException {
    String some = "[\"CAP_CHOWN\", \"CAP_KILL\"]";
    String sets =
        "{\"bounding\": %s, \"permitted\": %s, \"inheritable\": [\"CAP_KILL\"], \"ambient\": %s}"
            .formatted(some, some, some);
    bundle.process("capabilities", sets).args("cat", "/proc/self/status").write();
    assertThat(bundle.run("run", ID).stdout()).contains("CapAmb:\t0000000000000020\n");
  }

  @Test
  void unknownCapabilitiesAreIgnoredWithAWarning() throws IOException {
    bundle.process("capabilities", "{\"bounding\": [\"CAP_CHOWN\", \"CAP_FLY\"]}").write();
    String log = bundle.directory().resolve("log").toString();
    bundle.run("--log", log, "create", ID).orThrow();
    assertThat(Path.of(log))
        .content()
        .containsOnlyOnce("level=warning msg=\"ignore the unknown capability CAP_FLY\"");
    bundle.run("start", ID).orThrow();
    bundle.run("--log", log, "exec", "--cap", "CAP_SWIM", ID, "true").orThrow();
    assertThat(Path.of(log)).content().contains("ignore the unknown capability CAP_SWIM");
  }

  @Test
  void socketsOfWhoeverStartsItArePassedOnBeforeOtherDescriptors() throws IOException {
    bundle.args("sh", "-c", "echo $LISTEN_FDS $LISTEN_PID; cat <&3; cat <&4; cat <&5").write();
    Path socket = Files.writeString(bundle.directory().resolve("socket"), "socket\n", UTF_8);
    Path other = Files.writeString(bundle.directory().resolve("kept"), "kept\n", UTF_8);
    String run =
        String.join(" ", bundle.command("run", "--preserve-fds", "1", ID).line())
            + (" 3<" + socket + " 4<" + other + " 5<" + other);

    Command.Result told =
        Command.of("sh", "-c", "LISTEN_FDS=1 LISTEN_PID=$$ exec " + run)
            .directory(bundle.directory())
            .run();
    assertThat(told.stdout()).isEqualTo("1 1\nsocket\nkept\n");
    assertThat(told.stderr()).as("the fifth is not passed on").contains("5");

    Command.Result foreign =
        Command.of("sh", "-c", "LISTEN_FDS=1 LISTEN_PID=1 exec " + run)
            .directory(bundle.directory())
            .run();
    assertThat(foreign.stdout()).as("meant for another process").isEqualTo("\nsocket\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"createRuntime", "poststart"})
  void aSignalToARunThatIsAboutToStartItLeavesNothing(String when) throws Exception {
    Path reached = bundle.directory().resolve("reached");
    Path held = bundle.directory().resolve("held");
    Path stopped = bundle.directory().resolve("stopped");
    Command.of("mkfifo", reached.toString(), held.toString(), stopped.toString()).run().orThrow();
    String line = "[{\"path\": \"/bin/sh\", \"args\": [\"sh\", \"-c\", \"%s\"]}]";
    bundle.with(
        "hooks",
        "{\"%s\": %s, \"poststop\": %s}"
            .formatted(
                when,
                line.formatted("echo reached >" + reached + "; read x <" + held),
                line.formatted("cat >" + stopped)));
    bundle.write();
    try (RandomAccessFile release = new RandomAccessFile(held.toFile(), "rw")) {
      Process run = bundle.command("run", ID).start();
      Command.of("cat", reached.toString()).run().orThrow();

      run.toHandle().destroy();

      assertThat(run.waitFor()).isEqualTo(143);
      // The hook is the last that is done: whoever reads what it says comes behind the rest.
      assertThat(Command.of("cat", stopped.toString()).run().stdout())
          .contains("\"status\":\"stopped\"");
      assertThat(OciBundle.root(sandbox)).isEmptyDirectory();
      release.writeBytes("\n");
    }
  }

  @Test
  @Tag(GuestTests.TAG)
  void eventsTellWhatIsUsedAndThatMemoryRanOutUntilTheEnd() throws IOException {
    bundle
        .args("sh", "-c", "read x </tmp/go; busybox tail /dev/zero; exec sleep 100")
        .linux("resources", "{\"memory\": {\"limit\": 33554432}}")
        .write();
    Path go = bundle.rootfs().resolve("tmp/go");
    Command.of("mkfifo", go.toString()).run().orThrow();
    bundle.start(ID);
    Process events = bundle.command("events", "--interval", "200ms", ID).start();
    try (BufferedReader lines = events.inputReader(UTF_8)) {
      assertThat(lines.readLine())
          .startsWith("{\"type\":\"stats\",\"id\":\"box\",\"data\":{\"cpu\":");
      Files.writeString(go, "\n", UTF_8);
      String line = lines.readLine();
      for (int i = 0; i < 300 && line != null && line.contains("\"stats\""); i++) {
        line = lines.readLine();
      }
      assertThat(line).isEqualTo("{\"type\":\"oom\",\"id\":\"box\"}");

      bundle.run("kill", ID, "KILL").orThrow();
      for (int i = 0; i < 300 && line != null; i++) {
        line = lines.readLine();
      }
      assertThat(line).as("nothing comes after the end").isNull();
    } finally {
      events.destroy();
    }
    assertThat(bundle.run("events", "--interval", "0s", ID).exit()).isEqualTo(1);
  }

  @Test
  void theListenerOfAFilterIsToldWhereDescriptorsArePassedOn() throws IOException {
    Path socket = bundle.directory().resolve("seccomp.sock");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      bundle
          .args("sh", "-c", "exec sleep 100")
          .process("noNewPrivileges", "true")
          .linux(
              "seccomp",
              "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \""
                  + socket
                  + "\", \"listenerMetadata\": \"meta\", \"syscalls\": [{\"names\": [\"mkdir\"],"
                  + " \"action\": \"SCMP_ACT_NOTIFY\"}]}")
          .write();
      Path kept = Files.writeString(bundle.directory().resolve("kept"), "kept\n", UTF_8);
      StringBuilder run =
          new StringBuilder("exec ")
              .append(
                  String.join(" ", bundle.command("run", "--preserve-fds", "38", "-d", ID).line()));
      for (int i = 3; i <= 40; i++) {
        run.append(' ').append(i).append('<').append(kept);
      }
      Command.of("bash", "-c", run + " >output 2>&1").directory(bundle.directory()).run().orThrow();
      try (SocketChannel connection = listener.accept()) {
        String message = new String(Channels.newInputStream(connection).readAllBytes(), UTF_8);
        assertThat(message).contains("\"metadata\":\"meta\"");
      }
      bundle.run("kill", ID, "KILL").orThrow();
      bundle.await(ID, "stopped");
    }
  }

  @Test
  @Requires(tools = {"setfattr=attr", "getfattr=attr"})
  void aTmpfsWithACopyKeepsExtendedAttributes() throws IOException {
    bundle.mount(
        "{\"destination\": \"/data\", \"type\": \"tmpfs\", \"source\": \"tmpfs\","
            + " \"options\": [\"tmpcopyup\"]}");
    bundle.write();
    Path data = Files.createDirectories(bundle.rootfs().resolve("data/below"));
    // A capability, as of a program: CAP_NET_BIND_SERVICE, permitted and effective.
    byte[] capability = new byte[20];
    capability[3] = 2;
    capability[0] = 1;
    capability[5] = 4;
    Path program = Files.writeString(data.resolve("program"), "x", UTF_8);
    setCapability(program, capability);

    long pid = bundle.start(ID);
    Path copy = Path.of("/proc/" + pid + "/root/data/below/program");
    assertThat(copy).hasContent("x");
    assertThat(capability(copy)).isEqualTo(capability(program)).contains("0x");
  }

  private static void setCapability(Path file, byte[] value) {
    StringBuilder hex = new StringBuilder("0x");
    for (byte each : value) {
      hex.append(Character.forDigit(each >> 4 & 0xF, 16))
          .append(Character.forDigit(each & 0xF, 16));
    }
    Command.of("setfattr", "-n", "security.capability", "-v", hex.toString(), file.toString())
        .run()
        .orThrow();
  }

  private static String capability(Path file) {
    String shown =
        Command.of(
                "getfattr",
                "--absolute-names",
                "-e",
                "hex",
                "-n",
                "security.capability",
                file.toString())
            .run()
            .orThrow()
            .stdout();
    return shown.substring(shown.indexOf('=') + 1);
  }

  @Test
  void mountsOfTheHostArriveInWhatIsBoundAndInTheRootUnlessTheyAreKeptApart() throws IOException {
    Path shared = Files.createDirectories(bundle.directory().resolve("shared"));
    mount("-t", "tmpfs", "tmpfs", shared.toString());
    mounted.addFirst(shared);
    mount("--make-shared", shared.toString());
    for (String name : List.of("usual", "apart")) {
      bundle.mount(
          "{\"destination\": \"/%s\", \"type\": \"bind\", \"source\": \"%s\", \"options\": [%s]}"
              .formatted(
                  name, shared, name.equals("usual") ? "\"bind\"" : "\"bind\", \"private\""));
    }
    Path root = Files.createDirectories(bundle.directory().resolve("root"));
    mount("--bind", bundle.rootfs().toString(), root.toString());
    mounted.addFirst(root);
    mount("--make-shared", root.toString());
    bundle.with("root", "{\"path\": \"root\"}").write();

    bundle.start(ID);
    Path later = Files.createDirectories(shared.resolve("later"));
    mount("-t", "tmpfs", "later", later.toString());
    mounted.addFirst(later);

    String seen = bundle.run("exec", ID, "cat", "/proc/self/mountinfo").orThrow().stdout();
    assertThat(seen).contains(" /usual/later ").doesNotContain(" /apart/later ");
    assertThat(seen).containsPattern("(?m)^\\d+ \\d+ \\S+ \\S+ / \\S+ master:");

    bundle.run("exec", ID, "busybox", "mount", "-t", "tmpfs", "mine", "/usual");
    assertThat(Path.of("/proc/self/mountinfo"))
        .as("and none of the container's reaches the host")
        .content()
        .doesNotContain(" mine ");
  }

  private static void mount(String... words) {
    List<String> line = new ArrayList<>(List.of("mount"));
    line.addAll(List.of(words));
    new Command(line).run().orThrow();
  }

  @Test
  void mappingsBesideAUserNamespaceThatExistsMustBeItsOwn() throws IOException {
    String maps = "[{\"containerID\": 0, \"hostID\": 0, \"size\": 65536}]";
    bundle
        .namespaces("pid", "mount", "user")
        .linux("uidMappings", maps)
        .linux("gidMappings", maps)
        .write();
    long pid = bundle.start(OTHER);
    String joined =
        "[{\"type\": \"mount\"}, {\"type\": \"pid\"}, {\"type\": \"user\", \"path\": \"/proc/"
            + pid
            + "/ns/user\"}]";

    bundle.linux("cgroupsPath", "\"/" + sandbox.cgroupParent() + "-second\"");
    bundle.linux("namespaces", joined).linux("uidMappings", maps.replace("65536", "99")).write();
    Command.Result refused = bundle.run("create", ID);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stderr())
        .contains("linux.uidMappings")
        .contains("/proc/" + pid + "/ns/user has other mappings");

    bundle.linux("uidMappings", maps).write();
    bundle.start(ID);
    assertThat(bundle.run("exec", ID, "readlink", "/proc/self/ns/user").orThrow().stdout().strip())
        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/user")).toString());
  }

  /** As by systemd, which removes a cgroup once that is empty. */
  @Test
  void aCgroupWhoseNameIsAnothersByNowIsLeftAlone() throws IOException {
    bundle.write();
    String name = pidsCgroup(bundle.start(ID)).getFileName().toString();
    bundle.run("kill", ID, "KILL").orThrow();
    bundle.await(ID, "stopped");
    String[] find = {"find", "/sys/fs/cgroup", "-depth", "-type", "d", "-name", name};
    SystemdMachine.await(
        "the cgroup is removed",
        () -> {
          List<String> remove = new ArrayList<>(List.of(find));
          remove.addAll(List.of("-exec", "rmdir", "{}", ";"));
          new Command(remove).run();
          return Command.of(find).run().stdout().isEmpty();
        });
    long second = bundle.start(OTHER);

    bundle.run("kill", "--all", ID, "KILL");
    bundle.run("delete", ID).orThrow();

    assertThat(bundle.status(OTHER)).isEqualTo("running");
    assertThat(pidsCgroup(second).getFileName()).hasToString(name);
  }

  @Test
  void checkpointsAreRefusedWhateverTheyAreToHold() throws IOException {
    bundle.write();
    for (List<String> words :
        List.of(
            List.of("checkpoint", "--image-path", "i", "--work-path", "w", "--leave-running", ID),
            List.of("checkpoint", "--tcp-established", "--file-locks", "--empty-ns", "network", ID),
            List.of("restore", "--detach", "--image-path", "i", "--work-path", "w", ID))) {
      Command.Result refused = bundle.run(words.toArray(String[]::new));
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.stderr()).contains(": checkpoints are not supported").hasLineCount(1);
    }
  }
}
