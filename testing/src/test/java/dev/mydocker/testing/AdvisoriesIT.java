package dev.mydocker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import dev.mydocker.testkit.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Published escapes from other runtimes, each tried on ours. A test's comment names the step that
 * protects, without which the test fails. Races are not run here: what the attacker would win the
 * race for is there from the beginning.
 */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class AdvisoriesIT {
  private static final String ID = "box";
  private static final String UNTOUCHED = "untouched\n";

  private Sandbox sandbox;
  private final List<OciBundle> bundles = new ArrayList<>();

  @BeforeEach
  void take(Sandbox taken) {
    sandbox = taken;
  }

  @AfterEach
  void cleanUp() {
    for (OciBundle bundle : bundles) {
      bundle.run("delete", "--force", ID);
    }
  }

  private OciBundle bundle(String line) throws IOException {
    OciBundle bundle = new OciBundle(sandbox, line);
    bundles.add(bundle);
    return bundle;
  }

  /** A directory of the host's that no container may reach, with a file. */
  private static Path victim(OciBundle bundle) throws IOException {
    Path victim = Files.createDirectories(bundle.directory().resolve("victim"));
    Files.writeString(victim.resolve("ptmx"), UNTOUCHED, UTF_8);
    return victim;
  }

  private static void assertUntouched(Path victim) throws IOException {
    try (Stream<Path> files = Files.list(victim)) {
      assertThat(files).containsExactly(victim.resolve("ptmx"));
    }
    assertThat(victim.resolve("ptmx")).hasContent(UNTOUCHED);
  }

  private static String bind(Path source, String destination) {
    return "{\"destination\": \"%s\", \"source\": \"%s\", \"options\": [\"rbind\"]}"
        .formatted(destination, source);
  }

  private static void assertRefused(Command.Result result, String message) {
    assertThat(result.stderr()).contains(message);
    assertThat(result.exit()).isNotZero();
  }

  /**
   * CVE-2019-5736: a container opened the runtime by /proc/PID/exe, and wrote to it once that was
   * no longer executed. Protects: the helper is executed from a sealed memory file ({@code
   * kernel/Helper}).
   */
  @Test
  void theProgramThatBecomesTheContainerCannotBeOverwritten() throws IOException {
    OciBundle bundle = bundle("true").write();
    Path pidFile = bundle.directory().resolve("pid");
    bundle.run("create", "--pid-file", pidFile.toString(), ID);
    String pid = Files.readString(pidFile, UTF_8);

    Command.Result result =
        new Command(
                List.of(
                    "sh",
                    "-c",
                    """
                    exec 3<"/proc/$1/exe"
                    kill -KILL "$1"
                    for i in $(seq 300); do
                      readlink "/proc/$1/exe" >/dev/null || break
                      sleep 0.1
                    done
                    head -c 1 /dev/zero >>/proc/self/fd/3
                    """,
                    "sh",
                    pid))
            .run();

    assertRefused(result, "Operation not permitted");
  }

  /**
   * CVE-2019-16884, CVE-2025-52881: what a runtime writes to /proc went to files that the container
   * had put there, and had no effect, or one on something else. Protects: {@code
   * RootSteps.setSysctl} looks whether /proc is one, and follows neither links nor other mounts.
   */
  @ParameterizedTest
  @CsvSource({"/proc, sys/net/ipv4", "/proc/sys/net/ipv4, ."})
  void kernelParametersAreNotWrittenToAnythingElse(String place, String below) throws IOException {
    OciBundle bundle = bundle("true");
    Path fake = bundle.directory().resolve("fake");
    Path file = Files.createDirectories(fake.resolve(below)).resolve("ip_forward");
    Files.writeString(file, UNTOUCHED, UTF_8);
    bundle.mount(bind(fake, place)).linux("sysctl", "{\"net.ipv4.ip_forward\": \"1\"}").write();

    assertRefused(bundle.run("run", ID), "set the kernel parameter net.ipv4.ip_forward to 1");
    assertThat(file).hasContent(UNTOUCHED);
  }

  /**
   * CVE-2019-16884: with a /proc of its own making a container got no AppArmor profile. Protects:
   * {@code SettingSteps.writeAttribute} looks whether the file is one of a proc file system.
   */
  @Test
  @Tag(GuestTests.TAG)
  @Requires(Need.APPARMOR)
  void aProfileIsNotAskedForInAnOrdinaryFile() throws IOException {
    OciBundle bundle = bundle("true");
    Path fake = bundle.directory().resolve("fake");
    Path file = Files.createDirectories(fake.resolve("self/attr/apparmor")).resolve("exec");
    Files.writeString(file, UNTOUCHED, UTF_8);
    bundle.mount(bind(fake, "/proc")).process("apparmorProfile", "\"unconfined\"").write();

    assertRefused(bundle.run("run", ID), "confine by the AppArmor profile unconfined");
    assertThat(file).hasContent(UNTOUCHED);
  }

  /**
   * CVE-2019-19921, CVE-2019-18837, CVE-2023-27561, CVE-2023-28642: /proc or /sys of the image was
   * a link, so that masks went to one place and the file system to another. Protects: {@code
   * MountSteps.fileSystem} opens these without following links.
   */
  @ParameterizedTest
  @CsvSource({"proc, proc, volume", "proc, proc, /volume/below", "sys, sysfs, volume"})
  void systemDirectoriesAreNoLinks(String name, String type, String target) throws IOException {
    OciBundle bundle = bundle("true").without("/" + name);
    Files.createDirectories(bundle.rootfs().resolve("volume/below"));
    Files.delete(bundle.rootfs().resolve(name));
    Files.createSymbolicLink(bundle.rootfs().resolve(name), Path.of(target));
    bundle
        .mount("{\"destination\": \"/%s\", \"type\": \"%s\"}".formatted(name, type))
        .linux("maskedPaths", "[\"/proc/keys\"]")
        .write();

    assertRefused(bundle.run("run", ID), "mount " + type + " on /" + name + ": too many ");
  }

  /**
   * CVE-2021-30465, CVE-2024-45310: the place of a mount, or what was made for it, was outside the
   * root by a link of the image's. Protects: {@code native/place.c} looks up every name with
   * RESOLVE_IN_ROOT, and what it opened is mounted on.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", "../../../../../../../../../../.."})
  void placesOfMountsAreInsideTheRoot(String up) throws IOException {
    OciBundle bundle = bundle("stat -f -c %T /link/dir/; cat /link/file; cat /link/deep/er/file");
    Path victim = victim(bundle);
    Path given = Files.writeString(bundle.directory().resolve("given"), "given\n", UTF_8);
    Path inside = bundle.rootfs().resolve(victim.toString().substring(1));
    Files.createDirectories(inside);
    Files.createSymbolicLink(bundle.rootfs().resolve("link"), Path.of(up + victim));
    bundle
        .mount("{\"destination\": \"/link/dir\", \"type\": \"tmpfs\"}")
        .mount(bind(given, "/link/file"))
        .mount(bind(given, "/link/deep/er/file"))
        .write();

    Command.Result result = bundle.run("run", ID);

    assertThat(result.stdout() + result.stderr()).isEqualTo("tmpfs\ngiven\ngiven\n");
    assertThat(inside.resolve("deep/er/file")).exists();
    assertUntouched(victim);
  }

  /**
   * CVE-2022-24769, CVE-2022-29162, CVE-2022-27650: containers and further processes began with
   * inheritable capabilities, which programs with such file capabilities gain. Protects: {@code
   * ExecProcess.more} leaves that set as it is, and the engine's specification has it empty.
   */
  @Test
  void noCapabilitiesAreInheritable() throws IOException {
    String[] look = {"sh", "-c", "grep CapInh /proc/self/status"};
    String none = "CapInh:\t0000000000000000\n";
    OciBundle bundle = bundle("exec sleep 100").write();
    Files.createSymbolicLink(bundle.rootfs().resolve("bin/grep"), Path.of("busybox"));
    bundle.start(ID);

    List<String> words = new ArrayList<>(List.of("exec", "--cap", "CAP_NET_RAW", ID));
    words.addAll(List.of(look));
    assertThat(bundle.run(words.toArray(new String[0])).stdout()).isEqualTo(none);

    assertThat(
            sandbox
                .mydocker("run", "--rm", "--cap-add", "ALL", "busybox", look[0], look[1], look[2])
                .run()
                .stdout())
        .isEqualTo(none);
  }

  /**
   * CVE-2024-21626: a working directory of /proc/self/fd/N was one of the host's, by a descriptor
   * that was still open. Here it is the standard input, which every container has of its caller.
   * Protects: {@code ProcessSteps.enterDirectory} looks whether the directory is in the root.
   */
  @Test
  void theWorkingDirectoryIsInsideTheRoot() throws IOException {
    OciBundle bundle = bundle("exec sleep 100").write();
    bundle.start(ID);
    Path victim = victim(bundle);
    String line =
        String.join(" ", bundle.command("exec", "--cwd", "/proc/self/fd/0", ID, "ls").line())
            + (" <" + victim);

    Command.Result result = Command.of("sh", "-c", line).directory(bundle.directory()).run();

    assertThat(result.stdout()).doesNotContain("ptmx");
    assertRefused(result, "chdir to the working directory /proc/self/fd/0");
  }

  /**
   * CVE-2024-21626: what a runtime has open of the host's was open in the container. Here our
   * caller has a directory open, and hands it on. Each of these alone protects, and without all
   * three the test fails: {@code native/spawn.c} starts the helper and the container's process
   * without what they are not given, and {@code ProcessSteps.closeOthers} has execve close
   * everything above the streams.
   */
  @Test
  void nothingOfTheHostIsOpen() throws IOException {
    OciBundle bundle = bundle("exec sleep 100").write();
    Path victim = victim(bundle);

    holding(victim, bundle, "exec >created 2>&1;", "create", ID).orThrow();
    holding(victim, bundle, "", "start", ID).orThrow();
    String look = "ls -l /proc/1/fd /proc/$$/fd; ls /proc/self/fd/9/";
    Command.Result result = holding(victim, bundle, "", "exec", ID, "sh", "-c", look);

    assertThat(result.stdout()).contains("/proc/1/fd:").doesNotContain("victim", "ptmx");
    assertThat(
            result.stdout().lines().filter(line -> line.contains(" -> ")).map(AdvisoriesIT::number))
        .isSubsetOf("0", "1", "2");
  }

  /** The descriptor of a line of {@code ls -l}. */
  private static String number(String line) {
    String[] words = line.substring(0, line.indexOf(" -> ")).split(" ");
    return words[words.length - 1];
  }

  /** Runs a command of ours by a caller that has a directory open as 9. */
  private static Command.Result holding(
      Path directory, OciBundle bundle, String first, String... words) {
    List<String> line = new ArrayList<>(List.of("sh", "-c"));
    line.add("exec 9<" + directory + "; " + first + " exec \"$@\"");
    line.add("sh");
    line.addAll(bundle.command(words).line());
    return new Command(line).directory(bundle.directory()).run();
  }

  /**
   * CVE-2025-31133 and its like in other runtimes: /dev/null of the image was a link, by which
   * masking mounted something else, writable. Protects: {@code DeviceSteps.node} looks at what is
   * there already; in a user namespace, where devices are bound, {@code MaskLowering.openNull}.
   */
  @ParameterizedTest
  @CsvSource({"false, create the device /dev/null", "true, mask /proc/keys"})
  void pathsAreMaskedByARealNullDevice(boolean mapped, String message) throws IOException {
    OciBundle bundle = bundle("true").without("/dev").without("/dev/pts");
    Path file = Files.writeString(bundle.rootfs().resolve("etc/file"), UNTOUCHED, UTF_8);
    Files.createSymbolicLink(bundle.rootfs().resolve("dev/null"), Path.of("/etc/file"));
    bundle.linux("maskedPaths", "[\"/proc/keys\"]");
    if (mapped) {
      String all = "[{\"containerID\": 0, \"hostID\": 0, \"size\": 65536}]";
      bundle.namespaces("pid", "mount", "ipc", "uts", "network", "user");
      bundle.linux("uidMappings", all).linux("gidMappings", all);
    }
    bundle.write();

    assertRefused(bundle.run("run", ID), message);
    assertThat(file).hasContent(UNTOUCHED);
  }

  /**
   * CVE-2025-52565: /dev/pts/N was a link when it was mounted on /dev/console. Protects: {@code
   * DeviceSteps.terminal} has the terminal's end from the kernel, without a path.
   */
  @Test
  void theConsoleIsTheTerminalWhateverIsInDevPts() throws IOException {
    OciBundle bundle = bundle("stat -c %F. /dev/console").process("terminal", "true");
    Path volume = Files.createDirectories(bundle.directory().resolve("volume"));
    Files.createSymbolicLink(volume.resolve("ptmx"), Path.of("/real/ptmx"));
    Files.createSymbolicLink(volume.resolve("0"), Path.of("/etc/file"));
    Files.writeString(bundle.rootfs().resolve("etc/file"), UNTOUCHED, UTF_8);
    bundle
        .without("/dev/pts")
        .mount(
            "{\"destination\": \"/real\", \"type\": \"devpts\","
                + " \"options\": [\"newinstance\", \"ptmxmode=0666\"]}")
        .mount(bind(volume, "/dev/pts"))
        .write();

    try (Terminal terminal = bundle.terminal("run", "-b", bundle.directory().toString(), ID)) {
      terminal.await("character special file.");
    }
  }

  /**
   * CVE-2026-41579: /dev of the image was a link out of the root, where device links were made and
   * a ptmx removed. Protects: {@code MountSteps.deviceLinks} and {@code DeviceSteps.node} open that
   * directory with RESOLVE_IN_ROOT.
   */
  @Test
  void devicesAreMadeInsideTheRoot() throws IOException {
    OciBundle bundle = bundle("true").without("/dev").without("/dev/pts");
    Path victim = victim(bundle);
    Files.createDirectories(bundle.rootfs().resolve(victim.toString().substring(1)));
    Files.delete(bundle.rootfs().resolve("dev"));
    Files.createSymbolicLink(bundle.rootfs().resolve("dev"), victim);
    bundle.write().run("run", ID).orThrow();

    assertThat(bundle.rootfs().resolve(victim.toString().substring(1)).resolve("fd"))
        .isSymbolicLink();
    assertUntouched(victim);
  }

  /**
   * CVE-2023-25809: the host's cgroups were writable where the container had no cgroup namespace.
   * Protects: {@code SetupPlan.addCgroups} binds the container's own, with the options of the
   * mount.
   */
  @Test
  void cgroupsThatAreMountedReadOnlyAreSo() throws IOException {
    OciBundle bundle =
        bundle("for d in /sys/fs/cgroup /sys/fs/cgroup/*/; do cat /bin/busybox >$d/x; done; true")
            .namespaces("pid", "mount", "ipc", "uts", "network")
            .mount("{\"destination\": \"/sys\", \"type\": \"sysfs\"}")
            .mount(
                "{\"destination\": \"/sys/fs/cgroup\", \"type\": \"cgroup\","
                    + " \"options\": [\"ro\", \"nosuid\"]}")
            .write();

    Command.Result result = bundle.run("run", ID);

    assertThat(result.stderr().lines())
        .isNotEmpty()
        .allMatch(line -> line.endsWith(": Read-only file system"));
  }
}
