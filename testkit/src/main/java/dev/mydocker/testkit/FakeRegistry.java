package dev.mydocker.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A small HTTP server on loopback that answers as a registry does, or as badly as a test wants:
 * each path has an answer of its own, which writes what it likes.
 */
public final class FakeRegistry implements Closeable {
  /**
   * What was asked.
   *
   * @param method such as GET
   * @param path with its query
   * @param headers by their names in lower case
   * @param content what was sent along, if it is not large
   */
  public record Request(String method, String path, Map<String, String> headers, String content) {
    /** A header, or empty. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }

    /** Where a Range begins; 0 without one. */
    public int from() {
      String range = header("range");
      return range.isEmpty()
          ? 0
          : Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-')));
    }
  }

  /** Writes an answer; the connection is closed if it throws. */
  @FunctionalInterface
  public interface Answer {
    /** Answers. */
    void write(Request request, OutputStream out) throws IOException;
  }

  private static final int LARGEST = 1 << 14;
  private static final int TLS_HANDSHAKE = 0x16;

  private final ServerSocket server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final Set<String> deaf = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  private FakeRegistry(ServerSocket server) {
    this.server = server;
  }

  /** Starts one on a port of its own. */
  public static FakeRegistry start() {
    try {
      FakeRegistry registry =
          new FakeRegistry(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      Thread.ofVirtual().start(registry::accept);
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How it is called in names of images. */
  public String host() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** All that was asked so far. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** The requests of a path. */
  public List<Request> requests(String path) {
    return requests.stream().filter(request -> request.path().equals(path)).toList();
  }

  /** Sets the answer for a path. */
  public FakeRegistry answer(String path, Answer answer) {
    answers.put(path, answer);
    return this;
  }

  /** Reads nothing of what is sent to a path, and says nothing. */
  public FakeRegistry ignore(String path) {
    deaf.add(path);
    return this;
  }

  /** Serves bytes under a path, also in parts. */
  public FakeRegistry serve(String path, String type, byte[] content) {
    return answer(path, (request, out) -> serve(request, out, type, content));
  }

  /** Serves a blob of a repository; its digest. */
  public String blob(String repository, byte[] content) {
    String digest = digest(content);
    serve("/v2/" + repository + "/blobs/" + digest, "application/octet-stream", content);
    return digest;
  }

  /** Serves a manifest under a tag and under its digest; the digest. */
  public String manifest(String repository, String tag, String type, String json) {
    byte[] content = json.getBytes(StandardCharsets.UTF_8);
    String digest = digest(content);
    serve("/v2/" + repository + "/manifests/" + tag, type, content);
    serve("/v2/" + repository + "/manifests/" + digest, type, content);
    return digest;
  }

  /** The digest of bytes. */
  public static String digest(byte[] content) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A status with a short text. */
  public static void status(OutputStream out, int status, String headers, String text)
      throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    write(
        out,
        "HTTP/1.1 "
            + status
            + " X\r\n"
            + headers
            + "Content-Length: "
            + content.length
            + "\r\n\r\n");
    out.write(content);
    out.flush();
  }

  /** Text as it is. */
  public static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Bytes as a good server serves them. */
  public static void serve(Request request, OutputStream out, String type, byte[] content)
      throws IOException {
    int from = Math.min(request.from(), content.length);
    boolean part = !request.header("range").isEmpty();
    write(
        out,
        "HTTP/1.1 "
            + (part ? "206" : "200")
            + " OK\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + (content.length - from)
            + (part
                ? "\r\nContent-Range: bytes "
                    + from
                    + "-"
                    + (content.length - 1)
                    + "/"
                    + content.length
                : "")
            + "\r\n\r\n");
    if (!request.method().equals("HEAD")) {
      out.write(content, from, content.length - from);
    }
    out.flush();
  }

  /** Says nothing more on a connection, for an answer: waits for this registry's end. */
  public void silence() throws IOException {
    await(closed);
    throw new IOException("closed");
  }

  /** Waits in the middle of an answer. */
  public static void await(CountDownLatch event) throws IOException {
    try {
      event.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> talk(socket));
      } catch (IOException e) {
        // Closed: the test is over.
        return;
      }
    }
  }

  private void talk(Socket socket) {
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream()) {
      for (Request request = read(in); request != null; request = read(in)) {
        requests.add(request);
        if (isIgnored(request)) {
          silence();
        }
        Answer answer = answers.get(request.path());
        if (answer == null) {
          String said = "{\"errors\":[{\"code\":\"NOT_FOUND\",\"message\":\"not here\"}]}";
          status(out, 404, "", request.method().equals("HEAD") ? "" : said);
        } else {
          answer.write(request, out);
        }
      }
    } catch (IOException e) {
      // The client has gone, or the answer wanted the connection to be cut.
      return;
    } finally {
      open.remove(socket);
    }
  }

  private boolean isIgnored(Request request) {
    return length(request.headers()) > 0 && deaf.contains(request.path());
  }

  private static long length(Map<String, String> headers) {
    return Long.parseLong(headers.getOrDefault("content-length", "0"));
  }

  private @Nullable Request read(InputStream in) throws IOException {
    in.mark(1);
    if (in.read() == TLS_HANDSHAKE) {
      return null;
    }
    in.reset();
    String line = line(in);
    String[] words = line.split(" ", -1);
    if (words.length < 3) {
      return null;
    }
    Map<String, String> headers = new ConcurrentHashMap<>();
    List<String> lines = new ArrayList<>();
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      lines.add(header);
    }
    for (String header : lines) {
      int colon = header.indexOf(':');
      if (colon < 0) {
        return null;
      }
      headers.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
    }
    Request head = new Request(words[0], words[1], headers, "");
    if (isIgnored(head)) {
      return head;
    }
    long length = length(headers);
    if (length > LARGEST) {
      in.skipNBytes(length);
      return head;
    }
    String content = new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
    return new Request(words[0], words[1], headers, content);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  /** Stops listening, and ends all connections. */
  @Override
  public void close() {
    closed.countDown();
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
