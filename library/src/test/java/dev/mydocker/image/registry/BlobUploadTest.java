package dev.mydocker.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlobUploadTest {
  private static HttpResponse answer(String from, String location) throws IOException {
    HttpHeaders headers = new HttpHeaders().add("Location", location);
    return new HttpResponse(
        202, HttpUrl.parse(from), headers, InputStream.nullInputStream(), () -> {});
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.lan/v2/x/blobs/uploads/, /up/1?s=2,             https://a.lan/up/1?s=2",
    "https://a.lan/v2/x/blobs/uploads/, https://cloud.lan/1,   https://cloud.lan/1",
    "http://127.0.0.1:5000/v2/,         http://127.0.0.1:5000/1, http://127.0.0.1:5000/1",
  })
  void blobsGoWhereTheRegistryWantsThem(String from, String location, String expected)
      throws IOException {
    assertThat(BlobUpload.location(answer(from, location))).hasToString(expected);
  }

  @Test
  void whatIsEncryptedStaysSo() throws IOException {
    HttpResponse answer = answer("https://a.lan/v2/x/blobs/uploads/", "http://a.lan/up/1");
    assertThatThrownBy(() -> BlobUpload.location(answer))
        .isInstanceOf(Refused.class)
        .hasMessage("https://a.lan wants blobs sent to http://a.lan, which is not encrypted");
  }
}
