package dev.mydocker.image.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** An answer; to be closed, which gives its connection back where all of it was read. */
public final class HttpResponse implements AutoCloseable {
  private final int status;
  private final HttpUrl url;
  private final HttpHeaders headers;
  private final InputStream body;
  private final Runnable end;

  HttpResponse(int status, HttpUrl url, HttpHeaders headers, InputStream body, Runnable end) {
    this.status = status;
    this.url = url;
    this.headers = headers;
    this.body = body;
    this.end = end;
  }

  /** The status code. */
  public int status() {
    return status;
  }

  /** Whose answer it is, behind all redirections. */
  public HttpUrl url() {
    return url;
  }

  /** A header field, or null. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  HttpHeaders headers() {
    return headers;
  }

  /** The content; cut off early it ends with an IOException, never as if it were whole. */
  public InputStream body() {
    return body;
  }

  /**
   * The whole content, if it is not longer than {@code limit}.
   *
   * @throws IOException if it is, or cannot be read
   */
  public byte[] read(int limit) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[1 << 13];
    for (int got = body.read(some, 0, some.length);
        got >= 0;
        got = body.read(some, 0, some.length)) {
      if (all.size() + got > limit) {
        throw new TooLong(url + " sends more than " + limit + " bytes");
      }
      all.write(some, 0, got);
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    end.run();
  }

  /** More came than there can be: asking again would not help. */
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;

    TooLong(String message) {
      super(message);
    }
  }
}
