package dev.mydocker.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultImageTest {
  /** Official images of Docker's that could be taken for a command. */
  private static final List<String> OFFICIAL =
      List.of(
          "alpine",
          "bash",
          "busybox",
          "caddy",
          "clojure",
          "composer",
          "consul",
          "crate",
          "dart",
          "debian",
          "docker",
          "eggdrop",
          "elixir",
          "erlang",
          "flink",
          "gcc",
          "golang",
          "gradle",
          "groovy",
          "haproxy",
          "haskell",
          "httpd",
          "irssi",
          "jruby",
          "julia",
          "kong",
          "logstash",
          "mariadb",
          "maven",
          "memcached",
          "mongo",
          "mysql",
          "nats",
          "nginx",
          "node",
          "perl",
          "php",
          "postgres",
          "pypy",
          "python",
          "r-base",
          "rakudo-star",
          "redis",
          "registry",
          "ruby",
          "rust",
          "scratch",
          "solr",
          "sonarqube",
          "storm",
          "swift",
          "telegraf",
          "tomcat",
          "traefik",
          "ubuntu",
          "vault",
          "varnish",
          "zookeeper");

  @ParameterizedTest
  @CsvSource({
    "/bin/sh, true",
    "/bin/ls, true",
    "top, true",
    "sh, true",
    "ls, true",
    "busybox, false",
    "httpd, false",
    "bash, false",
    "nginx, false",
    "busybox:latest, false",
    "./sh, false",
    "library/sh, false",
    "stress, false",
    "'', false",
  })
  void aCommandIsToldFromAnImage(String word, boolean command) {
    assertThat(DefaultImage.isMeantBy(word, name -> false)).isEqualTo(command);
  }

  @Test
  void aLocalImageOfThatNameWins() {
    assertThat(DefaultImage.isMeantBy("top", "top"::equals)).isFalse();
  }

  @Test
  void noEverydayCommandIsAnOfficialImage() {
    assertThat(DefaultImage.EVERYDAY).doesNotContainAnyElementsOf(OFFICIAL);
  }

  @Test
  void theNoticeIsOneLine() {
    assertThat(DefaultImage.notice("top"))
        .isEqualTo("mydocker: top names no image; running it in busybox");
  }
}
