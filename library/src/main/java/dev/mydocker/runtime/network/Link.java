package dev.mydocker.runtime.network;

/**
 * A network device.
 *
 * @param index by which the kernel knows it in its network namespace
 */
record Link(int index) {
  /** The size of {@code struct ifinfomsg}. */
  static final int FIXED = 16;

  /** IFLA_IFNAME. */
  static final int NAME = 3;

  /** IFLA_NET_NS_FD. */
  static final int NAMESPACE = 28;

  /** IFF_UP. */
  static final int UP = 1;

  static Link of(NetlinkMessage message) {
    return new Link(NetlinkMessage.buffer(message.fixed()).getInt(4));
  }

  /** What is asked or told of a device: family, type, index, flags, which of the flags count. */
  static NetlinkMessage message(int type, int index, int flags, int mask) {
    return NetlinkMessage.of(type, NetlinkMessage.numbers(0, index, flags, mask));
  }
}
