package dev.mydocker.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketTransportTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private static SocketTransport transport(Duration silence, SocketTransport.Resolver resolver) {
    Trust nobody =
        new Trust() {
          @Override
          public boolean isInsecure(HttpUrl url) {
            return false;
          }

          @Override
          public List<byte[]> authorities(HttpUrl url) {
            return List.of();
          }
        };
    return new SocketTransport(LONG, silence, new Proxies(Map.of()), nobody, resolver);
  }

  @Test
  void aPeerThatTakesNothingIsGivenUp() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      SocketTransport transport = transport(Duration.ofMillis(200), InetAddress::getAllByName);
      HttpUrl url = HttpUrl.parse("http://127.0.0.1:" + server.getLocalPort() + "/");
      try (Transport.Connection connection = transport.connect(url);
          Socket peer = server.accept()) {
        assertThat(peer.isConnected()).isTrue();
        byte[] much = new byte[1 << 20];
        assertThatThrownBy(
                () -> {
                  while (true) {
                    connection.out().write(much);
                  }
                })
            .isInstanceOf(Transport.Stalled.class)
            .hasMessage("the registry takes nothing any more");
      }
    }
  }

  @Test
  void whatAPeerHasNotTakenYetIsKnown() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        SocketChannel channel = SocketChannel.open(server.getLocalSocketAddress());
        Socket peer = server.accept()) {
      assertThat(SendQueue.length(channel.socket())).isZero();
      channel.configureBlocking(false);
      ByteBuffer some = ByteBuffer.allocate(1 << 16);
      long sent = 0;
      for (int count = channel.write(some); count > 0; count = channel.write(some)) {
        sent += count;
        some.clear();
      }
      long queued = SendQueue.length(channel.socket());
      assertThat(queued).isPositive().isLessThanOrEqualTo(sent);
      InputStream in = peer.getInputStream();
      for (long left = sent; left > 0; ) {
        left -= in.skip(left);
      }
      while (SendQueue.length(channel.socket()) > 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aLookUpEndsWhenAllIsGivenUp() throws Exception {
    CountDownLatch looking = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    SocketTransport transport =
        transport(
            LONG,
            host -> {
              looking.countDown();
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return InetAddress.getAllByName("127.0.0.1");
            });
    HttpUrl url = HttpUrl.parse("http://registry.example/");
    CompletableFuture<Transport.Connection> connecting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return transport.connect(url);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    looking.await();
    transport.abort();
    assertThatThrownBy(connecting::get)
        .isInstanceOf(ExecutionException.class)
        .rootCause()
        .hasMessage("given up");
    never.countDown();
    assertThatThrownBy(() -> transport.connect(url)).hasMessage("given up");
  }
}
