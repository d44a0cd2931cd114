package dev.mydocker.oci.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeSpecTest {
  /** Every member that the specification has for Linux, and an unknown one in most objects. */
  private final byte[] json = resource("config.json");

  private final RuntimeSpec spec = RuntimeSpec.parse(json, "config.json");

  @Test
  void losesNothingOnTheWayThrough() {
    assertThat(Json.pretty(sorted(spec.toJson())))
        .isEqualTo(Json.pretty(sorted(Json.parse(json, "config.json"))));
  }

  @Test
  void losesNothingThroughTheBuilders() {
    LinuxSpec linux = Objects.requireNonNull(spec.linux());
    LinuxResources resources = Objects.requireNonNull(linux.resources());
    RuntimeSpec copy =
        spec.toBuilder()
            .process(Objects.requireNonNull(spec.process()).toBuilder().build())
            .linux(linux.toBuilder().resources(resources.toBuilder().build()).build())
            .build();

    assertThat(copy).isEqualTo(spec);
  }

  /** So that a component that read() forgets cannot hide in a rest. */
  @Test
  void hasAPlaceForEveryMember() throws ReflectiveOperationException {
    List<String> unknown = new ArrayList<>();
    List<String> unset = new ArrayList<>();
    inspect("", spec, unknown, unset);

    assertThat(unknown)
        .allSatisfy(
            path ->
                assertThat(path).matches(".*/(org\\.example\\.unknown|vm|username|commandLine)"))
        .hasSizeGreaterThan(35);
    // One of several elements leaves out what it may.
    assertThat(unset).allSatisfy(path -> assertThat(path).matches(".*(\\[\\d+]|eth2|boottime).*"));
  }

  private static void inspect(
      String path, JsonRecord object, List<String> unknown, List<String> unset)
      throws ReflectiveOperationException {
    object.rest().members().keySet().forEach(name -> unknown.add(path + "/" + name));
    for (RecordComponent component : object.getClass().getRecordComponents()) {
      String name = path + "/" + component.getName();
      Object value = value(component, object);
      if (value == null || value.equals(List.of()) || value.equals(Map.of())) {
        unset.add(name);
      } else if (value instanceof JsonRecord inner) {
        inspect(name, inner, unknown, unset);
      } else if (value instanceof Map<?, ?> map) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          if (entry.getValue() instanceof JsonRecord inner) {
            inspect(name + "/" + entry.getKey(), inner, unknown, unset);
          }
        }
      } else if (value instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          if (list.get(i) instanceof JsonRecord inner) {
            inspect(name + "[" + i + "]", inner, unknown, unset);
          }
        }
      }
    }
  }

  private static @Nullable Object value(RecordComponent component, JsonRecord object)
      throws IllegalAccessException, InvocationTargetException {
    return component.getAccessor().invoke(object);
  }

  @Test
  void readsValuesOfAllKinds() {
    ProcessSpec process = Objects.requireNonNull(spec.process());
    LinuxSpec linux = Objects.requireNonNull(spec.linux());
    LinuxResources resources = Objects.requireNonNull(linux.resources());
    LinuxSeccomp seccomp = Objects.requireNonNull(linux.seccomp());

    assertThat(process.user().uid()).isEqualTo(4294967294L);
    assertThat(process.user().additionalGids()).containsExactly(5L, 4294967295L);
    assertThat(process.args().get(2)).isEqualTo("echo \"$A\" a\u0001\udcff😀 é");
    assertThat(process.rlimits().getFirst().hard()).isEqualTo(Rlimit.INFINITY);
    assertThat(process.rlimits().getFirst().soft()).isEqualTo(Long.MIN_VALUE);
    assertThat(process.oomScoreAdj()).isEqualTo(-500);
    assertThat(Objects.requireNonNull(resources.memory()).swap()).isEqualTo(-1);
    assertThat(Objects.requireNonNull(resources.memory()).disableOomKiller()).isFalse();
    assertThat(resources.devices().get(1).minor()).isEqualTo(-1);
    assertThat(linux.namespaces()).hasSameSizeAs(LinuxNamespace.Type.values());
    assertThat(Objects.requireNonNull(linux.namespace(LinuxNamespace.Type.NETWORK)).path())
        .isEqualTo("/proc/1/ns/net");
    assertThat(seccomp.defaultAction()).isEqualTo(SeccompAction.ERRNO);
    assertThat(seccomp.syscalls().get(1).args().getFirst().value()).isEqualTo(-1);
    assertThat(spec.annotations().keySet()).containsExactly("org.example.z", "org.example.a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                  | ociVersion: missing",
        "{`process`:[]}                      | process: expected an object, found an array",
        "{`process`:{}}                      | process.cwd: missing",
        "{`process`:{`cwd`:`a`}}             | process.cwd: expected an absolute path, found `a`",
        "{`process`:{`args`:[`a`,1]}}        | process.args[1]: expected a string, found a number",
        "{`process`:{`user`:{`uid`:-1}}}     | process.user.uid: expected a whole number from 0 to"
            + " 4294967295, found -1",
        "{`process`:{`user`:{`umask`:512}}}  | process.user.umask: expected 0 to 0777",
        "{`process`:{`cwd`:`/`,`rlimits`:[{`type`:`R`,`soft`:2,`hard`:1}]}} |"
            + " process.rlimits[0].soft: larger than hard for R",
        "{`process`:{`cwd`:`/`,`rlimits`:[{`type`:`R`,`soft`:1,`hard`:1},"
            + "{`type`:`R`,`soft`:1,`hard`:1}]}}"
            + " | process.rlimits[1]: a second R",
        "{`process`:{`cwd`:`/`,`ioPriority`:{`class`:`c`,`priority`:8}}} |"
            + " process.ioPriority.priority: expected 0 to 7",
        "{`root`:{}}                         | root.path: missing",
        "{`root`:{`path`:``}}                | root.path: must not be empty",
        "{`mounts`:[{},{}]}                  | mounts[0].destination: missing",
        "{`hooks`:{`prestart`:[{`path`:`a`}]}} | hooks.prestart[0].path: expected an absolute path,"
            + " found `a`",
        "{`hooks`:{`poststop`:[{`path`:`/a`,`timeout`:0}]}} | hooks.poststop[0].timeout: must be"
            + " greater than 0",
        "{`annotations`:{`a`:1}}             | annotations.a: expected a string, found a number",
        "{`linux`:{`namespaces`:[{`type`:`pod`}]}} | linux.namespaces[0].type: unknown namespace"
            + " `pod`",
        "{`linux`:{`namespaces`:[{`type`:`pid`},{`type`:`pid`}]}} | linux.namespaces[1].type: a"
            + " second pid namespace",
        "{`linux`:{`namespaces`:[{`type`:`pid`,`path`:`a`}]}} | linux.namespaces[0].path: expected"
            + " an absolute path, found `a`",
        "{`linux`:{`devices`:[{`path`:`/a`,`type`:`x`}]}} | linux.devices[0].type: expected c, u, b"
            + " or p, found `x`",
        "{`linux`:{`resources`:{`devices`:[{`access`:`rx`}]}}} | linux.resources.devices[0].access:"
            + " expected some of r, w and m",
        "{`linux`:{`resources`:{`memory`:{`limit`:1.5}}}} | linux.resources.memory.limit: expected"
            + " a whole number from -9223372036854775808 to 9223372036854775807, found 1.5",
        "{`linux`:{`resources`:{`hugepageLimits`:[{`pageSize`:`64kB`,`limit`:1}]}}}"
            + " | linux.resources.hugepageLimits[0].pageSize: expected such as 2MB, found `64kB`",
        "{`linux`:{`resources`:{`unified`:{`../cgroup.procs`:`1`}}}}"
            + " | linux.resources.unified.../cgroup.procs: not a file's name",
        "{`linux`:{`seccomp`:{`defaultAction`:`A`}}} | linux.seccomp.defaultAction: unknown seccomp"
            + " action `A`",
        "{`linux`:{`seccomp`:{`defaultAction`:`SCMP_ACT_LOG`,`syscalls`:[{`names`:[]}]}}} |"
            + " linux.seccomp.syscalls[0].action: missing",
        "{`linux`:{`seccomp`:{`defaultAction`:`SCMP_ACT_LOG`,`syscalls`:[{`names`:[`a`],"
            + "`action`:`SCMP_ACT_LOG`,`args`:[{`index`:6,`value`:0,`op`:`SCMP_CMP_EQ`}]}]}}}"
            + " | linux.seccomp.syscalls[0].args[0].index: expected 0 to 5",
        "{`linux`:{`timeOffsets`:{`boottime`:{`nanosecs`:1000000000}}}} |"
            + " linux.timeOffsets.boottime.nanosecs: expected 0 to 999999999",
      })
  void namesTheMemberThatIsWrong(String text, String problem) {
    String quoted = text.replace('`', '"');
    String whole =
        quoted.equals("{}") ? quoted : "{\"ociVersion\":\"1.3.0\"," + quoted.substring(1);

    assertThatThrownBy(() -> RuntimeSpec.parse(Bytes.encode(whole), "/b/config.json"))
        .hasMessage("parse /b/config.json: " + problem.replace('`', '"'));
  }

  @Test
  void isBuiltFromScratch() {
    RuntimeSpec built =
        RuntimeSpec.builder()
            .root("/rootfs", true)
            .hostname("bird")
            .mount(MountSpec.of("/proc", "proc", "proc", List.of("nosuid")))
            .process(
                ProcessSpec.builder()
                    .args(List.of("sh"))
                    .rlimit(Rlimit.of("RLIMIT_CORE", 0, Rlimit.INFINITY))
                    .capabilities(LinuxCapabilities.of(List.of("CAP_KILL"), false))
                    .build())
            .linux(
                LinuxSpec.builder()
                    .namespace(LinuxNamespace.create(LinuxNamespace.Type.PID))
                    .resources(
                        LinuxResources.builder()
                            .memory(LinuxMemory.of(4096L, -1L, null))
                            .pids(10L)
                            .devices(List.of(LinuxDeviceCgroup.denyAll()))
                            .build())
                    .build())
            .build();

    assertThat(Json.compact(built.toJson()))
        .isEqualTo(
            """
            {"ociVersion":"1.3.0",
            "process":{"user":{"uid":0,"gid":0},"args":["sh"],"cwd":"/",
            "capabilities":{"bounding":["CAP_KILL"]},
            "rlimits":[{"type":"RLIMIT_CORE","hard":18446744073709551615,"soft":0}]},
            "root":{"path":"/rootfs","readonly":true},
            "hostname":"bird",
            "mounts":[{"destination":"/proc","type":"proc","source":"proc","options":["nosuid"]}],
            "linux":{"resources":{"devices":[{"allow":false,"access":"rwm"}],
            "memory":{"limit":4096,"swap":-1},"pids":{"limit":10}},
            "namespaces":[{"type":"pid"}]}}
            """
                .replace("\n", ""));
    assertThat(RuntimeSpec.parse(Json.encodePretty(built.toJson()), "again")).isEqualTo(built);
  }

  /** What `{}` means where the specification gives no value. */
  @Test
  void fillsInWhatIsMissing() {
    RuntimeSpec least =
        RuntimeSpec.parse(
            Bytes.encode("{\"ociVersion\":\"1.0.0\",\"process\":{\"cwd\":\"/\"}}"), "config.json");

    ProcessSpec process = Objects.requireNonNull(least.process());
    assertThat(process.user()).isEqualTo(UserSpec.ROOT);
    assertThat(process.args()).isEmpty();
    assertThat(process.capabilities()).isNull();
    assertThat(least.hooks()).isEqualTo(Hooks.NONE);
    assertThat(least.linux()).isNull();
  }

  private static JsonValue sorted(JsonValue value) {
    if (value instanceof JsonObject object) {
      Map<String, JsonValue> members = new LinkedHashMap<>();
      object.members().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
      return JsonObject.of(members);
    }
    return value instanceof JsonArray array
        ? JsonArray.of(array.elements().stream().map(RuntimeSpecTest::sorted).toList())
        : value;
  }

  private static byte[] resource(String name) {
    try (InputStream in = RuntimeSpecTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
