package dev.mydocker.testing.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Transfers that are cut, fail for the moment, are killed or meet each other: they go on where they
 * were.
 */
class InterruptedTransferIT extends RegistryTest {
  InterruptedTransferIT(Sandbox sandbox) {
    super(sandbox);
  }

  @Test
  void aConnectionThatIsCutAgainAndAgainGoesOnWhereItWas() throws IOException {
    byte[] content = image.layers.get(0);
    answer(
        blob(0),
        (request, out) -> {
          int from = request.from();
          int to = Math.min(content.length, from + 70_000);
          FakeRegistry.write(
              out,
              "HTTP/1.1 "
                  + (from > 0
                      ? "206 Partial\r\nContent-Range: bytes "
                          + from
                          + "-"
                          + (content.length - 1)
                          + "/"
                          + content.length
                      : "200 OK")
                  + "\r\nContent-Length: "
                  + (content.length - from)
                  + "\r\n\r\n");
          out.write(content, from, to - from);
          out.flush();
          if (to < content.length) {
            throw new IOException("cut");
          }
        });
    pull().run().orThrow();
    assertThat(registry.requests(blob(0)).stream().map(FakeRegistry.Request::from).toList())
        .containsExactly(0, 70_000, 140_000, 210_000, 280_000);
    requireWhole();
  }

  @Test
  void whatIsCutWhereNobodyKnowsPartsComesAgainFromTheStart() throws IOException {
    byte[] content = image.layers.get(0);
    AtomicInteger times = new AtomicInteger();
    answer(
        blob(0),
        (_, out) -> {
          FakeRegistry.write(
              out, "HTTP/1.1 200 OK\r\nContent-Length: " + content.length + "\r\n\r\n");
          out.write(content, 0, times.getAndIncrement() == 0 ? 100_000 : content.length);
          out.flush();
          throw new IOException("cut");
        });
    pull().run().orThrow();
    assertThat(times).hasValue(2);
    requireWhole();
  }

  @Test
  void whatFailsForTheMomentIsAskedAgain() throws IOException {
    AtomicInteger manifests = new AtomicInteger();
    answer(
        MANIFEST,
        (request, out) -> {
          switch (manifests.getAndIncrement()) {
            case 0 -> FakeRegistry.status(out, 503, "", "");
            case 1 -> FakeRegistry.status(out, 429, "Retry-After: 0\r\n", "");
            default ->
                FakeRegistry.serve(
                    request, out, SmallImage.MANIFEST_TYPE, image.manifest().getBytes(UTF_8));
          }
        });
    AtomicInteger blobs = new AtomicInteger();
    answer(
        blob(1),
        (request, out) ->
            FakeRegistry.serve(
                request, out, "x", blobs.getAndIncrement() == 0 ? other() : image.layers.get(1)));
    Command.Result result = pull().run().orThrow();
    assertThat(manifests).hasValue(3);
    assertThat(blobs).hasValue(2);
    assertThat(result.stdout()).contains(": Retrying what came had another digest");
    requireWhole();
  }

  @Test
  void twoPullsAtOnceFetchALayerOnce() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    byte[] content = image.layers.get(0);
    answer(
        MANIFEST,
        (request, out) -> {
          both.countDown();
          try {
            both.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          FakeRegistry.serve(
              request, out, SmallImage.MANIFEST_TYPE, image.manifest().getBytes(UTF_8));
        });
    Process first = pull().start();
    Process second = pull().start();
    for (Process each : List.of(first, second)) {
      String errors = new String(each.getErrorStream().readAllBytes(), UTF_8);
      assertThat(each.waitFor()).as(errors).isZero();
    }
    assertThat(registry.requests(blob(0))).hasSize(1);
    assertThat(registry.requests(blob(1))).hasSize(1);
    assertThat(content).isNotEmpty();
    requireWhole();
  }

  @Test
  void aPullThatWasKilledIsCompletedByTheNextOneWithoutFetchingTwice() throws Exception {
    byte[] content = image.layers.get(1);
    CountDownLatch killed = new CountDownLatch(1);
    answer(
        blob(1),
        (request, out) -> {
          if (request.from() > 0) {
            FakeRegistry.serve(request, out, "x", content);
            return;
          }
          FakeRegistry.write(
              out, "HTTP/1.1 200 OK\r\nContent-Length: " + content.length + "\r\n\r\n");
          out.write(content, 0, 200_000);
          out.flush();
          try {
            killed.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    Process victim = pull().environment("MYDOCKER_REGISTRIES", patient().toString()).start();
    Path partial = sandbox.root().resolve("images/partial");
    Path half = partial.resolve(image.layerDigest(1).substring("sha256:".length()));
    Path whole = partial.resolve(image.layerDigest(0).substring("sha256:".length()));
    while (!(Files.exists(half)
        && Files.size(half) == 200_000
        && Files.exists(whole)
        && Files.size(whole) == image.layers.get(0).length)) {
      assertThat(victim.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    victim.destroyForcibly().waitFor();
    killed.countDown();
    assertThat(sandbox.mydocker("images", "-aq").run().orThrow().stdout()).isEmpty();
    pull().run().orThrow();
    assertThat(registry.requests(blob(0))).hasSize(1);
    assertThat(registry.requests(blob(1)).stream().map(FakeRegistry.Request::from).toList())
        .containsExactly(0, 200_000);
    requireWhole();
  }

  @Test
  void aBlobThatIsTooLargeForOneRequestIsSentInPieces() throws IOException {
    SmallImage large = SmallImage.of(1, 3_000_000);
    large.serve(registry, "app", "1");
    pull().run().orThrow();
    String name = registry.host() + "/other:1";
    sandbox.mydocker("tag", registry.host() + "/app:1", name).run().orThrow();
    String layer = large.layerDigest(0).replace(":", "%3A");
    String config = FakeRegistry.digest(large.config).replace(":", "%3A");
    String uploads = "/v2/other/blobs/uploads/";
    answer(uploads + "?mount=" + layer + "&from=app", status(202, "Location: /layer\r\n", ""));
    answer(uploads, status(202, "Location: /config\r\n", ""));
    List<String> taken = new ArrayList<>();
    answer(
        "/layer",
        (request, out) -> {
          if (Integer.parseInt(request.header("content-length")) > 1 << 20) {
            FakeRegistry.status(out, 413, "", "");
          } else {
            taken.add(request.header("content-range"));
            FakeRegistry.status(out, 202, "Location: /layer\r\n", "");
          }
        });
    answer("/config", status(202, "Location: /config\r\n", ""));
    answer("/layer?digest=" + layer, status(201, "", ""));
    answer("/config?digest=" + config, status(201, "", ""));
    answer("/v2/other/manifests/1", status(201, "", ""));
    sandbox
        .mydocker("push", name)
        .environment("DOCKER_CONFIG", sandbox.directory() + "/docker")
        .run()
        .orThrow();
    int size = large.layers.get(0).length;
    assertThat(taken).containsExactly("0-1048575", "1048576-2097151", "2097152-" + (size - 1));
  }
}
