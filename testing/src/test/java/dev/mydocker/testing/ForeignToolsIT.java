package dev.mydocker.testing;

import static dev.mydocker.testing.RichImage.sh;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images that go to Docker, Podman, skopeo and umoci, and images that come from there: they run,
 * and have the same files, with owners, modes, attributes and times.
 */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignToolsIT {
  private static final String FULL_NAME = "docker.io/library/rich:two";

  /** What their containers change in an image that they made themselves. */
  private static final String THEIR_CHANGE =
      "b=/busybox; $b rm -r /gone; $b mkdir /gone; echo theirs >/gone/new; $b rm /l; $b chown 7:8 /d/e";

  private final Sandbox sandbox;
  private RichImage rich;
  private Path work;

  ForeignToolsIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeAll
  void anImageOfTwoLayersIsHere() throws IOException {
    rich = RichImage.make(sandbox);
    work = rich.work();
  }

  /** Docker and Podman leave their cgroups to whoever named the one above them. */
  @AfterEach
  void removeWhatCameBackAndTheirCgroups() {
    rich.run("rmi", "-f", RichImage.NAME).orThrow();
    Command.of(
            "find",
            "/sys/fs/cgroup",
            "-depth",
            "-type",
            "d",
            "-path",
            "*/" + sandbox.cgroupParent() + "*",
            "-exec",
            "rmdir",
            "{}",
            ";")
        .run();
  }

  /** In namespaces of its own: none of its daemons, mounts and sockets outlives the script. */
  private static void contained(String script, String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"));
    line.addAll(List.of("--propagation", "private", "sh", "-ec", CONTAINED + script));
    line.addAll(List.of(arguments));
    new Command(line).limit(Duration.ofMinutes(3)).run().orThrow();
  }

  private static final String CONTAINED =
      """
      export HOME="$0" LC_ALL=C
      mount -t tmpfs -o mode=755 tmpfs /run
      mkdir -p "$0"
      cd "$0"
      requireIs() {
        [ "$1" = "$2" ] || { echo "$1 is not $2" >&2; exit 1; }
      }
      """;

  private static final String DOCKER =
      """
      echo '{}' >config.json
      docker="docker --config $0/client --host unix:///run/docker.sock"
      dockerd --host unix:///run/docker.sock --data-root "$0/data" --exec-root /run/docker \\
        --pidfile /run/docker.pid --config-file config.json --storage-driver overlay2 --bridge none \\
        --iptables=false --ip6tables=false --ip-forward=false --cgroup-parent "/$1" >log 2>&1 &
      daemon=$!
      trap 'kill $daemon; wait $daemon || :' EXIT
      i=0
      until $docker version >/dev/null 2>&1; do
        i=$((i + 1)); [ $i -lt 600 ] || { cat log; exit 1; }; sleep 0.1
      done
      # Lists all files of an image of two layers, as a container sees them.
      files() {
        mkdir -p tree
        mount -t overlay overlay tree -o "lowerdir=$($docker inspect -f \\
          '{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}' "$1")"
        python3 -c "$2" tree | LC_ALL=C sort
        umount tree
      }
      """;

  @Test
  @Requires(Need.DOCKER)
  void dockerRunsWhatWeSaveAndWeWhatItSaves() throws IOException {
    Path docker = work.resolve("docker");
    Path ours = work.resolve("for-docker");
    Path back = work.resolve("back-from-docker");
    Path theirs = work.resolve("of-docker");
    rich.save("docker-archive", ours);
    contained(
        DOCKER
            + """
            $docker load -q -i "$2"
            requireIs "$($docker inspect -f '{{.Id}}' rich:two)" "$3"
            requireIs "$($docker run --rm --network none rich:two /busybox cat /gone/new)" new
            files rich:two "$8" >files-of-ours
            $docker save -o "$4" rich:two
            $docker import -c 'CMD ["/busybox"]' "$5" theirs:1
            $docker run --name change --network none theirs:1 /busybox sh -ec "$7"
            $docker commit change theirs:2
            $docker save -o "$6" theirs:2
            files theirs:2 "$8" >files-of-theirs
            """,
        docker.toString(),
        sandbox.cgroupParent(),
        ours.toString(),
        rich.id(),
        back.toString(),
        rich.export("rich:base").toString(),
        theirs.toString(),
        THEIR_CHANGE,
        RichImage.LISTING);
    assertThat(Files.readAllLines(docker.resolve("files-of-ours")))
        .isEqualTo(rich.files(RichImage.NAME));
    rich.removeAndLoad(back);
    takeIn(theirs, "theirs:2", Files.readAllLines(docker.resolve("files-of-theirs")));
    sh("rm -r \"$0\"", docker.toString());
  }

  /** Loads what another tool made: it runs here, and has the files that the tool says it has. */
  private void takeIn(Path archive, String name, List<String> files) {
    assertThat(rich.run("load", "-i", archive.toString()).orThrow().stdout())
        .isEqualTo("Loaded image: " + name + "\n");
    assertThat(rich.files(name)).isEqualTo(files).hasSizeGreaterThan(15);
    assertThat(rich.run("run", "--rm", name, "/busybox", "cat", "/gone/new").orThrow().stdout())
        .isEqualTo("theirs\n");
    rich.run("rmi", "-f", name).orThrow();
  }

  private static final String PODMAN =
      """
      # A limit that is raised would take a capability that not everybody has who runs this.
      printf '[containers]\\ndefault_ulimits = ["nofile=1024:1024", "nproc=500:500"]\\nnetns = "none"\\n' \\
        >containers.conf
      export CONTAINERS_CONF="$0/containers.conf"
      # crun 1.8 refuses a machine with cgroup v1 and a cgroup2 mount beside it.
      if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
        awk '$(NF-2) == "cgroup2" { print $5 }' /proc/self/mountinfo | xargs -r -n 1 umount
      fi
      podman="podman --root $0/root --runroot /run/containers --tmpdir /run/libpod --storage-driver overlay
        --cgroup-manager cgroupfs --events-backend none"
      new="--cgroup-parent=/$1 --log-driver k8s-file"
      """;

  @Test
  @Requires(Need.PODMAN)
  void podmanRunsWhatWeSaveAndWeWhatItSaves() throws IOException {
    Path podman = work.resolve("podman");
    Path ours = work.resolve("for-podman");
    Path back = work.resolve("back-from-podman-");
    Path theirs = work.resolve("of-podman-");
    rich.save("docker-archive", ours);
    contained(
        PODMAN
            + """
            $podman load -q -i "$2"
            requireIs "$($podman run --rm $new $3 /busybox cat /gone/new)" new
            python3 -c "$8" "$($podman image mount $3)" | LC_ALL=C sort >files-of-ours
            $podman import -q -c 'CMD ["/busybox"]' "$5" docker.io/library/theirs:1
            $podman run --name change $new docker.io/library/theirs:1 /busybox sh -ec "$7"
            $podman commit -q change docker.io/library/theirs:2
            python3 -c "$8" "$($podman image mount docker.io/library/theirs:2)" | LC_ALL=C sort >files-of-theirs
            for format in docker-archive oci-archive; do
              $podman save -q --format $format -o "$4$format" $3
              $podman save -q --format $format -o "$6$format" docker.io/library/theirs:2
            done
            """,
        podman.toString(),
        sandbox.cgroupParent(),
        ours.toString(),
        FULL_NAME,
        back.toString(),
        rich.export("rich:base").toString(),
        theirs.toString(),
        THEIR_CHANGE,
        RichImage.LISTING);
    assertThat(Files.readAllLines(podman.resolve("files-of-ours")))
        .isEqualTo(rich.files(RichImage.NAME));
    List<String> files = Files.readAllLines(podman.resolve("files-of-theirs"));
    for (String format : List.of("docker-archive", "oci-archive")) {
      rich.removeAndLoad(Path.of(back + format));
      takeIn(Path.of(theirs + format), "theirs:2", files);
    }
    sh("rm -r \"$0\"", podman.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker-archive", "oci-archive", "oci"})
  @Requires(Need.SKOPEO)
  void skopeoReadsWhatWeSaveAndWeWhatItWrites(String transport) throws IOException {
    String ours = transport.equals("oci") ? "oci-dir" : transport;
    Path saved = work.resolve("for-skopeo-" + transport);
    Path copied = work.resolve("of-skopeo-" + transport);
    rich.save(ours, saved);
    sh(
        "skopeo copy -q --insecure-policy \"$0\" \"$1\"",
        transport + ":" + saved + (transport.equals("docker-archive") ? "" : ":" + FULL_NAME),
        transport + ":" + copied + ":" + FULL_NAME);
    if (transport.equals("docker-archive")) {
      assertThat(sh("tar tf \"$0\"", copied.toString())).contains("manifest.json");
    }
    rich.removeAndLoad(copied);
    sh("rm -r \"$0\"", copied.toString());
  }

  @Test
  @Requires(Need.SKOPEO)
  void skopeoAndUmociReadTheStoreInPlace() throws IOException {
    rich.save("docker-archive", work.resolve("in-place.tar"));
    String images = sandbox.root() + "/images";
    String before = sh("find \"$0\" | LC_ALL=C sort", images);
    assertThat(sh("umoci ls --layout \"$0\"", images)).contains(FULL_NAME + "\n");
    assertThat(sh("skopeo inspect --config --raw \"oci:$0:$1\"", images, FULL_NAME))
        .contains("me <me@here>");
    Path bundle = work.resolve("umoci");
    sh("umoci unpack --image \"$0:$1\" \"$2\"", images, FULL_NAME, bundle.toString());
    assertThat(RichImage.files(bundle.resolve("rootfs"))).isEqualTo(rich.files(RichImage.NAME));
    Path copied = work.resolve("copied-in-place");
    sh(
        "skopeo copy -q --insecure-policy \"oci:$0:$1\" \"oci:$2:$1\"",
        images,
        FULL_NAME,
        copied.toString());
    assertThat(sh("find \"$0\" | LC_ALL=C sort", images)).isEqualTo(before);
    rich.removeAndLoad(copied);
    sh("rm -r \"$0\" \"$1\"", bundle.toString(), copied.toString());
  }

  @Test
  @Requires(Need.SKOPEO)
  void whatUmociMakesRunsHere() throws IOException {
    Path made = work.resolve("of-umoci");
    RichImage.fill(work.resolve("umoci-source"));
    sh(
        """
        umoci init --layout "$0"
        umoci new --image "$0:two"
        umoci unpack --image "$0:two" "$0-1"
        cp -a "$1/." "$0-1/rootfs"
        umoci repack --image "$0:two" "$0-1"
        umoci unpack --image "$0:two" "$0-2"
        cd "$0-2/rootfs"
        rm -r gone l; mkdir gone; echo theirs >gone/new; chown 7:8 d/e
        umoci repack --image "$0:two" "$0-2"
        umoci unpack --image "$0:two" "$0-3"
        """,
        made.toString(),
        work.resolve("umoci-source").toString());
    takeIn(made, "two:latest", RichImage.files(Path.of(made + "-3/rootfs")));
    sh("rm -r \"$0\" \"$0-1\" \"$0-2\" \"$0-3\"", made.toString());
  }
}
