package dev.mydocker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code linux.netDevices}: devices that move into a container. What the tests call the host here
 * is a network namespace of their own, in which {@code mydocker-oci} is started.
 */
@Requires(
    value = {Need.ROOT, Need.BUSYBOX},
    tools = {"ip=iproute2", "unshare=util-linux"})
@ExtendWith(SandboxExtension.class)
class OciNetDevicesIT {
  private static final String ID = "box";
  private static final String PAIR =
      "ip link add near type veth peer name far && ip link set near up";

  private Sandbox sandbox;

  @BeforeEach
  void take(Sandbox taken) {
    sandbox = taken;
  }

  private OciBundle bundle(String devices, String line) throws IOException {
    OciBundle bundle = new OciBundle(sandbox, line).linux("netDevices", devices);
    Files.createSymbolicLink(bundle.rootfs().resolve("bin/ip"), Path.of("busybox"));
    Files.createSymbolicLink(bundle.rootfs().resolve("bin/grep"), Path.of("busybox"));
    return bundle.write();
  }

  /** Prepares the host's devices, runs the container there, and lists what the host has then. */
  private static Command.Result run(OciBundle bundle, String prepare) {
    String script = prepare + " && { \"$@\"; code=$?; ip -o link >host; exit $code; }";
    List<String> line = bundle.command("run", ID).line();
    Command command =
        new Command(
            Stream.concat(
                    List.of("unshare", "-n", "sh", "-c", script, "sh").stream(), line.stream())
                .toList());
    return command.directory(bundle.directory()).run();
  }

  private static String host(OciBundle bundle) throws IOException {
    return Files.readString(bundle.directory().resolve("host"));
  }

  private void assertNothingIsLeft() throws IOException {
    Path root = OciBundle.root(sandbox);
    if (Files.exists(root)) {
      assertThat(root).isEmptyDirectory();
    }
  }

  @Test
  void aDeviceMovesWithItsAttributesAndPermanentAddresses() throws IOException {
    OciBundle bundle = bundle("{\"far\": {\"name\": \"eth9\"}}", "ip addr show eth9");
    Command.Result result =
        run(
            bundle,
            PAIR
                + " && ip link set far address 02:00:00:00:00:77 mtu 1400"
                + " && ip addr add 10.77.1.2/24 broadcast 10.77.1.255 dev far"
                + " && ip addr add 10.77.3.1 peer 10.77.3.2/32 dev far"
                + " && ip addr add 10.77.2.2/24 dev far valid_lft 1000 preferred_lft 1000"
                + " && ip addr add 10.77.4.4/24 scope link dev far"
                + " && ip addr add fd77::2/64 nodad dev far"
                + " && ip link set far up");
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout())
        .contains("mtu 1400")
        .contains("link/ether 02:00:00:00:00:77")
        .contains("inet 10.77.1.2/24 brd 10.77.1.255 scope global eth9")
        .contains("inet 10.77.3.1 peer 10.77.3.2/32 scope global")
        .contains("inet6 fd77::2/64 scope global")
        .contains(",UP")
        .doesNotContain("10.77.2.2")
        .doesNotContain("10.77.4.4");
    assertThat(host(bundle)).doesNotContain("far").doesNotContain("eth9");
    assertNothingIsLeft();
  }

  @Test
  void aDownDeviceWithoutAddressesIsUpInside() throws IOException {
    OciBundle bundle = bundle("{\"far\": {}}", "ip addr show far");
    Command.Result result = run(bundle, PAIR);
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout()).contains(",UP").doesNotContain("scope global");
  }

  @Test
  void aPatternTakesTheNextFreeNames() throws IOException {
    OciBundle bundle =
        bundle(
            "{\"far\": {\"name\": \"net%d\"}, \"near\": {\"name\": \"net%d\"}}",
            "ip -o link | grep -o 'net[0-9]*'");
    Command.Result result = run(bundle, PAIR);
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout().lines()).contains("net0", "net1").doesNotContain("net2");
  }

  @Test
  void aMissingDeviceIsNamedAndNoneIsMoved() throws IOException {
    OciBundle bundle = bundle("{\"far\": {}, \"nosuch0\": {}}", "true");
    Command.Result result = run(bundle, PAIR);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("move the network device nosuch0: there is no such device")
        .hasLineCount(1);
    assertThat(host(bundle)).contains("far");
    assertNothingIsLeft();
  }

  @Test
  void aTakenNameIsAnErrorAndNoneIsMoved() throws IOException {
    OciBundle bundle =
        bundle("{\"near\": {\"name\": \"eth1\"}, \"far\": {\"name\": \"lo\"}}", "true");
    Command.Result result = run(bundle, PAIR);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("move the network device far: the container's network has a device lo already")
        .hasLineCount(1);
    assertThat(host(bundle)).contains("near", "far");
    assertNothingIsLeft();
  }

  @Test
  void whatMayNotLeaveItsNamespaceIsRefused() throws IOException {
    OciBundle bundle = bundle("{\"lo\": {\"name\": \"lo1\"}}", "true");
    Command.Result result = run(bundle, PAIR);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("move the network device lo: the kernel does not let it leave")
        .hasLineCount(1);
    assertNothingIsLeft();
  }
}
