package dev.mydocker.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's docker-registry on loopback, with its files in a directory. */
public final class LocalRegistry implements Closeable {
  /** The user that a registry with {@link Access#PASSWORD} knows. */
  public static final String USER = "user";

  /** That user's password. */
  public static final String PASSWORD = "secret";

  private static final String HTPASSWD =
      USER + ":$2y$05$LIHXqSBDWq16wVAeMkBKl.u85nrcB1VjA414jfrKjzkI5SYE9DBz.\n";

  /** Who may do what, and how. */
  public enum Access {
    /** Anybody. */
    OPEN,
    /** One user, with a password. */
    PASSWORD,
    /** Anybody, by TLS, with a certificate that nobody knows: {@link #certificate}. */
    TLS
  }

  private final Path directory;
  private final int port;
  private final Process process;

  private LocalRegistry(Path directory, int port, Process process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /** Starts one. */
  public static LocalRegistry start(Path directory, Access access) {
    try {
      Files.createDirectories(directory);
      int port = freePort();
      Path config =
          Files.writeString(directory.resolve("config.yml"), config(directory, port, access));
      Process process =
          new ProcessBuilder("docker-registry", "serve", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      LocalRegistry registry = new LocalRegistry(directory, port, process);
      registry.await();
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String config(Path directory, int port, Access access) throws IOException {
    StringBuilder config = new StringBuilder("version: 0.1\nlog: {level: warn}\nstorage:\n");
    config.append("  filesystem: {rootdirectory: ").append(directory).append("/data}\n");
    config.append("  delete: {enabled: true}\nhttp:\n  addr: 127.0.0.1:").append(port).append('\n');
    if (access == Access.TLS) {
      makeCertificate(directory);
      config.append("  tls: {certificate: ").append(directory).append("/server.crt, key: ");
      config.append(directory).append("/server.key}\n");
    }
    if (access == Access.PASSWORD) {
      Path users = Files.writeString(directory.resolve("htpasswd"), HTPASSWD);
      config.append("auth:\n  htpasswd: {realm: test, path: ").append(users).append("}\n");
    }
    return config.toString();
  }

  private static void makeCertificate(Path directory) {
    Command.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            directory + "/server.key",
            "-out",
            directory + "/server.crt",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1")
        .run()
        .orThrow();
  }

  private void await() throws IOException {
    for (int i = 0; i < 600 && process.isAlive(); i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
        return;
      } catch (IOException e) {
        pause();
      }
    }
    throw new IOException("docker-registry: " + Files.readString(directory.resolve("log")));
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** How it is called in names of images. */
  public String host() {
    return "localhost:" + port;
  }

  /** The certificate, where it has one. */
  public Path certificate() {
    return directory.resolve("server.crt");
  }

  /** Ends it. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
