package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.spec.ContainerState;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Programs;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hooks while a container is made: where they run, what they are told, what their failure does. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class HooksIT {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final int number = COUNT.incrementAndGet();

  private SpecContainer container(Sandbox sandbox) throws IOException {
    return new SpecContainer(directory(sandbox));
  }

  private Path directory(Sandbox sandbox) {
    return sandbox.directory().resolve("hooks-" + number);
  }

  /** A script of the host, as a hook's object. */
  private String hook(Sandbox sandbox, String name, String script) throws IOException {
    Path path = sandbox.directory().resolve("hook-" + number + "-" + name);
    Programs.script(path, "#!/bin/sh\n" + script + "\n");
    return "{\"path\": \"" + path + "\", \"args\": [\"hook\", \"one\"], \"env\": [\"A=b\"]";
  }

  @Test
  void hooksRunInTheirOrderEachInItsNamespaces(Sandbox sandbox) throws IOException {
    Path told = sandbox.directory().resolve("told-" + number);
    String script = "echo $0 $1 $A $(readlink /proc/self/ns/mnt /proc/self/ns/uts) >>" + told;
    SpecContainer container =
        container(sandbox)
            .with(
                "hooks",
                "{\"prestart\": ["
                    + hook(sandbox, "p", script)
                    + "}], \"createRuntime\": ["
                    + hook(sandbox, "r", script)
                    + "}], \"createContainer\": ["
                    + hook(sandbox, "c", script)
                    + "}]}");
    String inside = container.run("for i in mnt uts; do busybox readlink /proc/self/ns/$i; done");
    String[] lines = Files.readString(told).split("\n");
    String here =
        Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"))
            + " "
            + Files.readSymbolicLink(Path.of("/proc/self/ns/uts"));
    String start = sandbox.directory() + "/hook-" + number;
    assertThat(lines)
        .containsExactly(
            start + "-p one b " + here,
            start + "-r one b " + here,
            start + "-c one b " + inside.strip().replace('\n', ' '));
  }

  @Test
  void hooksAreToldTheState(Sandbox sandbox) throws IOException {
    Path told = sandbox.directory().resolve("state-" + number);
    container(sandbox)
        .with("annotations", "{\"key\": \"value\"}")
        .with(
            "hooks",
            "{\"createRuntime\": ["
                + hook(sandbox, "s", "cat >" + told + "; ls /proc/$PPID/fd >/dev/null")
                + "}]}")
        .run("true");
    ContainerState state = ContainerState.parse(Files.readAllBytes(told), "state");
    assertThat(state)
        .returns("spec-container", ContainerState::id)
        .returns(ContainerState.Status.CREATING, ContainerState::status)
        .returns(directory(sandbox) + "/run", ContainerState::bundle);
    assertThat(state.pid()).isPositive();
    assertThat(state.annotations()).containsEntry("key", "value");
  }

  @Test
  void aHookOfTheContainerSeesItsMountsAndMayStillWriteToItsRoot(Sandbox sandbox)
      throws IOException {
    String place = directory(sandbox) + "/run";
    String seen =
        container(sandbox)
            .mount("{\"destination\": \"/t\", \"type\": \"tmpfs\"}")
            .with(
                "hooks",
                "{\"createContainer\": ["
                    + hook(
                        sandbox, "w", "echo hooked >" + place + "/t/a; echo root >" + place + "/b")
                    + "}]}")
            .readOnly()
            .run("busybox cat /t/a /b; echo x >/c || echo refused");
    assertThat(seen).startsWith("hooked\nroot\n").contains("refused\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prestart", "createRuntime", "createContainer"})
  void aHookThatFailsFailsTheCreation(String list, Sandbox sandbox) throws IOException {
    SpecContainer container =
        container(sandbox)
            .with(
                "hooks",
                "{\"" + list + "\": [" + hook(sandbox, list, "echo why >&2; exit 3") + "}]}");
    assertThatThrownBy(() -> container.run("echo ran"))
        .isInstanceOf(MydockerException.class)
        .hasMessageMatching("run " + list + " hook #0 .*: exit status 3: why");
  }

  @ParameterizedTest
  @ValueSource(strings = {"createRuntime", "createContainer"})
  void aHookThatTakesTooLongIsKilled(String list, Sandbox sandbox) throws IOException {
    SpecContainer container =
        container(sandbox)
            .with(
                "hooks",
                "{\""
                    + list
                    + "\": ["
                    + hook(sandbox, list, "exec sleep 1000")
                    + ", \"timeout\": 1}]}");
    assertThatThrownBy(() -> container.run("echo ran"))
        .isInstanceOf(MydockerException.class)
        .hasMessageEndingWith(": not done after 1 s, and killed");
  }

  @Test
  void aHookThatIsMissingFailsTheCreation(Sandbox sandbox) throws IOException {
    SpecContainer container =
        container(sandbox).with("hooks", "{\"createRuntime\": [{\"path\": \"/not/there\"}]}");
    assertThatThrownBy(() -> container.run("echo ran"))
        .isInstanceOf(MydockerException.class)
        .hasMessage("run createRuntime hook #0 /not/there: no such file or directory");
  }
}
