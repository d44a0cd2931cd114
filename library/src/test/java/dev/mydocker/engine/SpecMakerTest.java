package dev.mydocker.engine;

import static dev.mydocker.engine.ContainerRecordTest.ID;
import static dev.mydocker.engine.ContainerRecordTest.NOW;
import static dev.mydocker.engine.ContainerSpecTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.engine.HostDevices.Given;
import dev.mydocker.engine.SpecMaker.Peer;
import dev.mydocker.engine.SpecMaker.Peers;
import dev.mydocker.kernel.LocalZone;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.spec.LinuxDevice;
import dev.mydocker.oci.spec.LinuxSpec;
import dev.mydocker.oci.spec.MountSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.security.CapabilitySet;
import dev.mydocker.runtime.security.SeccompArchitecture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a specification becomes, compared with whole files beside this class. To see what a change
 * does to them, run with {@code -Dmydocker.golden=write} and look at the difference.
 */
class SpecMakerTest {
  private static final Path GOLDEN = Path.of("src/test/resources/dev/mydocker/engine");
  private static final Host HOST =
      new Host("box", SeccompArchitecture.X86_64, "6.1.0", 2, CapabilitySet.ALL, false);
  private static final ContainerConfig IMAGE =
      ContainerConfig.builder().env(List.of("PATH=/bin", "LANG=C")).cmd(List.of("sh")).build();
  private static final ContainerSpec PLAIN = ContainerSpec.of("busybox");

  private static SpecMaker.Input input(
      ContainerSpec spec, ContainerConfig image, List<Given> devices, Peers peers) {
    ContainerRecord record =
        ContainerRecord.create(ID, spec, null, image, List.of(), NOW, LocalZone.UTC);
    return new SpecMaker.Input(
        record, "/c", "/rootfs", "/mydocker/c", HOST, devices, peers, List.of());
  }

  private static RuntimeSpec make(ContainerSpec spec) {
    return make(spec, IMAGE);
  }

  private static RuntimeSpec make(ContainerSpec spec, ContainerConfig image) {
    return SpecMaker.make(input(spec, image, List.of(), Peers.NONE));
  }

  private static ProcessSpec process(RuntimeSpec spec) {
    return Objects.requireNonNull(spec.process());
  }

  private static LinuxSpec linux(RuntimeSpec spec) {
    return Objects.requireNonNull(spec.linux());
  }

  private static Given device(String path, long major, long minor) {
    return new Given(
        new LinuxDevice(path, "c", major, minor, 0600, 0L, 0L, JsonObject.empty()), "rw");
  }

  private static void assertGolden(RuntimeSpec spec, String name) throws IOException {
    byte[] made = Json.encodePretty(spec.toJson());
    Path file = GOLDEN.resolve(name);
    if ("write".equals(System.getProperty("mydocker.golden"))) {
      Files.createDirectories(GOLDEN);
      Files.write(file, made);
    }
    assertThat(new String(made, StandardCharsets.UTF_8)).isEqualTo(Files.readString(file));
  }

  @Test
  void aPlainContainerHasDockersDefaults() throws IOException {
    assertGolden(make(PLAIN), "plain.json");
  }

  @Test
  void aPrivilegedContainerHasTheHostsDevicesAndNoMasks() throws IOException {
    ContainerSpec spec = PLAIN.privileged(true).terminal(true);
    List<Given> devices = List.of(device("/dev/kmsg", 1, 11), device("/dev/null", 1, 3));

    assertGolden(SpecMaker.make(input(spec, IMAGE, devices, Peers.NONE)), "privileged.json");
  }

  @Test
  void everyOptionGoesWhereItBelongs() throws IOException {
    ContainerSpec spec =
        ContainerSpec.of("busybox", "a", "b")
            .entrypoint("/e")
            .env("X", "1")
            .env("LANG", "de")
            .workingDirectory("/w")
            .terminal(true)
            .memory(ByteSize.mebibytes(64))
            .memoryReservation(ByteSize.mebibytes(32))
            .cpus(1.5)
            .cpuShares(512)
            .cpusetCpus("0")
            .cpusetMems("0")
            .pidsLimit(100)
            .ulimit(Ulimit.parse("nofile=10:20"))
            .ulimit(Ulimit.parse("core=-1"))
            .addCapability("NET_ADMIN")
            .dropCapability("MKNOD")
            .noNewPrivileges(true)
            .cgroupNamespace(NamespaceMode.HOST)
            .hostname("web.example")
            .domainname("example")
            .readOnlyRoot(true)
            .bind(Bind.parse("/src:/data/deep:ro,rslave", "/"))
            .bind(Bind.parse("/top:/data", "/"))
            .tmpfs(TmpfsMount.parse("/run:size=1m,exec"))
            .device(DeviceMapping.parse("/dev/fuse:/dev/x:rw"))
            .shmSize(ByteSize.mebibytes(1))
            .annotation("a", "b");

    assertGolden(
        SpecMaker.make(input(spec, IMAGE, List.of(device("/dev/x", 10, 229)), Peers.NONE)),
        "options.json");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // image's entrypoint and command, own entrypoint and command, what runs
        "'', sh, -, -, sh",
        "/e, sh, -, -, /e sh",
        "/e, sh, -, a, /e a",
        "/e, sh, /f, -, /f",
        "/e, sh, /f, a, /f a",
        "/e, sh, '', a, a",
        "'', sh, -, a b, a b",
        "/e, sh, -, '', /e"
      })
  void entrypointAndCommandGoTogether(
      String imageEntrypoint,
      String imageCommand,
      @Nullable String entrypoint,
      @Nullable String command,
      String line) {
    ContainerConfig image =
        ContainerConfig.builder()
            .entrypoint(words(imageEntrypoint))
            .cmd(words(imageCommand))
            .build();
    ContainerSpec spec = PLAIN;
    if (entrypoint != null) {
      spec = entrypoint.isEmpty() ? spec.entrypoint("") : spec.entrypoint(entrypoint);
    }
    if (command != null) {
      spec = spec.command(words(command));
    }

    assertThat(process(make(spec, image)).args()).containsExactlyElementsOf(words(line));
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
  }

  @Test
  void withoutAnyCommandThereIsNothingToRun() {
    assertRefused(() -> make(PLAIN, ContainerConfig.EMPTY), "no command specified");
  }

  @Test
  void theEnvironmentIsDefaultsThenOwnThenTheImages() {
    RuntimeSpec spec =
        make(PLAIN.terminal(true).env("A", "1").env("B", "2").env("A", "3").env("HOSTNAME", "h"));

    assertThat(process(spec).env())
        .containsExactly("PATH=/bin", "HOSTNAME=h", "TERM=xterm", "A=3", "B=2", "LANG=C");
  }

  @Test
  void anImagesWorkingDirectoryNeedNotBeAbsolute() {
    ContainerConfig image =
        ContainerConfig.builder().cmd(List.of("sh")).workingDir("srv/./x").build();

    assertThat(process(make(PLAIN, image)).cwd()).isEqualTo("/srv/x");
  }

  @Test
  void theHostsNamespacesAreNoNamespaces() {
    RuntimeSpec spec =
        make(
            PLAIN
                .pid(NamespaceMode.HOST)
                .ipc(NamespaceMode.HOST)
                .uts(NamespaceMode.HOST)
                .cgroupNamespace(NamespaceMode.HOST)
                .network(NamespaceMode.HOST));

    assertThat(linux(spec).namespaces())
        .extracting(namespace -> namespace.type().word())
        .containsExactly("mount");
    assertThat(linux(spec).sysctl()).isEmpty();
    assertThat(spec.hostname()).isNull();
    assertThat(process(spec).env()).contains("HOSTNAME=box");
    assertThat(mount(spec, "/dev/shm").source()).isEqualTo("/dev/shm");
    assertThat(mount(spec, "/dev/mqueue").type()).isEqualTo("mqueue");
  }

  @Test
  void anotherContainersNamespacesAreJoinedAndItsFilesShared() {
    ContainerSpec asked =
        PLAIN
            .pid(NamespaceMode.container("p"))
            .ipc(NamespaceMode.container("i"))
            .cgroupNamespace(NamespaceMode.container("c"))
            .network(NamespaceMode.container("n"));
    Peers peers =
        new Peers(
            new Peer(1, "/p", "p"),
            new Peer(2, "/i", "i"),
            null,
            new Peer(4, "/c", "c"),
            new Peer(3, "/n", "other"));
    RuntimeSpec spec = SpecMaker.make(input(asked, IMAGE, List.of(), peers));

    assertThat(linux(spec).namespaces())
        .extracting(namespace -> namespace.type().word() + " " + namespace.path())
        .containsExactly(
            "mount null",
            "network /proc/3/ns/net",
            "ipc /proc/2/ns/ipc",
            "uts null",
            "pid /proc/1/ns/pid",
            "cgroup /proc/4/ns/cgroup");
    assertThat(spec.hostname()).isEqualTo("other");
    assertThat(mount(spec, "/etc/hosts").source()).isEqualTo("/n/hosts");
    assertThat(mount(spec, "/dev/shm").source()).isEqualTo("/proc/2/root/dev/shm");
  }

  private static MountSpec mount(RuntimeSpec spec, String destination) {
    return spec.mounts().stream()
        .filter(mount -> mount.destination().equals(destination))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsAskedForReplacesADefaultMount() {
    RuntimeSpec spec =
        make(
            PLAIN.tmpfs("/dev/shm").bind(Bind.parse("/h:/etc/hosts", "/")).ipc(NamespaceMode.NONE));

    assertThat(spec.mounts())
        .extracting(MountSpec::destination)
        .doesNotHaveDuplicates()
        .endsWith("/etc/resolv.conf", "/etc/hostname", "/etc/hosts", "/dev/shm");
    assertThat(mount(spec, "/etc/hosts").source()).isEqualTo("/h");
    assertThat(make(PLAIN.bind(Bind.parse("/dev:/dev", "/"))).mounts())
        .extracting(MountSpec::destination)
        .doesNotContain("/dev/pts", "/dev/shm", "/dev/mqueue");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"rprivate, -", "slave, rslave", "rslave, rslave", "shared, shared"})
  void theRootMountLetsPropagationThrough(String bind, @Nullable String root) {
    RuntimeSpec spec = make(PLAIN.bind(Bind.parse("/a:/b:" + bind, "/")));

    assertThat(linux(spec).rootfsPropagation()).isEqualTo(root);
    assertThat(mount(spec, "/b").options()).containsExactly("rbind", bind);
  }

  @Test
  void swapIsTwiceTheMemoryUnlessItIsSaid() {
    assertThat(memory(PLAIN.memory(ByteSize.mebibytes(10)))).isEqualTo("10485760 20971520");
    assertThat(memory(PLAIN.memory(ByteSize.mebibytes(10)).memorySwap(ByteSize.mebibytes(10))))
        .isEqualTo("10485760 10485760");
    assertThat(memory(PLAIN.memory(ByteSize.mebibytes(10)).memorySwap(ByteSize.UNLIMITED)))
        .isEqualTo("10485760 -1");
  }

  private static String memory(ContainerSpec spec) {
    var memory = Objects.requireNonNull(ResourceMaker.resources(spec, List.of()).memory());
    return memory.limit() + " " + memory.swap();
  }

  @Test
  void noFilterWhereNoneIsWanted() {
    String profile = "{\"defaultAction\":\"SCMP_ACT_ALLOW\"}";

    assertThat(SpecMaker.seccomp(PLAIN, HOST)).isNotNull();
    assertThat(SpecMaker.seccomp(PLAIN.seccomp("unconfined"), HOST)).isNull();
    assertThat(SpecMaker.seccomp(PLAIN.privileged(true), HOST)).isNull();
    assertThat(SpecMaker.seccomp(PLAIN.privileged(true).seccomp(profile), HOST)).isNotNull();
    assertThat(linux(make(PLAIN.seccomp(profile))).seccomp()).isNotNull();
    assertRefused(
        () -> SpecMaker.seccomp(PLAIN.seccomp("{"), HOST),
        "parse the seccomp profile: line 1 column 2: expected a name in quotes or '}', found the"
            + " end of the text");
  }

  @Test
  void appArmorIsUsedWhereItIsOn() {
    Host armoured =
        new Host("box", SeccompArchitecture.X86_64, "6.1.0", 2, CapabilitySet.ALL, true);

    assertThat(profile(PLAIN, armoured)).isEqualTo("mydocker-default");
    assertThat(profile(PLAIN.appArmor("mine"), armoured)).isEqualTo("mine");
    assertThat(profile(PLAIN.appArmor("unconfined"), armoured)).isNull();
    assertThat(profile(PLAIN.privileged(true), armoured)).isNull();
    assertThat(profile(PLAIN, HOST)).isNull();
    assertRefused(
        () -> make(PLAIN.appArmor("mine")), "use the AppArmor profile mine: AppArmor is not on");
  }

  private static @Nullable String profile(ContainerSpec spec, Host host) {
    SpecMaker.Input input = input(spec, IMAGE, List.of(), Peers.NONE);
    return process(
            SpecMaker.make(
                new SpecMaker.Input(
                    input.record(), "/c", "/rootfs", "/g", host, List.of(), Peers.NONE, List.of())))
        .apparmorProfile();
  }

  @Test
  void noContainerGetsACapabilityThatWeHaveNot() {
    CapabilitySet few = CapabilitySet.parse("test", List.of("CAP_CHOWN", "CAP_KILL"));
    Host poor = new Host("box", SeccompArchitecture.X86_64, "6.1.0", 2, few, false);

    assertThat(SpecMaker.capabilities(PLAIN.security(), poor)).isEqualTo(few);
    assertThat(SpecMaker.capabilities(PLAIN.privileged(true).security(), poor)).isEqualTo(few);
    assertRefused(
        () -> SpecMaker.capabilities(PLAIN.addCapability("NET_ADMIN").security(), poor),
        "add capability CAP_NET_ADMIN: not available here");
  }
}
