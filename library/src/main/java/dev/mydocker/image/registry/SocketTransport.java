package dev.mydocker.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Connections by the JDK: its sockets, and its TLS where an address says https. */
final class SocketTransport implements Transport {
  /** Knows the addresses of hosts. */
  interface Resolver {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private final Duration connectLimit;
  private final Duration readLimit;
  private final Proxies proxies;
  private final Trust trust;
  private final Resolver resolver;

  /** What other threads wait for here, and how that is ended. */
  private final Map<Object, Runnable> waiting = new HashMap<>();

  private boolean aborted;

  /**
   * @param connectLimit how long looking a host up and connecting to it may take together
   * @param readLimit how long a peer may say nothing, and take nothing
   */
  SocketTransport(Duration connectLimit, Duration readLimit, Proxies proxies, Trust trust) {
    this(connectLimit, readLimit, proxies, trust, InetAddress::getAllByName);
  }

  SocketTransport(
      Duration connectLimit, Duration readLimit, Proxies proxies, Trust trust, Resolver resolver) {
    this.resolver = resolver;
    this.connectLimit = connectLimit;
    this.readLimit = readLimit;
    this.proxies = proxies;
    this.trust = trust;
  }

  @Override
  public Connection connect(HttpUrl url) throws IOException {
    // What TLS needs takes longer to load than a host to answer: both at once.
    FutureTask<TlsSockets> tls = url.secure() ? prepareTls(url) : null;
    Proxies.@Nullable Proxy proxy = proxies.of(url);
    Socket socket = proxy == null ? open(url) : open(proxy.url());
    boolean connected = false;
    try {
      ProxyUse use = ProxyUse.NONE;
      if (proxy != null && tls != null) {
        tunnel(socket, url, proxy);
      } else if (proxy != null) {
        use = new ProxyUse(true, proxy.authorization());
      }
      Socket last = tls == null ? socket : wrap(tls, socket, url);
      SendLimit out = new SendLimit(last.getOutputStream(), socket, readLimit);
      Connection made = new SocketConnection(socket, last, use, last.getInputStream(), out);
      connected = true;
      return made;
    } finally {
      done(socket);
      if (!connected) {
        socket.close();
      }
    }
  }

  private void begin(Object what, Runnable end) throws SocketException {
    synchronized (waiting) {
      if (aborted) {
        throw givenUp();
      }
      waiting.put(what, end);
    }
  }

  private void done(Object what) {
    synchronized (waiting) {
      waiting.remove(what);
    }
  }

  private static SocketException givenUp() {
    return new SocketException("given up");
  }

  @Override
  public void abort() {
    synchronized (waiting) {
      aborted = true;
      waiting.values().forEach(Runnable::run);
    }
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Its descriptor is gone all the same: close(2).
    }
  }

  private FutureTask<TlsSockets> prepareTls(HttpUrl url) {
    FutureTask<TlsSockets> task = new FutureTask<>(() -> TlsSockets.of(trust, url));
    Thread.ofPlatform().daemon().name("mydocker-tls").start(task);
    return task;
  }

  private static Socket wrap(FutureTask<TlsSockets> tls, Socket socket, HttpUrl url)
      throws IOException {
    try {
      return tls.get().wrap(socket, url);
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (ExecutionException e) {
      throw new IOException(said(e), e);
    }
  }

  private static String said(Throwable e) {
    Throwable cause = e.getCause();
    return String.valueOf((cause == null ? e : cause).getMessage());
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new IOException("interrupted");
  }

  private Socket open(HttpUrl url) throws IOException {
    long deadline = System.nanoTime() + connectLimit.toNanos();
    InetAddress[] addresses = lookUp(url);
    IOException last = null;
    for (InetAddress address : addresses) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        break;
      }
      Socket socket = new Socket();
      begin(socket, () -> close(socket));
      try {
        socket.connect(new InetSocketAddress(address, url.port()), (int) left);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) readLimit.toMillis());
        return socket;
      } catch (IOException e) {
        done(socket);
        socket.close();
        last = e;
      }
    }
    throw unreachable(url, last);
  }

  private static Unreachable unreachable(HttpUrl url, @Nullable IOException cause) {
    String where = url.host() + ":" + url.port();
    boolean refused = cause instanceof ConnectException && message(cause).contains("refused");
    String said =
        cause == null || cause instanceof SocketTimeoutException ? "no answer" : message(cause);
    String why = refused ? "connection refused" : said;
    return new Unreachable(
        "connect to " + where + ": " + why,
        refused
            ? "check that a registry listens there"
            : "check the network, and whether a proxy is needed (HTTPS_PROXY)",
        cause == null ? new SocketTimeoutException(why) : cause);
  }

  private static String message(IOException e) {
    return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
  }

  /**
   * The resolver has limits of its own, of which a name server that is silent uses all: up to half
   * a minute. It is left behind then.
   */
  private InetAddress[] lookUp(HttpUrl url) throws IOException {
    String host = url.lookupHost();
    FutureTask<InetAddress[]> task = new FutureTask<>(() -> resolver.addresses(host));
    begin(task, () -> task.cancel(false));
    if (url.isLoopback()) {
      task.run();
    } else {
      Thread.ofPlatform().daemon().name("mydocker-lookup").start(task);
    }
    try {
      return task.get(connectLimit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownHostException) {
        throw new Unreachable(
            "look up " + host + ": no such host, or no network",
            "check the name and the network",
            e);
      }
      throw new IOException("look up " + host + ": " + said(e), e);
    } catch (TimeoutException e) {
      throw new Unreachable("look up " + host + ": no name server answers", "check the network", e);
    } catch (CancellationException e) {
      throw givenUp();
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      done(task);
    }
  }

  /** RFC 9110, 9.3.6: behind the answer there is the host itself. */
  private static void tunnel(Socket socket, HttpUrl url, Proxies.Proxy proxy) throws IOException {
    String target = url.host() + ":" + url.port();
    String head =
        "CONNECT "
            + target
            + " HTTP/1.1\r\nHost: "
            + target
            + (proxy.authorization().isEmpty()
                ? ""
                : "\r\nProxy-Authorization: " + proxy.authorization())
            + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    // Not a byte too many: what follows belongs to TLS.
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    while (answer.length() < 1 << 14 && answer.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        break;
      }
      answer.append((char) c);
    }
    String text = answer.toString();
    if (!text.startsWith("HTTP/1.") || text.length() < 12 || !text.startsWith("200", 9)) {
      int end = text.indexOf('\r');
      throw new Unreachable(
          "connect to "
              + target
              + " by the proxy "
              + proxy.url().authority()
              + ": "
              + (end < 0 ? "no answer" : text.substring(0, end)),
          "check HTTPS_PROXY and NO_PROXY",
          new IOException("refused"));
    }
  }

  /** A socket as a connection; with TLS the socket below it knows no farewell to wait for. */
  private record SocketConnection(
      Socket plain, Socket socket, ProxyUse proxy, InputStream in, OutputStream out)
      implements Connection {
    @Override
    public void abort() {
      SocketTransport.close(plain);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
