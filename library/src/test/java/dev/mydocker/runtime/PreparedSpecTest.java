package dev.mydocker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.spec.LinuxDevice;
import dev.mydocker.oci.spec.LinuxDeviceCgroup;
import dev.mydocker.oci.spec.MountSpec;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.RuntimeSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PreparedSpecTest {
  private static final String PROCESS = "'process': {'cwd': '/', 'args': ['sh']}";
  private static final String ROOT = "'root': {'path': 'rootfs'}";
  private static final String LINUX = "'linux': {'namespaces': [{'type': 'mount'}]}";

  private static RuntimeSpec parse(String... members) {
    String json = "{'ociVersion': '1.3.0', " + String.join(", ", members) + "}";
    return RuntimeSpec.parse(
        json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "config.json");
  }

  private static PreparedSpec prepare(String... members) {
    return PreparedSpec.of(parse(members), "/bundle");
  }

  @Test
  void pathsOfTheBundleAreCompleted() {
    RuntimeSpec spec =
        prepare(
                ROOT,
                PROCESS,
                LINUX,
                "'mounts': [{'destination': 'data', 'source': 'src', 'options': ['rbind']},"
                    + " {'destination': '/t', 'type': 'tmpfs', 'source': 'tmpfs'}]")
            .spec();
    assertThat(Objects.requireNonNull(spec.root()).path()).isEqualTo("/bundle/rootfs");
    assertThat(spec.mounts()).extracting(MountSpec::destination).containsExactly("/data", "/t");
    assertThat(spec.mounts()).extracting(MountSpec::source).containsExactly("/bundle/src", "tmpfs");
  }

  @Test
  void everyContainerHasTheDefaultDevicesUnlessTheyAreItsOwn() {
    RuntimeSpec spec =
        prepare(
                ROOT,
                PROCESS,
                "'linux': {'namespaces': [{'type': 'mount'}], 'devices': [{'path': '/dev/full',"
                    + " 'type': 'c', 'major': 1, 'minor': 7, 'fileMode': 384}]}")
            .spec();
    assertThat(Specs.linux(spec).devices())
        .extracting(LinuxDevice::path)
        .containsExactlyInAnyOrder(
            "/dev/full", "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/tty");
    assertThat(Specs.linux(spec).devices().getFirst().fileMode()).isEqualTo(0600);
  }

  @Test
  void devicesAreDeniedUnlessAllowedAndTheDefaultOnesAllowedLast() {
    RuntimeSpec spec =
        prepare(
                ROOT,
                PROCESS,
                "'linux': {'namespaces': [{'type': 'mount'}], 'resources': {'devices':"
                    + " [{'allow': false, 'access': 'rwm'}, {'allow': true, 'type': 'c',"
                    + " 'major': 10, 'minor': 229, 'access': 'rw'}]}}")
            .spec();
    List<LinuxDeviceCgroup> rules = Objects.requireNonNull(Specs.linux(spec).resources()).devices();
    assertThat(rules.getFirst()).returns(false, LinuxDeviceCgroup::allow);
    assertThat(rules.get(2)).returns(10L, LinuxDeviceCgroup::major);
    assertThat(rules.getLast()).returns(136L, LinuxDeviceCgroup::major);
  }

  @Test
  void unknownCapabilitiesAreWarnedOfOnce() {
    PreparedSpec prepared =
        prepare(
            ROOT,
            LINUX,
            "'process': {'cwd': '/', 'args': ['sh'], 'capabilities': {"
                + "'bounding': ['CAP_CHOWN', 'CAP_FLY'], 'effective': ['CAP_FLY']}}");
    assertThat(prepared.warnings()).containsExactly("ignore the unknown capability CAP_FLY");
    ProcessSpec process = Specs.process(prepared.spec());
    assertThat(Objects.requireNonNull(process.capabilities()).bounding())
        .containsExactly("CAP_CHOWN");
    assertThat(Objects.requireNonNull(process.capabilities()).effective()).isEmpty();
  }

  @Test
  void aProcessOfItsOwnIsCheckedToo() {
    ProcessSpec process = ProcessSpec.builder().args(List.of()).cwd("/").build();
    assertThatThrownBy(() -> PreparedSpec.process(process, new ArrayList<>()))
        .hasMessage("args: no command");
  }

  @ParameterizedTest
  @MethodSource
  void whatCannotBeIsRefusedByItsPath(String message, List<String> members) {
    assertThatThrownBy(() -> prepare(members.toArray(String[]::new)))
        .isInstanceOfSatisfying(
            MydockerException.class,
            e -> assertThat(e.category()).isEqualTo(MydockerException.Category.INVALID))
        .hasMessageContaining(message);
  }

  static Stream<Arguments> whatCannotBeIsRefusedByItsPath() {
    return Stream.of(
        wrong("config.json has no \"root\"", PROCESS, LINUX),
        wrong("config.json has no \"process\"", ROOT, LINUX),
        wrong("config.json has no \"linux\"", ROOT, PROCESS),
        wrong("process.args: no command", ROOT, LINUX, "'process': {'cwd': '/'}"),
        process(
            "rlimits[0].type: unknown resource",
            "'rlimits': [{'type': 'X', 'soft': 1, 'hard': 1}]"),
        process("oomScoreAdj: expected -1000 to 1000", "'oomScoreAdj': 1001"),
        process("scheduler.policy: unknown value \"FAST\"", "'scheduler': {'policy': 'FAST'}"),
        process(
            "scheduler.flags[0]: unknown value",
            "'scheduler': {'policy': 'SCHED_OTHER', 'flags': ['X']}"),
        process("scheduler.nice: expected", "'scheduler': {'policy': 'SCHED_OTHER', 'nice': 20}"),
        process(
            "scheduler.priority: only SCHED_FIFO and SCHED_RR",
            "'scheduler': {'policy': 'SCHED_BATCH', 'priority': 1}"),
        process(
            "scheduler.period: only SCHED_DEADLINE",
            "'scheduler': {'policy': 'SCHED_RR', 'priority': 1, 'period': 1}"),
        process("ioPriority.class: unknown value", "'ioPriority': {'class': 'X', 'priority': 1}"),
        process(
            "ioPriority.priority: expected 0 to 7",
            "'ioPriority': {'class': 'IOPRIO_CLASS_BE', 'priority': 8}"),
        process("execCPUAffinity.final: expected a list", "'execCPUAffinity': {'final': '3-1'}"),
        linux("personality.domain: unknown value", "'personality': {'domain': 'BSD'}"),
        linux(
            "personality.flags: none is defined",
            "'personality': {'domain': 'LINUX', 'flags': ['X']}"),
        linux("memoryPolicy.mode: unknown value", "'memoryPolicy': {'mode': 'X'}"),
        linux(
            "memoryPolicy.nodes: expected a list",
            "'memoryPolicy': {'mode': 'MPOL_BIND', 'nodes': 'x'}"),
        linux("rootfsPropagation: unknown value", "'rootfsPropagation': 'X'"),
        linux("maskedPaths[0]: expected an absolute path", "'maskedPaths': ['proc']"),
        linux("readonlyPaths[0]: expected an absolute path", "'readonlyPaths': ['proc']"),
        linux(
            "uidMappings: needs a namespace of type user",
            "'uidMappings': [{'containerID': 0, 'hostID': 1, 'size': 1}]"),
        linux("timeOffsets.boottime: needs a new", "'timeOffsets': {'boottime': {'secs': 1}}"),
        linux("timeOffsets.wall: unknown clock", "'timeOffsets': {'wall': {'secs': 1}}"),
        linux(
            "devices[1].path: a second device",
            "'devices': [{'path': '/d', 'type': 'p'}, {'path': '/d', 'type': 'p'}]"),
        linux(
            "seccomp.listenerMetadata: nobody is told",
            "'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', 'listenerMetadata': 'x'}"),
        linux(
            "seccomp.syscalls[0].action: SCMP_ACT_NOTIFY needs a listenerPath",
            "'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'names': ['getpid'],"
                + " 'action': 'SCMP_ACT_NOTIFY'}]}"),
        linux("netDevices.eth0: needs a namespace", "'netDevices': {'eth0': {}}"),
        linux(
            "sysctl.net.core.somaxconn: it would change", "'sysctl': {'net.core.somaxconn': '1'}"),
        linux("sysctl.net/core/somaxconn: it would", "'sysctl': {'net/core/somaxconn': '1'}"),
        linux("sysctl.kernel.msgmax: it would change", "'sysctl': {'kernel.msgmax': '1'}"),
        linux("sysctl.vm.swappiness: it belongs to no", "'sysctl': {'vm.swappiness': '1'}"),
        linux("sysctl.kernel.hostname: set \"hostname\"", "'sysctl': {'kernel.hostname': 'x'}"),
        linux("sysctl.net.../x: not the name", "'sysctl': {'net.../x': '1'}"),
        wrong("hostname: needs a namespace of type uts", ROOT, PROCESS, LINUX, "'hostname': 'x'"),
        wrong("domainname: needs a namespace", ROOT, PROCESS, LINUX, "'domainname': 'x'"),
        wrong("linux.namespaces: a namespace of type mount", ROOT, PROCESS, "'linux': {}"),
        wrong(
            "linux.uidMappings: missing",
            ROOT,
            PROCESS,
            "'linux': {'namespaces': [{'type': 'mount'}, {'type': 'user'}]}"),
        mount("type: missing", "'destination': '/x'"),
        mount("source: missing", "'destination': '/x', 'options': ['bind']"),
        mount(
            "options[1]: unknown option of a bind mount \"size=1\"",
            "'destination': '/x', 'source': '/y', 'options': ['bind', 'size=1']"),
        mount(
            "options: tmpcopyup is for tmpfs",
            "'destination': '/x', 'type': 'proc', 'options': ['tmpcopyup']"),
        mount(
            "options: idmap is for bind mounts",
            "'destination': '/x', 'type': 'tmpfs', 'options': ['idmap'], " + MAPPED),
        mount(
            "options: idmap needs",
            "'destination': '/x', 'source': '/y', 'options': ['bind', 'idmap']"),
        mount(
            "uidMappings: needs the option idmap",
            "'destination': '/x', 'source': '/y', 'options': ['bind'], " + MAPPED),
        mount(
            "gidMappings: missing beside",
            "'destination': '/x', 'source': '/y', 'options': ['bind', 'idmap'],"
                + " 'uidMappings': [{'containerID': 0, 'hostID': 1, 'size': 1}]"));
  }

  @Test
  void whatIsNotPerformedIsRefused() {
    String linux = "'linux': {'namespaces': [{'type': 'mount'}], 'intelRdt': {}}";
    assertThatThrownBy(() -> prepare(ROOT, PROCESS, linux))
        .isInstanceOfSatisfying(
            MydockerException.class,
            e -> assertThat(e.category()).isEqualTo(MydockerException.Category.UNSUPPORTED))
        .hasMessageStartingWith("linux.intelRdt: ");
  }

  private static final String MAPPED =
      "'uidMappings': [{'containerID': 0, 'hostID': 1, 'size': 1}],"
          + " 'gidMappings': [{'containerID': 0, 'hostID': 1, 'size': 1}]";

  @ParameterizedTest
  @MethodSource
  void versionsOfOneAreTaken(String version, boolean taken) {
    String json =
        ("{'ociVersion': '" + version + "', " + ROOT + ", " + PROCESS + ", " + LINUX + "}")
            .replace('\'', '"');
    RuntimeSpec spec = RuntimeSpec.parse(json.getBytes(StandardCharsets.UTF_8), "config.json");
    if (taken) {
      assertThat(PreparedSpec.of(spec, "/bundle").warnings()).isEmpty();
    } else {
      assertThatThrownBy(() -> PreparedSpec.of(spec, "/bundle"))
          .hasMessageStartingWith("ociVersion: ");
    }
  }

  static Stream<Arguments> versionsOfOneAreTaken() {
    return Stream.of(
        Arguments.of("1.0.0", true),
        Arguments.of("1.0.0-rc5-dev", true),
        Arguments.of("1.0.2-dev", true),
        Arguments.of("1.99.3+x", true),
        Arguments.of("2.0.0", false),
        Arguments.of("0.1.0", false),
        Arguments.of("1.0", false),
        Arguments.of("one", false));
  }

  private static Arguments wrong(String message, String... members) {
    return Arguments.of(message, List.of(members));
  }

  private static Arguments process(String message, String member) {
    return wrong(
        "process." + message,
        ROOT,
        LINUX,
        "'process': {'cwd': '/', 'args': ['sh'], " + member + "}");
  }

  private static Arguments linux(String message, String member) {
    return wrong(
        "linux." + message,
        ROOT,
        PROCESS,
        "'linux': {'namespaces': [{'type': 'mount'}], " + member + "}");
  }

  private static Arguments mount(String message, String members) {
    return wrong("mounts[0]." + message, ROOT, PROCESS, LINUX, "'mounts': [{" + members + "}]");
  }
}
