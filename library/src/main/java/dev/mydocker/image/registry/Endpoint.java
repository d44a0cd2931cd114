package dev.mydocker.image.registry;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place that serves a registry's images, as it is spoken to: the scheme that it understands,
 * permission, and further attempts at what fails for the moment.
 */
final class Endpoint {
  private final HttpClient http;
  private final List<HttpUrl> bases;
  private final Authenticator authenticator;
  private final Patience patience;
  private volatile @Nullable HttpUrl known;

  /**
   * @param bases the same host by different schemes, in the order to try
   */
  Endpoint(HttpClient http, List<HttpUrl> bases, Authenticator authenticator, Patience patience) {
    this.http = http;
    this.bases = bases;
    this.authenticator = authenticator;
    this.patience = patience;
    this.known = bases.size() == 1 ? bases.getFirst() : null;
  }

  /** Makes a request for the host as it is spoken to. */
  interface Maker {
    HttpRequest make(HttpUrl base) throws IOException;
  }

  /** Begins to count attempts at something that consists of several requests. */
  Retry retry() {
    return new Retry(Patience.USUAL, http::pause);
  }

  /** Ends what other threads ask, at once. */
  void abort() {
    http.abort();
  }

  /** What messages call it. */
  String name() {
    return bases.getFirst().authority();
  }

  /**
   * Asks.
   *
   * @param scope what for, as token servers want it: {@code repository:library/busybox:pull}
   * @return an answer, of any status that will not pass by itself, or does not pass
   */
  HttpResponse send(String scope, Maker maker) throws IOException {
    Retry retry = new Retry(patience, http::pause);
    while (true) {
      try {
        HttpResponse response = once(scope, maker);
        if (!Retry.isTemporary(response.status()) || !retry.again(response)) {
          return response;
        }
        response.close();
      } catch (IOException e) {
        if (!retry.again(e)) {
          throw e;
        }
      }
    }
  }

  /** Asks once: for what must not be said twice without looking at what became of it. */
  HttpResponse once(String scope, Maker maker) throws IOException {
    HttpUrl base = known;
    if (base != null) {
      return authorized(scope, base, maker.make(base));
    }
    IOException first = null;
    for (HttpUrl candidate : bases) {
      try {
        HttpResponse response = authorized(scope, candidate, maker.make(candidate));
        if (!isTlsServer(candidate, response)) {
          known = candidate;
          return response;
        }
        first = new HttpConnection.NotHttp("the answer to plain HTTP has status 400");
        response.close();
      } catch (IOException e) {
        if (first != null && saysCertificate(e)) {
          throw e;
        }
        first = first == null ? e : first;
        if (!maybeOtherScheme(first)) {
          throw first;
        }
      }
    }
    throw first == null ? new IOException("no address to ask") : first;
  }

  /** Servers say so in plain HTTP, each in its own words. */
  private static boolean isTlsServer(HttpUrl candidate, HttpResponse response) {
    return !candidate.secure() && response.status() == 400;
  }

  private static boolean saysCertificate(IOException e) {
    return e instanceof Transport.Unreachable
        && String.valueOf(e.getMessage()).contains("certificate");
  }

  private static boolean maybeOtherScheme(IOException e) {
    return e instanceof HttpConnection.NotHttp
        || e instanceof EOFException
        || e instanceof SocketException
        || e instanceof Transport.Unreachable;
  }

  private HttpResponse authorized(String scope, HttpUrl base, HttpRequest request)
      throws IOException {
    // A registry may have blobs sent to another host, for which our permission is not meant.
    if (!request.url().origin().equals(base.origin())) {
      return http.send(request);
    }
    String used = authenticator.header(scope);
    HttpRequest first = used == null ? request : request.with("Authorization", used);
    HttpResponse response = http.send(first);
    // A 401 of somebody to whom we were redirected is none of the registry's.
    if (response.status() != 401 || !response.url().origin().equals(request.url().origin())) {
      return response;
    }
    String header;
    try (response) {
      header = authenticator.answer(response, scope, used);
    }
    return http.send(request.with("Authorization", header));
  }
}
