package dev.mydocker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Checkout;
import dev.mydocker.testkit.Command;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The cache that makes {@code mydocker-oci} start quickly. */
@Requires({Need.ROOT, Need.BUSYBOX})
@ExtendWith(SandboxExtension.class)
class OciCacheIT {
  /** A training that failed on the way is told by nothing but the time that commands take. */
  @Test
  void noClassThatMakesAContainerIsReadFromTheJar(Sandbox sandbox) throws IOException {
    OciBundle bundle = new OciBundle(sandbox, "true").write();
    Path build = Checkout.directory().resolve(".build");
    Path log = bundle.directory().resolve("classes.txt");
    Path script = bundle.directory().resolve("logged");
    Files.writeString(
        script,
        "_mydocker='"
            + Checkout.directory()
            + "'\n_mydocker_program=mydocker-oci\n"
            + Files.readString(build.resolve("current"), UTF_8)
                .replace(
                    "\"$_mydocker_main\"", "-Xlog:class+load:file=" + log + " \"$_mydocker_main\""),
        UTF_8);

    Command.of(
            "sh",
            "-c",
            ". " + script,
            "sh",
            "--root",
            OciBundle.root(sandbox).toString(),
            "run",
            "--bundle",
            bundle.directory().toString(),
            "box")
        .run()
        .orThrow();

    List<String> ours;
    try (Stream<String> lines = Files.lines(log, UTF_8)) {
      ours = lines.filter(line -> line.contains(" dev.mydocker.runtime.")).toList();
    }
    assertThat(ours).isNotEmpty().allMatch(line -> line.endsWith("source: shared objects file"));
  }
}
