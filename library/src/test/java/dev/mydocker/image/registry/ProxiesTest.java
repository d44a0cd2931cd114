package dev.mydocker.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "http_proxy", "http://plain.lan:3128",
          "HTTPS_PROXY", "http://me:p%40ss@secure.lan:3129/",
          "NO_PROXY", "example.org, .only.below,10.0.0.0/8,exact.lan:5000,192.0.2.7");

  @ParameterizedTest
  @CsvSource({
    "http://a.lan/, plain.lan:3128",
    "https://a.lan/, secure.lan:3129",
    "https://example.org/, ",
    "https://sub.example.org/, ",
    "https://notexample.org/, secure.lan:3129",
    "https://x.only.below/, ",
    "https://only.below/, secure.lan:3129",
    "https://10.1.2.3/, ",
    "https://11.1.2.3/, secure.lan:3129",
    "http://exact.lan:5000/, ",
    "http://exact.lan/, plain.lan:3128",
    "https://192.0.2.7/, ",
    "http://localhost:5000/, ",
    "https://127.0.0.1/, ",
  })
  void eachAddressHasItsProxy(String address, String expected) throws IOException {
    Proxies.Proxy proxy = new Proxies(ENVIRONMENT).of(HttpUrl.parse(address));
    assertThat(proxy == null ? null : proxy.url().authority()).isEqualTo(expected);
  }

  @Test
  void aProxysPasswordIsForTheProxyOnly() throws IOException {
    Proxies.Proxy proxy = new Proxies(ENVIRONMENT).of(HttpUrl.parse("https://a.lan/"));
    // me:p@ss
    assertThat(proxy).extracting(Proxies.Proxy::authorization).isEqualTo("Basic bWU6cEBzcw==");
  }
}
