package dev.mydocker.runtime.network;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An address of a network device.
 *
 * @param index the device's
 * @param message as the kernel told of it
 */
record Address(int index, NetlinkMessage message) {
  /** The size of {@code struct ifaddrmsg}: family, prefix, flags and scope, then the index. */
  static final int FIXED = 8;

  /** RT_SCOPE_UNIVERSE. */
  private static final int GLOBAL = 0;

  private static final int PERMANENT = 0x80;
  // IFA_F_NODAD, HOMEADDRESS, MANAGETEMPADDR, NOPREFIXROUTE, MCAUTOJOIN: what somebody wished.
  private static final int WISHES = 0x02 | 0x10 | 0x100 | 0x200 | 0x400;
  private static final int FLAGS = 8;
  // IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST, IFA_RT_PRIORITY.
  private static final List<Integer> KEPT = List.of(1, 2, 4, 9);

  static Address of(NetlinkMessage message) {
    return new Address(NetlinkMessage.buffer(message.fixed()).getInt(4), message);
  }

  /** Whether it was set to stay, and for the world: those are what a move is to preserve. */
  boolean isPermanentAndGlobal() {
    return (flags() & PERMANENT) != 0 && message.fixed()[3] == GLOBAL;
  }

  private int flags() {
    byte @Nullable [] all = message.attributes().get(FLAGS);
    return all == null ? message.fixed()[2] & 0xFF : NetlinkMessage.buffer(all).getInt(0);
  }

  /** What gives a device this address, for as long as it is there. */
  NetlinkMessage forDevice(int device) {
    byte[] fixed = message.fixed().clone();
    fixed[2] = 0;
    NetlinkMessage.buffer(fixed).putInt(4, device);
    NetlinkMessage wanted = NetlinkMessage.of(NetlinkMessage.NEW_ADDRESS, fixed);
    for (Map.Entry<Integer, byte[]> attribute : message.attributes().entrySet()) {
      if (KEPT.contains(attribute.getKey())) {
        wanted.with(attribute.getKey(), attribute.getValue());
      }
    }
    return wanted.with(FLAGS, flags() & WISHES);
  }
}
