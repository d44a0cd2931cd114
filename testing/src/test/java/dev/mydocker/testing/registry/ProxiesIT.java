package dev.mydocker.testing.registry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.LocalRegistry;
import dev.mydocker.testkit.LocalRegistry.Access;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Registries that are reached by a proxy alone: their names mean nothing here. */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class ProxiesIT {
  private static final String PASSWORD =
      "Basic " + Base64.getEncoder().encodeToString("me:pass word".getBytes(UTF_8));

  private final Sandbox sandbox;

  ProxiesIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  private Command mydocker(String... words) throws IOException {
    Path settings =
        Files.writeString(
            sandbox.directory().resolve("registries.json"),
            "{\"insecure-registries\": [\"registry.invalid:5000\"]}");
    return sandbox
        .mydocker(words)
        .environment("MYDOCKER_OFFLINE", "0")
        .environment("MYDOCKER_REGISTRIES", settings.toString())
        .environment("DOCKER_CONFIG", sandbox.directory() + "/docker");
  }

  @Test
  void withoutEncryptionTheProxyIsAskedForWholeAddresses() throws IOException {
    try (FakeRegistry proxy = FakeRegistry.start()) {
      SmallImage image = SmallImage.of(1, 1000);
      String base = "http://registry.invalid:5000/v2/app/";
      byte[] manifest = image.manifest().getBytes(UTF_8);
      proxy.serve(base + "manifests/1", SmallImage.MANIFEST_TYPE, manifest);
      proxy.serve(base + "blobs/" + image.layerDigest(0), "x", image.layers.get(0));
      proxy.serve(base + "blobs/" + FakeRegistry.digest(image.config), "x", image.config);
      String name = "registry.invalid:5000/app:1";
      mydocker("pull", "-q", name)
          .environment("http_proxy", "http://me:pass%20word@" + proxy.host())
          .environment("HTTPS_PROXY", proxy.host())
          .run()
          .orThrow();
      // Encryption was asked for first, and the proxy has no way to it.
      assertThat(proxy.requests().getFirst().method()).isEqualTo("CONNECT");
      assertThat(proxy.requests("registry.invalid:5000")).isNotEmpty();
      assertThat(proxy.requests(base + "manifests/1").getFirst().header("proxy-authorization"))
          .isEqualTo(PASSWORD);
      assertThat(proxy.requests(base + "blobs/" + image.layerDigest(0))).hasSize(1);
      sandbox.mydocker("rmi", name).run().orThrow();
    }
  }

  @Test
  @Requires({Need.OVERLAY, Need.BUSYBOX, Need.REGISTRY})
  void withEncryptionTheProxyPassesOnWhatItCannotRead() throws IOException {
    Path work = Files.createDirectories(sandbox.directory().resolve("tls"));
    try (LocalRegistry registry = LocalRegistry.start(work, Access.TLS);
        Tunnel tunnel = Tunnel.to(registry.host())) {
      String name = "registry.invalid:5000/app:1";
      sandbox.mydocker("run", "--rm", "busybox", "true").run().orThrow();
      sandbox.mydocker("tag", "busybox", name).run().orThrow();
      for (String verb : List.of("push", "pull")) {
        mydocker(verb, "-q", name)
            .environment("HTTPS_PROXY", "http://me:pass%20word@" + tunnel.host())
            .run()
            .orThrow();
      }
      assertThat(tunnel.heads())
          .isNotEmpty()
          .allMatch(head -> head.startsWith("CONNECT registry.invalid:5000 HTTP/1.1\r\n"))
          .allMatch(head -> head.contains("Proxy-Authorization: " + PASSWORD + "\r\n"));
      sandbox.mydocker("rmi", name, "busybox").run().orThrow();
    }
  }

  @Test
  void aProxyThatRefusesOrIsNoneIsSaid() throws IOException {
    try (FakeRegistry proxy = FakeRegistry.start()) {
      Result refused =
          mydocker("pull", "other.invalid/app:1").environment("https_proxy", proxy.host()).run();
      assertThat(refused)
          .isEqualTo(
              new Result(
                  1,
                  "",
                  "mydocker: pull other.invalid/app:1: connect to other.invalid:443 by the proxy "
                      + proxy.host()
                      + ": HTTP/1.1 404 X; check HTTPS_PROXY and NO_PROXY\n"));
    }
    Result unknown =
        mydocker("pull", "other.invalid/app:1").environment("HTTPS_PROXY", "socks5://x:1").run();
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.stderr())
        .hasLineCount(1)
        .contains("the proxy socks5://x:1 is not supported: only those of http:// are");
  }

  /** A proxy that leads to one registry, whatever it is asked for. */
  private static final class Tunnel implements Closeable {
    private final ServerSocket server;
    private final int target;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    private Tunnel(ServerSocket server, int target) {
      this.server = server;
      this.target = target;
    }

    static Tunnel to(String host) throws IOException {
      int port = Integer.parseInt(host.substring(host.indexOf(':') + 1));
      Tunnel tunnel = new Tunnel(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
      Thread.ofVirtual().start(tunnel::accept);
      return tunnel;
    }

    String host() {
      return "127.0.0.1:" + server.getLocalPort();
    }

    /** What was asked of it. */
    List<String> heads() {
      return List.copyOf(heads);
    }

    private void accept() {
      while (!server.isClosed()) {
        try {
          Socket client = server.accept();
          open.add(client);
          Thread.ofVirtual().start(() -> talk(client));
        } catch (IOException e) {
          // Closed: the test is over.
          return;
        }
      }
    }

    private void talk(Socket client) {
      try (client;
          Socket there = new Socket(InetAddress.getLoopbackAddress(), target)) {
        open.add(there);
        InputStream in = client.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
          int c = in.read();
          if (c < 0) {
            return;
          }
          head.append((char) c);
        }
        heads.add(head.toString());
        OutputStream out = client.getOutputStream();
        out.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(ISO_8859_1));
        Thread back = Thread.ofVirtual().start(() -> pass(there, client));
        pass(client, there);
        back.join();
      } catch (IOException e) {
        // One of both has gone, as connections do.
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void pass(Socket from, Socket to) {
      try {
        from.getInputStream().transferTo(to.getOutputStream());
        to.shutdownOutput();
      } catch (IOException e) {
        // As above.
        return;
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}
