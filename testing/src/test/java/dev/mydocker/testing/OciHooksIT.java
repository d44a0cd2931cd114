package dev.mydocker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.ContainerProcessState;
import dev.mydocker.oci.spec.ContainerState;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hooks of a container's whole life, and the listener of its system calls, by mydocker-oci. */
@Requires({Need.ROOT, Need.BUSYBOX})
@ExtendWith(SandboxExtension.class)
class OciHooksIT {
  private static final String ID = "hooked";

  private Sandbox sandbox;
  private OciBundle bundle;

  @BeforeEach
  void take(Sandbox taken) throws IOException {
    sandbox = taken;
    bundle = new OciBundle(sandbox, "echo ran >/tmp/ran; exec sleep 100");
  }

  @AfterEach
  void cleanUp() {
    bundle.run("delete", "--force", ID);
  }

  /** A hook of the host's shell. */
  private static String hook(String line) {
    return "[{\"path\": \"/bin/sh\", \"args\": [\"sh\", \"-c\", " + OciBundle.quoted(line) + "]}]";
  }

  private Path told(String name) {
    return bundle.directory().resolve("told-" + name);
  }

  private ContainerState state(String name) throws IOException {
    return ContainerState.parse(Files.readAllBytes(told(name)), name);
  }

  @Test
  void eachHookRunsAtItsTimeAndIsToldTheState() throws IOException {
    bundle
        .with(
            "hooks",
            "{\"createRuntime\": "
                + hook("cat >" + told("create"))
                + ", \"startContainer\": "
                + hook("cat >/tmp/start; test ! -e /tmp/ran; echo $? >/tmp/before")
                + ", \"poststart\": "
                + hook("cat >" + told("poststart"))
                + ", \"poststop\": "
                + hook("cat >" + told("poststop"))
                + "}")
        .write();
    bundle.run("create", ID).orThrow();
    assertThat(state("create"))
        .returns(ContainerState.Status.CREATING, ContainerState::status)
        .returns(bundle.directory().toString(), ContainerState::bundle);
    assertThat(bundle.rootfs().resolve("tmp/start")).doesNotExist();

    bundle.run("start", ID).orThrow();
    assertThat(bundle.rootfs().resolve("tmp/before")).content().isEqualTo("0\n");
    assertThat(
            ContainerState.parse(Files.readAllBytes(bundle.rootfs().resolve("tmp/start")), "start"))
        .returns(ContainerState.Status.CREATED, ContainerState::status);
    assertThat(state("poststart")).returns(ContainerState.Status.RUNNING, ContainerState::status);
    assertThat(told("poststop")).doesNotExist();

    bundle.run("delete", "--force", ID).orThrow();
    assertThat(state("poststop"))
        .returns(ContainerState.Status.STOPPED, ContainerState::status)
        .returns(ID, ContainerState::id);
  }

  @Test
  void aHookInsideHasNoMoreRightsThanTheContainer() throws IOException {
    bundle
        .process("user", "{\"uid\": 7, \"gid\": 8}")
        .process("capabilities", "{\"bounding\": [\"CAP_CHOWN\"]}")
        .with(
            "hooks",
            "{\"startContainer\": "
                + hook("while read a; do echo \"$a\"; done </proc/self/status >/tmp/status")
                + "}")
        .write();
    Files.setPosixFilePermissions(
        bundle.rootfs().resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
    bundle.run("create", ID).orThrow();
    bundle.run("start", ID).orThrow();
    assertThat(bundle.rootfs().resolve("tmp/status"))
        .content()
        .containsPattern("Uid:\\s+7\\s+7")
        .containsPattern("CapEff:\\s+0000000000000000")
        .containsPattern("CapBnd:\\s+0000000000000001");
  }

  @Test
  void aFailedHookBeforeTheCommandStopsTheContainer() throws IOException {
    bundle.with("hooks", "{\"startContainer\": " + hook("echo no; exit 9") + "}").write();
    bundle.run("create", ID).orThrow();
    Command.Result result = bundle.run("start", ID);
    assertThat(result.exit()).isNotZero();
    assertThat(result.stderr()).contains("run startContainer hook #0 /bin/sh: exit status 9: no");
    bundle.await(ID, "stopped");
    assertThat(bundle.rootfs().resolve("tmp/ran")).doesNotExist();
  }

  @Test
  void failedHooksOfTheEndAreWarningsInTheLog() throws IOException {
    bundle.with("hooks", "{\"poststop\": " + hook("exit 5") + "}").write();
    Path log = bundle.directory().resolve("log");
    bundle.start(ID);
    bundle.run("--log", log.toString(), "--log-format", "json", "delete", "--force", ID).orThrow();
    assertThat(log)
        .content()
        .contains("\"level\":\"warning\"")
        .contains("run poststop hook #0 /bin/sh: exit status 5");
  }

  @Test
  void aFailedHookBehindTheCommandEndsAndDeletesTheContainer() throws IOException {
    bundle
        .with(
            "hooks",
            "{\"poststart\": "
                + hook("echo no; exit 4")
                + ", \"poststop\": "
                + hook("cat >" + told("poststop"))
                + "}")
        .write();
    bundle.run("create", ID).orThrow();
    Command.Result result = bundle.run("start", ID);
    assertThat(result.exit()).isNotZero();
    assertThat(result.stderr()).contains("run poststart hook #0 /bin/sh: exit status 4: no");
    assertThat(state("poststop")).returns(ContainerState.Status.STOPPED, ContainerState::status);
    assertThat(OciBundle.root(sandbox).resolve(ID)).doesNotExist();

    Files.delete(told("poststop"));
    assertThat(bundle.run("run", ID).exit()).isNotZero();
    assertThat(state("poststop")).returns(ContainerState.Status.STOPPED, ContainerState::status);
    assertThat(OciBundle.root(sandbox).resolve(ID)).doesNotExist();
  }

  @Test
  void aHookWithoutAnEnvironmentHasTheCallers() throws IOException {
    String tell = "echo $GIVEN, $JAVA_TOOL_OPTIONS >" + told("environment");
    bundle
        .process("env", "[\"PATH=/bin\", \"GIVEN=inside\"]")
        .args("true")
        .with(
            "hooks",
            "{\"createRuntime\": "
                + hook(tell)
                + ", \"startContainer\": "
                + hook("echo $GIVEN >/tmp/environment")
                + ", \"poststart\": "
                + hook(tell.replace(">", ">>"))
                + ", \"poststop\": [{\"path\": \"/bin/sh\", \"env\": [\"GIVEN=configured\"], \"args\":"
                + " [\"sh\", \"-c\", "
                + OciBundle.quoted(tell.replace(">", ">>"))
                + "]}]}")
        .write();
    bundle
        .command("run", ID)
        .environment("GIVEN", "by the caller")
        .environment("JAVA_TOOL_OPTIONS", "-Dmine")
        .run()
        .orThrow();
    assertThat(told("environment"))
        .hasContent("by the caller, -Dmine\nby the caller, -Dmine\nconfigured,\n");
    assertThat(bundle.rootfs().resolve("tmp/environment")).hasContent("inside\n");
  }

  @Test
  void aFailedCreationRunsWhatCleansUp() throws IOException {
    bundle
        .with(
            "hooks",
            "{\"createRuntime\": "
                + hook("exit 1")
                + ", \"poststop\": "
                + hook("cat >" + told("poststop"))
                + "}")
        .write();
    assertThat(bundle.run("create", ID).exit()).isNotZero();
    assertThat(state("poststop")).returns(ID, ContainerState::id);
    assertThat(OciBundle.root(sandbox).resolve(ID)).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theListenerOfAFilterGetsItsDescriptorAndTheState(boolean notifies) throws IOException {
    Path socket = bundle.directory().resolve("seccomp.sock");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      bundle
          .args("sh", "-c", "busybox mkdir /tmp/made 2>/tmp/why; exec sleep 100")
          .linux(
              "seccomp",
              "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \""
                  + socket
                  + "\", \"listenerMetadata\": \"meta\", \"syscalls\": [{\"names\": [\"mkdir\","
                  + " \"mkdirat\"], \"action\": \""
                  + (notifies ? "SCMP_ACT_NOTIFY" : "SCMP_ACT_ERRNO")
                  + "\"}]}")
          .write();
      bundle.run("create", ID).orThrow();
      bundle.run("start", ID).orThrow();
      try (SocketChannel connection = listener.accept()) {
        byte[] message = Channels.newInputStream(connection).readAllBytes();
        ContainerProcessState told =
            Json.decode(message, "the message", ContainerProcessState::read);
        assertThat(told.fds()).containsExactly(ContainerProcessState.SECCOMP_FD);
        assertThat(told.metadata()).isEqualTo("meta");
        assertThat(told.state())
            .returns(ID, ContainerState::id)
            .returns(told.pid(), ContainerState::pid)
            .returns(bundle.directory().toString(), ContainerState::bundle);
        assertThat(
                new String(Files.readAllBytes(Path.of("/proc/" + told.pid() + "/status")), UTF_8))
            .containsPattern("Seccomp:\\s+2");
      }
      // Nobody took the descriptor, so nobody answers: the kernel says that there is no such call.
      // A
      // filter that asks nobody has a listener too, should one be named.
      assertThat(bundle.rootfs().resolve("tmp/made")).doesNotExist();
    }
  }
}
