package dev.mydocker.image.registry;

import dev.mydocker.MydockerException.Category;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;

/** Makes connections on which HTTP is spoken: whoever has a quicker TLS puts it in here. */
public interface Transport {
  /** A connection: bytes there and back. Closing it from another thread ends a read. */
  interface Connection extends Closeable {
    /** What the peer says; a read throws {@link SocketTimeoutException} in time. */
    InputStream in();

    /**
     * What is said to it, of which nothing is kept back; a write throws {@link Stalled} in time.
     */
    OutputStream out();

    /** Ends it at once, from another thread, whatever is being read or written. */
    void abort();

    /** Whether a proxy wants whole addresses in requests (RFC 9112, 3.2.2), and its credentials. */
    ProxyUse proxy();
  }

  /**
   * How a proxy is spoken to.
   *
   * @param wholeAddresses whether requests name whole addresses
   * @param authorization the header Proxy-Authorization, or empty
   */
  record ProxyUse(boolean wholeAddresses, String authorization) {
    static final ProxyUse NONE = new ProxyUse(false, "");
  }

  /**
   * Connects to the host of an address.
   *
   * @throws Unreachable if there is no such host, nobody answers there, or TLS fails
   */
  Connection connect(HttpUrl url) throws IOException;

  /** Ends connections that are just being made by other threads, and makes no more. */
  void abort();

  /** A peer takes nothing of what is sent to it any more. */
  final class Stalled extends SocketTimeoutException {
    private static final long serialVersionUID = 1L;

    Stalled() {
      super("the registry takes nothing any more");
    }
  }

  /** No connection came about: nothing has been asked. */
  final class Unreachable extends Refused {
    private static final long serialVersionUID = 1L;

    Unreachable(String message, String suggestion, Throwable cause) {
      super(Category.RESOURCE, message, suggestion, cause);
    }
  }
}
