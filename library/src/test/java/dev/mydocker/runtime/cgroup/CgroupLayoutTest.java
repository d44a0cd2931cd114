package dev.mydocker.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupLayoutTest {
  private static final String PLAIN_V1 =
      """
      31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
      32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
      35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
      40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
      """;

  @Test
  void v1HierarchiesAreTakenWithOurPlaceInEach() {
    CgroupLayout layout =
        CgroupLayout.parse(PLAIN_V1, "9:name=systemd:/\n4:memory:/batch/job 7\n1:cpu:/\n0::/\n");

    assertThat(layout.version()).isEqualTo(CgroupVersion.V1);
    assertThat(layout.hierarchies())
        .containsExactly(
            new CgroupHierarchy(List.of("name=systemd"), false, "/sys/fs/cgroup/systemd", ""),
            new CgroupHierarchy(List.of("memory"), false, "/sys/fs/cgroup/memory", "/batch/job 7"),
            new CgroupHierarchy(List.of("cpu"), false, "/sys/fs/cgroup/cpu", ""));
  }

  @Test
  void anEmptyV2HierarchyThatNobodyUsesIsLeftAlone() {
    CgroupLayout layout =
        CgroupLayout.parse(
            PLAIN_V1 + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
            "9:name=systemd:/\n4:memory:/\n1:cpu:/\n0::/\n");

    assertThat(layout.version()).isEqualTo(CgroupVersion.HYBRID);
    assertThat(paths(layout.place("mydocker/c1")))
        .containsExactly(
            "/sys/fs/cgroup/systemd/mydocker/c1",
            "/sys/fs/cgroup/memory/mydocker/c1",
            "/sys/fs/cgroup/cpu/mydocker/c1");
    assertThat(paths(layout.placeMonitors("mydocker/monitors")))
        .containsExactly("/sys/fs/cgroup/systemd/mydocker/monitors");
  }

  @Test
  void whereSystemdTracksServicesContainersAreBesideTheServiceThatStartsThem() {
    String mountinfo =
        """
        25 21 0:22 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755
        26 25 0:23 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup2 rw,nsdelegate
        27 25 0:24 / /sys/fs/cgroup/systemd rw shared:11 - cgroup cgroup rw,xattr,name=systemd
        30 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct
        31 25 0:28 / /sys/fs/cgroup/memory rw,nosuid shared:16 - cgroup cgroup rw,memory
        """;
    CgroupLayout layout =
        CgroupLayout.parse(
            mountinfo,
            """
            4:memory:/system.slice/ci.service
            3:cpu,cpuacct:/system.slice/ci.service
            1:name=systemd:/system.slice/ci.service
            0::/system.slice/ci.service
            """);

    assertThat(layout.version()).isEqualTo(CgroupVersion.HYBRID);
    assertThat(paths(layout.place("mydocker/c1")))
        .containsExactly(
            "/sys/fs/cgroup/memory/system.slice/ci.service/mydocker/c1",
            "/sys/fs/cgroup/cpu,cpuacct/system.slice/ci.service/mydocker/c1",
            "/sys/fs/cgroup/systemd/mydocker/c1",
            "/sys/fs/cgroup/unified/mydocker/c1");
    assertThat(paths(layout.placeMonitors("mydocker/monitors")))
        .containsExactly(
            "/sys/fs/cgroup/systemd/mydocker/monitors", "/sys/fs/cgroup/unified/mydocker/monitors");
  }

  @Test
  void theMonitorsOfAContainerAreBesideItWhateverTheLayoutIsNow() {
    CgroupPaths container =
        CgroupLayout.parse(PLAIN_V1, "9:name=systemd:/user\n4:memory:/\n1:cpu:/\n")
            .place("theirs/c1");
    CgroupLayout now = CgroupLayout.parse(PLAIN_V1, "9:name=systemd:/ci\n4:memory:/\n1:cpu:/\n");

    CgroupPaths monitors = now.monitorsBeside(container);

    assertThat(paths(monitors)).containsExactly("/sys/fs/cgroup/systemd/theirs/monitors");
    assertThat(monitors.directories().getFirst().home()).isEqualTo("/ci");
  }

  @Test
  void onV2ContainersAreAtTheTopSinceOurOwnCgroupHoldsProcesses() {
    CgroupLayout layout =
        CgroupLayout.parse(
                "29 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
                "0::/user.slice/user-0.slice/session-3.scope\n")
            .withControllers(List.of("cpu", "memory", "pids"));

    assertThat(layout.version()).isEqualTo(CgroupVersion.V2);
    CgroupPaths place = layout.place("mydocker/c1");
    assertThat(paths(place)).containsExactly("/sys/fs/cgroup/mydocker/c1");
    assertThat(place.directory("memory")).isPresent();
    assertThat(place.shownAs(place.directories().getFirst())).isEmpty();
    assertThat(place.directories().getFirst().home())
        .isEqualTo("/user.slice/user-0.slice/session-3.scope");
    assertThat(paths(layout.placeMonitors("mydocker/monitors")))
        .containsExactly("/sys/fs/cgroup/mydocker/monitors");
  }

  @Test
  void aControllerOfNoConsequenceOnV1DoesNotMakeIt() {
    CgroupLayout layout =
        CgroupLayout.parse(
            """
            29 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            90 24 0:60 / /run/vpn/net_cls rw - cgroup net_cls rw,net_cls
            """,
            "1:net_cls:/\n0::/init\n");

    assertThat(layout.version()).isEqualTo(CgroupVersion.V2);
  }

  @Test
  void insideAContainerOnV1TheMountShowsOnlyApartOfTheHierarchy() {
    CgroupLayout layout =
        CgroupLayout.parse(
            """
            500 490 0:60 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
            501 500 0:28 /docker/0123 /sys/fs/cgroup/memory rw master:16 - cgroup cgroup rw,memory
            502 500 0:27 /docker/0123 /sys/fs/cgroup/cpu rw master:15 - cgroup cgroup rw,cpu
            """,
            "4:memory:/docker/0123/nested\n1:cpu:/docker/0123\n0::/docker/0123\n");

    assertThat(paths(layout.place("mydocker/c1")))
        .containsExactly(
            "/sys/fs/cgroup/memory/nested/mydocker/c1", "/sys/fs/cgroup/cpu/mydocker/c1");
  }

  @Test
  void aCgroupOutsideOfTheNamespaceOrTheMountIsTakenForTheMountsTop() {
    CgroupLayout layout =
        CgroupLayout.parse(
            """
            501 500 0:28 /../../.. /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            502 500 0:27 /docker/0123 /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
            503 500 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
            """,
            "4:memory:/\n2:pids:/../other\n1:cpu:/docker/01234\n");

    assertThat(paths(layout.place("c1")))
        .containsExactly(
            "/sys/fs/cgroup/memory/c1", "/sys/fs/cgroup/pids/c1", "/sys/fs/cgroup/cpu/c1");
  }

  @Test
  void ofSeveralMountsTheWritableOneThatShowsOurCgroupIsTaken() {
    CgroupLayout layout =
        CgroupLayout.parse(
            """
            29 24 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup2 rw
            30 24 0:26 /elsewhere /mnt/part rw - cgroup2 cgroup2 rw
            31 24 0:26 / /mnt/with\\040space\\134 rw,nosuid - cgroup2 cgroup2 rw
            """,
            "0::/init.scope\n");

    assertThat(layout.hierarchies().getFirst().mountPoint()).isEqualTo("/mnt/with space\\");
  }

  @Test
  void aMountThatIsHiddenByALaterOneIsNotTaken() {
    CgroupLayout layout =
        CgroupLayout.parse(
            """
            29 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            30 29 0:50 / /sys/fs/cgroup rw - tmpfs tmpfs rw
            32 30 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
            """,
            "1:pids:/\n0::/\n");

    assertThat(layout.version()).isEqualTo(CgroupVersion.V1);
  }

  @Test
  void withoutAnyCgroupsItSaysHowToMountThem() {
    assertThatThrownBy(() -> CgroupLayout.parse("23 1 0:20 / /sys rw - sysfs sysfs rw\n", "0::/\n"))
        .hasMessage("find cgroups: no cgroup file system is mounted")
        .isInstanceOfSatisfying(
            MydockerException.class,
            e ->
                assertThat(e.suggestion())
                    .contains("mount one: mount -t cgroup2 none /sys/fs/cgroup"));
  }

  @Test
  void aPathFromTheTopIsTheSameInAllHierarchiesAndItsParentStays() {
    CgroupPaths place =
        CgroupLayout.parse(PLAIN_V1, "4:memory:/job\n1:cpu:/\n").place("/kubepods/pod1/c1");

    assertThat(paths(place))
        .containsExactly(
            "/sys/fs/cgroup/memory/kubepods/pod1/c1", "/sys/fs/cgroup/cpu/kubepods/pod1/c1");
    assertThat(place.directories().getFirst().parents())
        .containsExactly("/sys/fs/cgroup/memory/kubepods", "/sys/fs/cgroup/memory/kubepods/pod1");
    assertThat(place.directories().getFirst().emptied()).isEmpty();
  }

  @Test
  void whatIsMadeAboveACgroupGoesWithItAndWhatWasThereStays() {
    CgroupDirectory directory =
        CgroupLayout.parse(PLAIN_V1, "4:memory:/job\n").place("a/b/c").directories().getFirst();

    assertThat(directory.parents())
        .containsExactly("/sys/fs/cgroup/memory/job/a", "/sys/fs/cgroup/memory/job/a/b");
    assertThat(directory.emptied())
        .containsExactly("/sys/fs/cgroup/memory/job/a/b", "/sys/fs/cgroup/memory/job/a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "..", "a/../b", "a//b", "a/", "./a", "a\nb"})
  void aPathThatIsNotBelowACgroupIsRefused(String path) {
    CgroupLayout layout = CgroupLayout.parse(PLAIN_V1, "1:cpu:/\n");
    assertThatThrownBy(() -> layout.place(path))
        .isInstanceOf(MydockerException.class)
        .hasMessageStartingWith("place cgroup \"" + path + "\": ");
  }

  @Test
  void pathsSurviveTheContainersState() {
    CgroupPaths place =
        CgroupLayout.parse(
                PLAIN_V1 + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
                "9:name=systemd:/\n4:memory:/j\udc80b\n0::/init\n")
            .place("mydocker/c1");

    byte[] json = Json.encode(place.toJson());

    assertThat(Json.decode(json, "state", CgroupPaths::read)).isEqualTo(place);
    assertThat(place.name()).isEqualTo("c1");
  }

  private static List<String> paths(CgroupPaths paths) {
    return paths.directories().stream().map(CgroupDirectory::path).toList();
  }
}
