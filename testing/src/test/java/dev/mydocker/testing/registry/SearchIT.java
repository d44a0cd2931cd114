package dev.mydocker.testing.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.testkit.Command.Result;
import dev.mydocker.testkit.FakeRegistry;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A registry that can search, and what it finds. */
@Requires(Need.ROOT)
@ExtendWith(SandboxExtension.class)
class SearchIT {
  private final Sandbox sandbox;
  private FakeRegistry registry;

  SearchIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @BeforeEach
  void start() {
    registry = FakeRegistry.start();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private Result search(String answer, String... words) {
    for (String limit : List.of("25", "3")) {
      registry.answer(
          "/v1/search?q=some%20thing&n=" + limit,
          (_, out) -> FakeRegistry.status(out, 200, "Content-Type: application/json\r\n", answer));
    }
    List<String> line = new ArrayList<>(List.of("search"));
    line.addAll(List.of(words));
    line.add(registry.host() + "/some thing");
    return sandbox.mydocker(line.toArray(String[]::new)).run();
  }

  @Test
  void whatIsFoundIsATable() {
    String found =
        """
        {"num_results": 2, "results": [
          {"name": "nginx", "description": "Official build of a server, and of what belongs to it all.",
           "star_count": 20000, "is_official": true, "is_automated": false},
          {"name": "team/nginx", "description": "", "star_count": 3, "is_official": false,
           "is_automated": true, "is_trusted": false}]}
        """;
    assertThat(search(found).orThrow().stdout().lines())
        .containsExactly(
            "NAME         DESCRIPTION                                     STARS     OFFICIAL",
            "nginx        Official build of a server, and of what belo…   20000     [OK]",
            "team/nginx                                                   3         ");
    assertThat(search(found, "--no-trunc").orThrow().stdout())
        .contains("Official build of a server, and of what belongs to it all.");
    search(found, "--limit", "3").orThrow();
    assertThat(registry.requests().stream().map(FakeRegistry.Request::path).toList())
        .endsWith("/v1/search?q=some%20thing&n=3");
  }

  @Test
  void whatIsFoundIsFilteredAndFormatted() {
    String found =
        """
        {"results": [
          {"name": "one", "description": "first", "star_count": 30, "is_official": true},
          {"name": "two", "description": "", "star_count": 3, "is_automated": true},
          {"name": "three", "description": "", "star_count": 2}]}
        """;
    String name = "{{.Name}}";
    assertThat(search(found, "--format", name, "-f", "stars=3").stdout()).isEqualTo("one\ntwo\n");
    assertThat(search(found, "--format", name, "-f", "is-official=true").stdout())
        .isEqualTo("one\n");
    assertThat(search(found, "--format", name, "-f", "is-official=false", "-f", "stars=3").stdout())
        .isEqualTo("two\n");
    assertThat(search(found, "--format", name, "-f", "is-automated=false").stdout())
        .isEqualTo("one\nthree\n");
    assertThat(search(found, "--format", "json", "-f", "stars=30").stdout())
        .isEqualTo(
            "{\"Description\":\"first\",\"IsAutomated\":\"false\",\"IsOfficial\":\"true\","
                + "\"Name\":\"one\",\"StarCount\":\"30\"}\n");
    assertThat(search(found, "--format", "table {{.Name}}\t{{.IsOfficial}}").stdout().lines())
        .containsExactly("NAME      OFFICIAL", "one       [OK]", "two       ", "three     ");
    assertThat(search(found, "-f", "stars=many"))
        .isEqualTo(
            new Result(
                1,
                "",
                "mydocker: invalid filter 'stars=many'; it is how many stars there must be at"
                    + " least\n"));
    assertThat(search(found, "-f", "size=1").stderr())
        .hasLineCount(1)
        .contains("invalid filter 'size'");
  }

  @Test
  void nothingFoundIsAnEmptyTable() {
    assertThat(search("{\"results\": []}").orThrow().stdout()).hasLineCount(1).startsWith("NAME");
  }

  @Test
  void whatIsFoundSteersNoTerminal() {
    String hostile =
        "{\"results\":[{\"name\":\"a\\u001b[2J\",\"description\":\"x\\u001b]0;owned\\u0007\\ny\"}]}";
    assertThat(search(hostile).orThrow().stdout())
        .contains("a\\x1b[2J", "x\\x1b]0;owned\\x07 y")
        .doesNotContain("\u001b");
  }

  @Test
  void anAnswerThatIsNoneIsSaidInOneLine() {
    Result garbage = search("<html>");
    assertThat(garbage.exit()).isEqualTo(1);
    assertThat(garbage.stderr())
        .startsWith("mydocker: search " + registry.host() + " for some thing: ")
        .hasLineCount(1);
    Result limit = search("{}", "--limit", "101");
    assertThat(limit.exit()).isEqualTo(1);
    assertThat(limit.stderr()).isEqualTo("mydocker: --limit 101 is not between 1 and 100\n");
  }
}
