package dev.mydocker.testing.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.LocalRegistry;
import dev.mydocker.testkit.LocalRegistry.Access;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Images that belong to another one go to Debian's docker-registry, which does not list them: the
 * list is kept under a tag.
 */
@ExtendWith(SandboxExtension.class)
@Requires({Need.ROOT, Need.OVERLAY, Need.REGISTRY})
class ReferrersIT {
  private static final String ZEROS = "0".repeat(64);

  private static String signing(String note) {
    return ",\"artifactType\":\"application/x-signature\",\"subject\":"
        + SmallImage.descriptor(SmallImage.MANIFEST_TYPE, "sha256:" + ZEROS, 7)
        + ",\"annotations\":{\"note\":\""
        + note
        + "\"}";
  }

  private static void pushAs(Sandbox sandbox, String source, String name) {
    sandbox.mydocker("pull", "-q", source).run().orThrow();
    sandbox.mydocker("tag", source, name).run().orThrow();
    sandbox.mydocker("push", "-q", name).run().orThrow();
  }

  private static String get(String host, String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://" + host + path).toURL().openConnection();
    connection.setRequestProperty(
        "Accept", SmallImage.INDEX_TYPE + ", " + SmallImage.MANIFEST_TYPE);
    try (InputStream in = connection.getInputStream()) {
      return connection.getContentType() + " " + new String(in.readAllBytes(), UTF_8);
    } finally {
      connection.disconnect();
    }
  }

  @Test
  void theListOfASubjectIsKeptUnderATag(Sandbox sandbox) throws IOException {
    try (FakeRegistry from = FakeRegistry.start();
        LocalRegistry to = LocalRegistry.start(sandbox.directory().resolve("kept"), Access.OPEN)) {
      SmallImage image = SmallImage.of(1, 100);
      String first = image.serve(from, "a", "1", image.manifest(signing("first")));
      String second = image.serve(from, "a", "2", image.manifest(signing("second")));
      String name = to.host() + "/team/app";
      pushAs(sandbox, from.host() + "/a:1", name + ":1");
      pushAs(sandbox, from.host() + "/a:2", name + ":2");
      pushAs(sandbox, from.host() + "/a:2", name + ":again");

      String list = get(to.host(), "/v2/team/app/manifests/sha256-" + ZEROS);
      assertThat(list)
          .startsWith(SmallImage.INDEX_TYPE)
          .containsOnlyOnce(first)
          .containsOnlyOnce(second)
          .containsOnlyOnce("\"note\":\"first\"")
          .contains("\"artifactType\":\"application/x-signature\"");
      assertThat(get(to.host(), "/v2/team/app/tags/list")).contains("sha256-" + ZEROS);
    }
  }

  @Test
  void aTagThatIsNoListIsLeftAsItIs(Sandbox sandbox) throws IOException {
    try (FakeRegistry from = FakeRegistry.start();
        LocalRegistry to = LocalRegistry.start(sandbox.directory().resolve("other"), Access.OPEN)) {
      SmallImage image = SmallImage.of(1, 100);
      image.serve(from, "plain", "1");
      image.serve(from, "a", "1", image.manifest(signing("first")));
      String name = to.host() + "/team/app";
      pushAs(sandbox, from.host() + "/plain:1", name + ":sha256-" + ZEROS);
      String before = get(to.host(), "/v2/team/app/manifests/sha256-" + ZEROS);

      sandbox.mydocker("pull", "-q", from.host() + "/a:1").run().orThrow();
      sandbox.mydocker("tag", from.host() + "/a:1", name + ":1").run().orThrow();
      Result pushed = sandbox.mydocker("push", "-q", name + ":1").run();

      assertThat(pushed.exit()).isEqualTo(1);
      assertThat(pushed.stderr())
          .contains("push " + name + ":1", "no list of referrers")
          .hasLineCount(1);
      assertThat(get(to.host(), "/v2/team/app/manifests/sha256-" + ZEROS)).isEqualTo(before);
    }
  }
}
