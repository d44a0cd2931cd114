package dev.mydocker.image.registry;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Proves to one registry who asks: by name and password, or by a token that a server which the
 * registry names gives for them (distribution specification; Docker's token authentication).
 *
 * <p>Credentials are looked up when they are first asked for, since a helper may be slow.
 */
final class Authenticator {
  private static final int LARGEST_TOKEN = 1 << 20;
  private static final String BASIC = "basic";

  private final HttpClient http;
  private final String registry;
  private final Supplier<Optional<Credentials>> source;
  private final Map<String, String> headers = new HashMap<>();
  private Optional<Credentials> credentials = Optional.empty();
  private boolean looked;

  /**
   * @param registry what messages call it
   */
  Authenticator(HttpClient http, String registry, Supplier<Optional<Credentials>> source) {
    this.http = http;
    this.registry = registry;
    this.source = source;
  }

  /** What is sent with a request for a scope, as far as that is known yet. */
  synchronized @Nullable String header(String scope) {
    String basic = headers.get(BASIC);
    return basic == null ? headers.get(scope) : basic;
  }

  /**
   * Answers a 401.
   *
   * @param used the header that was sent, or null
   * @return the header to send instead
   * @throws Refused if there is nothing more to say
   */
  synchronized String answer(HttpResponse refusal, String scope, @Nullable String used)
      throws IOException {
    String known = header(scope);
    if (known != null && !known.equals(used)) {
      // Another thread has asked meanwhile.
      return known;
    }
    List<Challenge> challenges = Challenge.parse(refusal.headers().all("WWW-Authenticate"));
    for (Challenge challenge : challenges) {
      if (challenge.scheme().equals("bearer")) {
        String header = "Bearer " + token(challenge, scope, refusal.url());
        if (header.equals(used)) {
          throw denied();
        }
        headers.put(scope, header);
        return header;
      }
    }
    for (Challenge challenge : challenges) {
      if (challenge.scheme().equals(BASIC)) {
        Optional<Credentials> given = credentials();
        if (given.isEmpty() || given.get().user().isEmpty() || used != null) {
          throw denied();
        }
        headers.put(BASIC, given.get().basic());
        return given.get().basic();
      }
    }
    throw denied();
  }

  private Optional<Credentials> credentials() {
    if (!looked) {
      credentials = source.get();
      looked = true;
    }
    return credentials;
  }

  /** What is said where the registry knows us and lets us not, or does not know us. */
  Refused denied() {
    boolean anonymous = credentials().isEmpty();
    return new Refused(
        Category.UNSUPPORTED,
        anonymous
            ? "access denied: there is no such repository, or " + registry + " wants a login"
            : registry + " refuses these credentials, or they do not suffice",
        "log in: mydocker login " + registry);
  }

  private String token(Challenge challenge, String scope, HttpUrl asked) throws IOException {
    if (challenge.parameter("realm").isEmpty()) {
      throw new Refused(
          Category.INVALID, registry + " wants a token, and does not say whose", null);
    }
    HttpUrl realm = asked.resolve(challenge.parameter("realm"));
    if (asked.secure() && !realm.secure()) {
      throw new Refused(
          Category.INVALID,
          registry + " wants credentials sent to " + realm.origin() + ", which is not encrypted",
          null);
    }
    String scopes = scope.isEmpty() ? challenge.parameter("scope") : scope;
    Optional<Credentials> known = credentials();
    boolean exchange = known.isPresent() && !known.get().identityToken().isEmpty();
    HttpRequest request =
        exchange
            ? exchange(realm, challenge, scopes, known.get().identityToken())
            : get(realm, challenge, scopes);
    if (known.isPresent() && !exchange) {
      request = request.with("Authorization", known.get().basic());
    }
    try (HttpResponse response = http.send(request)) {
      if (response.status() == 401 || response.status() == 403) {
        throw denied();
      }
      if (response.status() != 200) {
        String problem = "ask " + realm.origin() + " for a token: status " + response.status();
        throw Retry.isTemporary(response.status())
            ? new IOException(problem)
            : new Refused(Category.INVALID, problem, "check that " + registry + " is a registry");
      }
      return token(response.read(LARGEST_TOKEN), realm);
    }
  }

  private static HttpRequest get(HttpUrl realm, Challenge challenge, String scopes)
      throws IOException {
    HttpUrl url = realm;
    if (!challenge.parameter("service").isEmpty()) {
      url = url.withParameter("service", challenge.parameter("service"));
    }
    for (String scope : scopes.split(" ", -1)) {
      if (!scope.isEmpty()) {
        url = url.withParameter("scope", scope);
      }
    }
    return HttpRequest.of("GET", url);
  }

  /** OAuth 2: RFC 6749, 6. */
  private static HttpRequest exchange(
      HttpUrl realm, Challenge challenge, String scopes, String token) {
    String form =
        "grant_type=refresh_token&client_id=mydocker&service="
            + HttpUrl.escape(challenge.parameter("service"))
            + "&scope="
            + HttpUrl.escape(scopes)
            + "&refresh_token="
            + HttpUrl.escape(token);
    return HttpRequest.of("POST", realm)
        .with("Content-Type", "application/x-www-form-urlencoded")
        .with(new Text(form.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Content that is at hand. */
  record Text(byte[] bytes) implements HttpRequest.Body {
    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }
  }

  private static String token(byte[] json, HttpUrl realm) throws IOException {
    JsonObject answer;
    try {
      answer = Json.parseObject(json, "the token of " + realm.origin());
    } catch (MydockerException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
    for (String name : List.of("token", "access_token")) {
      if (answer.get(name) instanceof JsonString token && !token.value().isEmpty()) {
        return token.value();
      }
    }
    throw new IOException("the answer of " + realm.origin() + " has no token");
  }
}
