package dev.mydocker.runtime.network;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Session;
import dev.mydocker.oci.spec.LinuxNetDevice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves network devices of the host into a container: {@code linux.netDevices} of the OCI runtime
 * specification 1.3. A device keeps its attributes and its permanent global addresses, and is up
 * inside. Nothing brings it back: with its namespace the kernel destroys a virtual device, and
 * moves a physical one to the initial namespace.
 */
public final class NetDevices {
  private static final String PATTERN = "%d";
  private static final int LAST_NUMBER = 9999;

  private final Netlink outside;
  private final Netlink inside;
  private final int namespace;

  private NetDevices(Netlink outside, Netlink inside, int namespace) {
    this.outside = outside;
    this.inside = inside;
    this.namespace = namespace;
  }

  /**
   * Moves devices.
   *
   * @param performer in the network namespace where the devices are
   * @param init the container's process, in its network namespace already
   * @param pid init's process id, as the performer's /proc has it
   * @param devices by their names outside
   * @throws MydockerException if a device is missing or cannot be moved; none is moved unless all
   *     are there and their new names are free
   */
  public static void move(
      Performer performer, Session init, long pid, Map<String, LinuxNetDevice> devices) {
    FileWorker files = new FileWorker(performer);
    int namespace =
        files.open(
            FileWorker.HOST, "/proc/" + pid + "/ns/net", Linux.O_RDONLY | Linux.O_CLOEXEC, 0);
    try (Netlink outside = new Netlink(performer::perform);
        Netlink inside = new Netlink(init::call)) {
      new NetDevices(outside, inside, namespace).move(devices);
    } finally {
      files.close(List.of(namespace));
    }
  }

  private void move(Map<String, LinuxNetDevice> devices) {
    Map<String, Link> links = new LinkedHashMap<>();
    for (Map.Entry<String, LinuxNetDevice> device : devices.entrySet()) {
      String name = device.getKey();
      String wanted = wanted(device);
      links.put(
          name,
          outside
              .link(name)
              .orElseThrow(() -> failure(Category.NOT_FOUND, name, "there is no such device")));
      if (!wanted.contains(PATTERN) && inside.link(wanted).isPresent()) {
        throw taken(name, wanted);
      }
    }
    for (Map.Entry<String, LinuxNetDevice> device : devices.entrySet()) {
      String name = device.getKey();
      Link link = links.get(name);
      if (link != null) {
        move(name, link, wanted(device));
      }
    }
  }

  private static String wanted(Map.Entry<String, LinuxNetDevice> device) {
    String name = device.getValue().name();
    return name == null || name.isEmpty() ? device.getKey() : name;
  }

  private void move(String name, Link link, String wanted) {
    // Before the move: the kernel takes them from a device that goes down.
    List<Address> addresses = outside.addresses(link);
    String given = moveAs(name, link, wanted);
    Link arrived =
        inside
            .link(given)
            .orElseThrow(
                () -> failure(Category.CONFLICT, name, "somebody renamed it meanwhile inside"));
    for (Address address : addresses) {
      if (address.isPermanentAndGlobal()) {
        require(
            name,
            inside.change(
                "give the network device " + given + " its address again",
                address.forDevice(arrived.index()),
                NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE));
      }
    }
    require(
        name,
        inside.change(
            "bring the network device " + given + " up",
            Link.message(NetlinkMessage.NEW_LINK, arrived.index(), Link.UP, Link.UP),
            0));
  }

  /** Moves and renames in one, so that the host never sees the new name; returns that name. */
  private String moveAs(String name, Link link, String wanted) {
    boolean pattern = wanted.contains(PATTERN);
    for (int number = 0; number <= LAST_NUMBER; number++) {
      String given = wanted.replace(PATTERN, Integer.toString(number));
      if (pattern && inside.link(given).isPresent()) {
        continue;
      }
      int error =
          outside.change(
              "move the network device " + name + " into the container as " + given,
              Link.message(NetlinkMessage.NEW_LINK, link.index(), 0, 0)
                  .with(Link.NAME, given)
                  .with(Link.NAMESPACE, namespace),
              0);
      if (error == Errno.EEXIST && !pattern) {
        throw taken(name, given);
      }
      if (error != Errno.EEXIST) {
        require(name, error);
        return given;
      }
    }
    throw taken(name, wanted);
  }

  private static void require(String name, int error) {
    if (error == Errno.EINVAL) {
      throw failure(
          Category.INVALID,
          name,
          "the kernel does not let it leave its network namespace, as is so of lo, or it refuses"
              + " the new name");
    }
    if (error != 0) {
      throw new KernelException("move the network device " + name, error);
    }
  }

  private static MydockerException taken(String name, String wanted) {
    return failure(
        Category.CONFLICT, name, "the container's network has a device " + wanted + " already");
  }

  private static MydockerException failure(Category category, String name, String reason) {
    return MydockerException.of(category, "move the network device", name, reason);
  }
}
