package dev.mydocker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.oci.spec.RuntimeSpec;
import dev.mydocker.runtime.cgroup.CgroupJoin;
import dev.mydocker.runtime.plan.Explanation;
import dev.mydocker.runtime.process.Accounts;
import dev.mydocker.runtime.rootfs.Overlay;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * All that a usual container's init does, call by call. A change of it shows here as what it is;
 * {@code -Dmydocker.golden=write} takes the new plan for right.
 */
class DefaultPlanTest {
  private static final String GOLDEN = "default-plan.txt";

  @Test
  void aUsualContainerIsMadeLikeThis() throws IOException {
    RuntimeSpec spec = RuntimeSpec.parse(resource("default-container.json"), "config.json");
    LaunchRequest request = request(spec);
    SetupPlan setup = new SetupPlan(new Nobody(), request, 9, 8, List.of());
    FinalPlan last =
        new FinalPlan(
            "c0ffee",
            Objects.requireNonNull(spec.process()),
            spec.linux(),
            null,
            new Accounts("root:x:0:0:root:/root:/bin/sh\n", ""),
            new FinalPlan.Connection(-1, 21, 22, -1, false),
            request.seccomp(),
            -1,
            false,
            FinalPlan.Wishes.NONE);
    List<String> lines = new ArrayList<>(Explanation.of(setup.plan()));
    lines.add("");
    lines.addAll(Explanation.of(last.plan()));
    String explained = String.join("\n", lines) + "\n";
    if ("write".equals(System.getProperty("mydocker.golden"))) {
      Files.writeString(Path.of("src/test/resources/dev/mydocker/runtime", GOLDEN), explained);
    }
    assertThat(explained).isEqualTo(new String(resource(GOLDEN), StandardCharsets.UTF_8));
  }

  private static LaunchRequest request(RuntimeSpec spec) {
    return new LaunchRequest(
        "c0ffee",
        spec,
        null,
        new Overlay(List.of("/layer"), null, null, false),
        "/run/mydocker/c0ffee",
        CgroupJoin.none(new FileWorker(new Nobody())),
        List.of(),
        null,
        false,
        new LaunchRequest.SeccompProgram(new byte[16], 0),
        false,
        false);
  }

  private static byte[] resource(String name) {
    try (InputStream in = DefaultPlanTest.class.getResourceAsStream(name)) {
      return in == null ? new byte[0] : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Making a plan asks nothing of the machine. */
  private record Nobody() implements Performer {
    @Override
    public Reply perform(Segment segment) {
      throw new AssertionError("performed " + Explanation.of(segment, 0));
    }

    @Override
    public String helper() {
      throw new AssertionError();
    }

    @Override
    public void close() {}
  }
}
