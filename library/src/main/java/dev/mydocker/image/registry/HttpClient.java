package dev.mydocker.image.registry;

import dev.mydocker.MydockerException.Category;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client for many threads: keeps connections, follows redirections.
 *
 * <p>A redirection to another origin never takes the header Authorization along: it was meant for
 * the first one alone.
 */
final class HttpClient implements AutoCloseable {
  private static final int MOST_REDIRECTIONS = 10;
  private static final String AUTHORIZATION = "Authorization";

  private final Transport transport;
  private final Predicate<HttpUrl> allowed;
  private final Map<String, Deque<HttpConnection>> idle = new HashMap<>();
  private final Set<HttpConnection> used = new HashSet<>();
  private final CountDownLatch aborted = new CountDownLatch(1);
  private boolean closed;

  /**
   * @param allowed which addresses may be asked; a redirection leads nowhere else
   */
  HttpClient(Transport transport, Predicate<HttpUrl> allowed) {
    this.transport = transport;
    this.allowed = allowed;
  }

  /** A registry sends us round in circles, or where we must not go: asking again does not help. */
  static final class BadRedirection extends IOException {
    private static final long serialVersionUID = 1L;

    BadRedirection(String message) {
      super(message);
    }
  }

  /** Asks, and follows redirections of what only reads. */
  HttpResponse send(HttpRequest request) throws IOException {
    HttpRequest current = request;
    for (int i = 0; ; i++) {
      if (i == 0 && !allowed.test(current.url())) {
        throw new Refused(
            Category.NOT_FOUND,
            current.url().authority() + " may not be asked, since MYDOCKER_OFFLINE is set",
            "unset it");
      }
      if (!allowed.test(current.url())) {
        throw new BadRedirection(
            request.url().origin()
                + " leads to "
                + current.url().origin()
                + ", where we must not go");
      }
      HttpResponse response = exchange(current);
      String location = redirection(current, response);
      if (location == null) {
        return response;
      }
      response.close();
      if (i == MOST_REDIRECTIONS) {
        throw new BadRedirection(request.url() + " leads to further addresses without an end");
      }
      HttpUrl next = current.url().resolve(location);
      if (current.url().secure() && !next.secure()) {
        throw new BadRedirection(
            current.url().origin() + " leads to " + next.origin() + ", which is not encrypted");
      }
      if (!next.origin().equals(current.url().origin())) {
        current = current.without(AUTHORIZATION);
      }
      current = current.at(next);
    }
  }

  private static @Nullable String redirection(HttpRequest request, HttpResponse response) {
    boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
    return switch (response.status()) {
      case 301, 302, 303, 307, 308 -> reads ? response.header("Location") : null;
      default -> null;
    };
  }

  private HttpResponse exchange(HttpRequest request) throws IOException {
    HttpConnection kept = take(request.url());
    if (kept != null) {
      try {
        return kept.exchange(request, () -> giveBack(request.url(), kept));
      } catch (IOException e) {
        close(kept);
        // It may have been closed while nobody used it, which says nothing of the request.
        if (kept.hasHeard() || !request.isRepeatable()) {
          throw e;
        }
      }
    }
    HttpConnection fresh = new HttpConnection(transport.connect(request.url()));
    boolean answered = false;
    try {
      use(fresh);
      HttpResponse response = fresh.exchange(request, () -> giveBack(request.url(), fresh));
      answered = true;
      return response;
    } finally {
      if (!answered) {
        close(fresh);
      }
    }
  }

  private void use(HttpConnection connection) throws IOException {
    synchronized (idle) {
      if (aborted.getCount() == 0) {
        throw new IOException("given up");
      }
      used.add(connection);
    }
  }

  private void close(HttpConnection connection) {
    synchronized (idle) {
      used.remove(connection);
    }
    connection.close();
  }

  /**
   * Ends what other threads do here, at once: they wait for answers, connections and better times,
   * and get an IOException.
   */
  void abort() {
    synchronized (idle) {
      aborted.countDown();
      used.forEach(HttpConnection::abort);
    }
    transport.abort();
  }

  /** Waits, but not if all is given up meanwhile; whether it is not. */
  boolean pause(long millis) throws InterruptedException {
    return !aborted.await(millis, TimeUnit.MILLISECONDS);
  }

  private @Nullable HttpConnection take(HttpUrl url) {
    synchronized (idle) {
      Deque<HttpConnection> some = idle.get(url.origin());
      HttpConnection last = some == null || aborted.getCount() == 0 ? null : some.pollLast();
      if (last != null) {
        used.add(last);
      }
      return last;
    }
  }

  private void giveBack(HttpUrl url, HttpConnection connection) {
    synchronized (idle) {
      used.remove(connection);
      if (connection.isReusable() && !closed) {
        idle.computeIfAbsent(url.origin(), _ -> new ArrayDeque<>()).add(connection);
        return;
      }
    }
    connection.close();
  }

  /** Closes the connections: those that are in use when they are given back. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.values().forEach(all -> all.forEach(HttpConnection::close));
      idle.clear();
    }
  }
}
