package dev.mydocker.runtime.network;

import dev.mydocker.kernel.Errno;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.plan.Group;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A socket of rtnetlink(7) in the network namespace of whoever performs the segments: the engine's,
 * or that of a container's init.
 */
final class Netlink implements AutoCloseable {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 0x80003;
  // What a dump comes in is never larger (NLMSG_GOODSIZE is 8 KiB, a reader may ask for 32).
  private static final int CAPACITY = 32_768;
  private static final String WHY = "network devices are asked and told by netlink";

  private final Function<Segment, Reply> performer;
  private final Value socket;

  /**
   * Opens it.
   *
   * @param performer performs segments in the network namespace that this is about
   */
  Netlink(Function<Segment, Reply> performer) {
    this.performer = performer;
    SegmentBuilder b = about("open a netlink socket");
    Value made =
        b.syscall(Wire.SYS_SOCKET, Value.of(AF_NETLINK), Value.of(SOCK_RAW_CLOEXEC), Value.of(0));
    this.socket =
        Value.of(performer.apply(b.build()).orThrow("open a netlink socket").result(made));
  }

  /** The device of a name, if there is one. */
  Optional<Link> link(String name) {
    NetlinkMessage request = Link.message(NetlinkMessage.GET_LINK, 0, 0, 0).with(Link.NAME, name);
    NetlinkMessage answer =
        exchange("look for the network device " + name, request.encode(NetlinkMessage.REQUEST))
            .getFirst();
    if (answer.type() != NetlinkMessage.ERROR) {
      return Optional.of(Link.of(answer));
    }
    if (answer.error() == Errno.ENODEV) {
      return Optional.empty();
    }
    throw new KernelException("look for the network device " + name, answer.error());
  }

  /** The addresses of a device. */
  List<Address> addresses(Link link) {
    NetlinkMessage request = NetlinkMessage.of(NetlinkMessage.GET_ADDRESS, new byte[Address.FIXED]);
    List<Address> found = new ArrayList<>();
    List<NetlinkMessage> part =
        exchange(
            "list the addresses of network devices",
            request.encode(NetlinkMessage.REQUEST | NetlinkMessage.DUMP));
    while (true) {
      for (NetlinkMessage message : part) {
        if (message.type() == NetlinkMessage.NEW_ADDRESS) {
          Address address = Address.of(message);
          if (address.index() == link.index()) {
            found.add(address);
          }
        } else if (message.error() != 0) {
          throw new KernelException("list the addresses of network devices", message.error());
        } else {
          return found;
        }
      }
      part = receive("list the addresses of network devices");
    }
  }

  /**
   * Has something changed.
   *
   * @param what it is, for who learns how a container is made
   * @return the error number, or 0
   */
  int change(String what, NetlinkMessage request, int flags) {
    int all = NetlinkMessage.REQUEST | NetlinkMessage.ACKNOWLEDGE | flags;
    return exchange(what, request.encode(all)).getFirst().error();
  }

  private List<NetlinkMessage> exchange(String what, byte[] message) {
    SegmentBuilder b = about(what);
    b.syscall(Wire.SYS_WRITE, socket, b.bytes(message), Value.of(message.length));
    return receive(b, what);
  }

  private List<NetlinkMessage> receive(String what) {
    return receive(about(what), what);
  }

  private List<NetlinkMessage> receive(SegmentBuilder b, String what) {
    Value buffer = b.returned(CAPACITY);
    Value length = b.syscall(Wire.SYS_READ, socket, buffer, Value.of(CAPACITY));
    Reply reply = performer.apply(b.build()).orThrow(what);
    ByteBuffer in =
        NetlinkMessage.buffer(reply.bytes(buffer, Math.toIntExact(reply.result(length))));
    List<NetlinkMessage> messages = new ArrayList<>();
    while (in.hasRemaining()) {
      messages.add(NetlinkMessage.next(in));
    }
    if (messages.isEmpty()) {
      throw new KernelException(what, Errno.EPIPE);
    }
    return messages;
  }

  private static SegmentBuilder about(String what) {
    SegmentBuilder b = Segment.builder();
    b.about(Group.NAMESPACES.title(), what, WHY);
    return b;
  }

  @Override
  public void close() {
    SegmentBuilder b = about("close the netlink socket");
    b.syscall(Wire.SYS_CLOSE, socket);
    Reply _ = performer.apply(b.build());
  }
}
