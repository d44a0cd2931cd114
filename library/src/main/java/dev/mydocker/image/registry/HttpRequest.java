package dev.mydocker.image.registry;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * What is asked.
 *
 * @param method such as GET
 * @param url of whom, and for what
 * @param headers further header fields
 * @param body what is sent along, or null
 */
record HttpRequest(String method, HttpUrl url, HttpHeaders headers, @Nullable Body body) {
  /** Content that is sent, perhaps more than once. */
  interface Body {
    long length();

    InputStream open() throws IOException;
  }

  static HttpRequest of(String method, HttpUrl url) {
    return new HttpRequest(method, url, new HttpHeaders(), null);
  }

  HttpRequest with(String name, String value) {
    HttpHeaders more = new HttpHeaders();
    for (int i = 0; i < headers.count(); i++) {
      if (!headers.name(i).equalsIgnoreCase(name)) {
        more.add(headers.name(i), headers.value(i));
      }
    }
    return new HttpRequest(method, url, more.add(name, value), body);
  }

  HttpRequest without(String name) {
    HttpHeaders less = new HttpHeaders();
    for (int i = 0; i < headers.count(); i++) {
      if (!headers.name(i).equalsIgnoreCase(name)) {
        less.add(headers.name(i), headers.value(i));
      }
    }
    return new HttpRequest(method, url, less, body);
  }

  HttpRequest with(Body content) {
    return new HttpRequest(method, url, headers, content);
  }

  HttpRequest at(HttpUrl other) {
    return new HttpRequest(method, other, headers, body);
  }

  /** Whether to ask twice is as good as once, and content that was sent can be sent again. */
  boolean isRepeatable() {
    return method.equals("GET") || method.equals("HEAD") || method.equals("PUT");
  }
}
