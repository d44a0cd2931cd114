package dev.mydocker.image.registry;

import java.util.List;

/** Whom to believe about who a host is. */
interface Trust {
  /** Whether a host need not prove who it is, because its user said so. */
  boolean isInsecure(HttpUrl url);

  /**
   * The certificates, in PEM, of the authorities for a host: the machine's, and those that were
   * given for this host alone. Empty for those of the JDK.
   */
  List<byte[]> authorities(HttpUrl url);
}
