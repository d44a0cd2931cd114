package dev.mydocker.image.registry;

import dev.mydocker.MydockerException.Category;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 on one connection: a request goes out, an answer comes back (RFC 9112). */
final class HttpConnection implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_LINE = 1 << 14;
  private static final int MOST_FIELDS = 200;
  private static final int MOST_INTERIM = 100;

  /** A little that is left of an answer is read, for the connection's sake. */
  private static final int WORTH_READING = 1 << 16;

  private final Transport.Connection connection;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;
  private boolean heard;
  private boolean reusable;

  HttpConnection(Transport.Connection connection) {
    this.connection = connection;
    this.in = connection.in();
  }

  /** Whether anything of the answer has come: until then a connection may have been stale. */
  boolean hasHeard() {
    return heard;
  }

  /** Whether another request may follow, the answer before having been read to its end. */
  boolean isReusable() {
    return reusable;
  }

  /** Something that is no HTTP came in answer. */
  static final class NotHttp extends IOException {
    private static final long serialVersionUID = 1L;

    NotHttp(String message) {
      super(message);
    }
  }

  HttpResponse exchange(HttpRequest request, Runnable afterwards) throws IOException {
    heard = false;
    reusable = false;
    byte[] head = head(request);
    try {
      send(head, request.body());
    } catch (IOException e) {
      // A server that refuses content may have answered and closed before it took all of it.
      try {
        return receive(request, afterwards);
      } catch (IOException silent) {
        e.addSuppressed(silent);
        throw e;
      }
    }
    return receive(request, afterwards);
  }

  private void send(byte[] head, HttpRequest.@Nullable Body body) throws IOException {
    OutputStream out = connection.out();
    out.write(head);
    if (body != null) {
      send(body, out);
    }
    out.flush();
  }

  private byte[] head(HttpRequest request) throws IOException {
    HttpUrl url = request.url();
    Transport.ProxyUse proxy = connection.proxy();
    StringBuilder head = new StringBuilder();
    head.append(request.method()).append(' ');
    head.append(proxy.wholeAddresses() ? url.toString() : url.path()).append(" HTTP/1.1\r\n");
    field(head, "Host", url.authority());
    field(head, "User-Agent", "mydocker");
    if (!proxy.authorization().isEmpty()) {
      field(head, "Proxy-Authorization", proxy.authorization());
    }
    HttpHeaders headers = request.headers();
    for (int i = 0; i < headers.count(); i++) {
      field(head, headers.name(i), headers.value(i));
    }
    HttpRequest.Body body = request.body();
    boolean mayHaveBody = !request.method().equals("GET") && !request.method().equals("HEAD");
    if (body != null || mayHaveBody) {
      field(head, "Content-Length", Long.toString(body == null ? 0 : body.length()));
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void field(StringBuilder head, String name, String value) throws IOException {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
        // Not what it would hold: that may be a password.
        throw new Refused(
            Category.INVALID, "the header " + name + " cannot hold what it should", null);
      }
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private static void send(HttpRequest.Body body, OutputStream out) throws IOException {
    byte[] some = new byte[BUFFER];
    long left = body.length();
    try (InputStream content = body.open()) {
      while (left > 0) {
        int got = content.read(some, 0, (int) Math.min(some.length, left));
        if (got < 0) {
          throw new EOFException("what is to be sent has ended too early");
        }
        out.write(some, 0, got);
        left -= got;
      }
    }
  }

  private HttpResponse receive(HttpRequest request, Runnable afterwards) throws IOException {
    int status;
    HttpHeaders headers;
    int interim = 0;
    do {
      if (interim++ > MOST_INTERIM) {
        throw new NotHttp("the answer is not HTTP: it begins again and again");
      }
      String line = line("the status");
      status = status(line);
      headers = fields();
      reusable = line.startsWith("HTTP/1.1") && !headers.lists("Connection", "close");
    } while (status >= 100 && status < 200 && status != 101);
    InputStream body = body(request, status, headers);
    return new HttpResponse(
        status,
        request.url(),
        headers,
        body,
        () -> {
          drain(body);
          afterwards.run();
        });
  }

  /** Whoever does not read an answer to its end loses the connection, but for the last bytes. */
  private void drain(InputStream body) {
    if (!(body instanceof Body counted) || counted.done) {
      return;
    }
    byte[] waste = new byte[1 << 13];
    try {
      long left = WORTH_READING;
      while (left > 0 && !counted.done) {
        left -= Math.max(1, body.read(waste, 0, waste.length));
      }
    } catch (IOException e) {
      counted.done = false;
    }
    reusable &= counted.done;
  }

  private static int status(String line) throws IOException {
    boolean http = line.startsWith("HTTP/1.") && line.length() >= 12 && line.charAt(8) == ' ';
    if (http) {
      try {
        int status = Integer.parseInt(line.substring(9, 12));
        if (status >= 100) {
          return status;
        }
      } catch (NumberFormatException e) {
        throw new NotHttp("the answer is not HTTP: it begins with " + shown(line));
      }
    }
    throw new NotHttp("the answer is not HTTP: it begins with " + shown(line));
  }

  /** A stranger's bytes, as they can be shown. */
  private static String shown(String line) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < Math.min(line.length(), 40); i++) {
      char c = line.charAt(i);
      out.append(c < ' ' || c > '~' ? '?' : c);
    }
    return out.append('"').toString();
  }

  private HttpHeaders fields() throws IOException {
    HttpHeaders headers = new HttpHeaders();
    for (String line = line("a header"); !line.isEmpty(); line = line("a header")) {
      int colon = line.indexOf(':');
      if (colon <= 0 || headers.count() == MOST_FIELDS) {
        throw new NotHttp("the answer has a malformed header " + shown(line));
      }
      headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return headers;
  }

  private String line(String what) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = next();
      if (c < 0) {
        throw new EOFException("the connection ended before " + what + " of the answer");
      }
      if (c == '\n') {
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
          line.setLength(length - 1);
        }
        return line.toString();
      }
      if (line.length() == LONGEST_LINE) {
        throw new NotHttp("the answer is not HTTP: " + what + " has no end");
      }
      line.append((char) c);
    }
  }

  private int next() throws IOException {
    if (at == end) {
      int got = in.read(buffer, 0, BUFFER);
      if (got <= 0) {
        return -1;
      }
      heard = true;
      at = 0;
      end = got;
    }
    return buffer[at++] & 0xFF;
  }

  private int read(byte[] bytes, int from, int length) throws IOException {
    if (at == end) {
      return in.read(bytes, from, length);
    }
    int size = Math.min(length, end - at);
    System.arraycopy(buffer, at, bytes, from, size);
    at += size;
    return size;
  }

  private InputStream body(HttpRequest request, int status, HttpHeaders headers)
      throws IOException {
    if (request.method().equals("HEAD") || status == 204 || status == 304) {
      return InputStream.nullInputStream();
    }
    if (headers.lists("Transfer-Encoding", "chunked")) {
      return new Chunked();
    }
    String length = headers.get("Content-Length");
    if (length == null) {
      reusable = false;
      return new UntilClosed();
    }
    try {
      return new Fixed(Long.parseLong(length.toLowerCase(Locale.ROOT)));
    } catch (NumberFormatException e) {
      throw new NotHttp("the answer has a malformed header Content-Length");
    }
  }

  /** Content that knows whether it came to its end. */
  private abstract static class Body extends InputStream {
    boolean done;

    @Override
    public abstract int read(byte[] bytes, int from, int length) throws IOException;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }
  }

  private final class Fixed extends Body {
    private final long whole;
    private long left;

    Fixed(long length) throws IOException {
      if (length < 0) {
        throw new NotHttp("the answer has a malformed header Content-Length");
      }
      whole = length;
      left = length;
      done = length == 0;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (left == 0 || length == 0) {
        return left == 0 ? -1 : 0;
      }
      int got = HttpConnection.this.read(bytes, from, (int) Math.min(length, left));
      if (got < 0) {
        throw new EOFException(
            "the connection was cut after " + (whole - left) + " of " + whole + " bytes");
      }
      left -= got;
      done = left == 0;
      return got;
    }
  }

  private final class UntilClosed extends Body {
    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int got = HttpConnection.this.read(bytes, from, length);
      done = got < 0;
      return got;
    }
  }

  /** RFC 9112, 7.1. */
  private final class Chunked extends Body {
    private long left;
    private boolean begun;

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (done || length == 0) {
        return done ? -1 : 0;
      }
      if (left == 0 && !nextChunk()) {
        return -1;
      }
      int got = HttpConnection.this.read(bytes, from, (int) Math.min(length, left));
      if (got < 0) {
        throw new EOFException("the connection was cut in the middle of the answer");
      }
      left -= got;
      return got;
    }

    private boolean nextChunk() throws IOException {
      if (begun && !line("a chunk").isEmpty()) {
        throw new NotHttp("the answer has malformed chunks");
      }
      begun = true;
      String line = line("a chunk");
      int semicolon = line.indexOf(';');
      String size = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
      try {
        left = Long.parseLong(size, 16);
      } catch (NumberFormatException e) {
        throw new NotHttp("the answer has malformed chunks");
      }
      if (left < 0) {
        throw new NotHttp("the answer has malformed chunks");
      }
      if (left == 0) {
        var _ = fields();
        done = true;
      }
      return left > 0;
    }
  }

  /** Ends it at once, from another thread. */
  void abort() {
    connection.abort();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException e) {
      // Its descriptor is gone all the same: close(2).
    }
  }
}
