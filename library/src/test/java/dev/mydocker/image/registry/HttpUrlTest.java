package dev.mydocker.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpUrlTest {
  @ParameterizedTest
  @CsvSource({
    "https://Registry.example/v2/, https://registry.example/v2/, registry.example, 443",
    "http://localhost:5000, http://localhost:5000/, localhost:5000, 5000",
    "HTTP://a:80/x?y=z#part, http://a/x?y=z, a, 80",
    "https://[::1]:5000/x, https://[::1]:5000/x, [::1]:5000, 5000",
  })
  void addressesAreRead(String text, String whole, String authority, int port) throws IOException {
    HttpUrl url = HttpUrl.parse(text);
    assertThat(url).hasToString(whole);
    assertThat(url.authority()).isEqualTo(authority);
    assertThat(url.port()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a/",
        "a",
        "http://",
        "http://a:x/",
        "http://a:70000/",
        "http://u:p@a/",
        "http://a/b c",
        "http://a/\r\nHost: b"
      })
  void whatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> HttpUrl.parse(text))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("malformed address");
  }

  @ParameterizedTest
  @CsvSource({
    "/v3/x?a=b, https://a.example/v3/x?a=b",
    "//b.example/y, https://b.example/y",
    "http://c:1/z, http://c:1/z",
    "y, https://a.example/v2/y",
    "?q=1, https://a.example/v2/x?q=1",
  })
  void locationsAreResolved(String location, String whole) throws IOException {
    assertThat(HttpUrl.parse("https://a.example/v2/x?old=1").resolve(location)).hasToString(whole);
  }

  @Test
  void parametersAreEscaped() throws IOException {
    assertThat(HttpUrl.parse("http://a/t").withParameter("a", "b c:d/é").withParameter("e", "f"))
        .hasToString("http://a/t?a=b%20c%3Ad%2F%C3%A9&e=f");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, true",
    "127.1.2.3, true",
    "[::1], true",
    "127.example.org, false",
    "localhost.example.org, false",
    "10.0.0.1, false"
  })
  void loopbackIsKnownByName(String host, boolean loopback) throws IOException {
    assertThat(HttpUrl.parse("http://" + host + "/").isLoopback()).isEqualTo(loopback);
  }
}
