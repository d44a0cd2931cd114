package dev.mydocker.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChallengeTest {
  @Test
  void challengesAreReadFromOneHeaderOrSeveral() {
    List<Challenge> all =
        Challenge.parse(
            List.of(
                "Bearer realm=\"https://auth/token\",service=\"a \\\"b\\\", c\" , scope=x",
                "Negotiate, Basic realm=r"));
    assertThat(all).extracting(Challenge::scheme).containsExactly("bearer", "negotiate", "basic");
    assertThat(all.get(0).parameter("realm")).isEqualTo("https://auth/token");
    assertThat(all.get(0).parameter("service")).isEqualTo("a \"b\", c");
    assertThat(all.get(0).parameter("scope")).isEqualTo("x");
    assertThat(all.get(2).parameter("realm")).isEqualTo("r");
  }

  @Test
  void whatIsMalformedDoesNoHarm() {
    assertThat(Challenge.parse(List.of("", ",,", "=\"", "Basic realm=\"open"))).isNotEmpty();
  }

  @Test
  void retryAfterIsSecondsOrADate() {
    assertThat(Retry.delay("7")).isEqualTo(Duration.ofSeconds(7));
    assertThat(Retry.delay("-1")).isEqualTo(Duration.ZERO);
    assertThat(Retry.delay("Sun, 06 Nov 1994 08:49:37 GMT")).isEqualTo(Duration.ZERO);
    assertThat(Retry.delay("soon")).isNull();
    assertThat(Retry.delay(null)).isNull();
  }
}
