package dev.mydocker.image.registry;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Speaks with registries, for one operation; to be closed. */
public final class RegistryClient implements AutoCloseable {
  private static final int LARGEST_ERROR = 1 << 14;
  private static final int LARGEST_ANSWER = 8 << 20;
  private static final int LONGEST_MESSAGE = 200;

  private final RegistrySettings settings;
  private final CredentialStore credentials;
  private final HttpClient http;
  private final Patience patience;

  /**
   * @param files reads settings and credentials
   * @param environment the caller's variables
   * @param patience how long to wait
   */
  public RegistryClient(FileWorker files, Map<String, String> environment, Patience patience) {
    this.settings = new RegistrySettings(files, environment);
    this.credentials = new CredentialStore(files, environment);
    this.patience = patience;
    Duration silence = shorter(settings.timeout(), patience.silence());
    this.http =
        new HttpClient(
            new SocketTransport(
                shorter(patience.connect(), silence), silence, new Proxies(environment), settings),
            settings::isAllowed);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** The repository that a name is of. */
  public Repository repository(ImageReference reference) throws IOException {
    List<Endpoint> endpoints = new ArrayList<>();
    for (List<HttpUrl> bases : settings.endpoints(reference.registry())) {
      endpoints.add(endpoint(reference.registry(), bases));
    }
    return new Repository(reference.path(), endpoints);
  }

  /** A mirror is another host: it gets the credentials that are kept for it, not the registry's. */
  private Endpoint endpoint(String registry, List<HttpUrl> bases) throws IOException {
    String host = bases.getFirst().authority();
    boolean own = settings.origin(registry).getFirst().authority().equals(host);
    String name = own ? registry : host;
    return new Endpoint(
        http, bases, new Authenticator(http, name, () -> credentials.find(name)), patience);
  }

  /**
   * Checks credentials with a registry, as {@code login} does.
   *
   * @throws IOException if it refuses them, or is none
   */
  public void login(String registry, Credentials given) throws IOException {
    List<HttpUrl> bases = settings.origin(registry);
    Endpoint endpoint =
        new Endpoint(
            http, bases, new Authenticator(http, registry, () -> Optional.of(given)), patience);
    try (HttpResponse response =
        endpoint.send("", base -> HttpRequest.of("GET", base.withPath("/v2/")))) {
      if (response.status() == 401 || response.status() == 403) {
        throw new Refused(
            Category.UNSUPPORTED,
            registry + " refuses this name and password",
            "check them; some registries want an access token in place of the password");
      }
      if (response.status() != 200) {
        throw failure(response, "no registry of version 2 is there");
      }
    }
  }

  /**
   * One image that a search found.
   *
   * @param name its name
   * @param description what its owner says of it, or empty
   * @param stars how many people like it
   * @param official whether it is one of Docker's own
   * @param automated whether it is built by itself
   */
  public record Found(
      String name, String description, long stars, boolean official, boolean automated) {}

  /** Searches a registry, where it can. */
  public List<Found> search(String registry, String term, int limit) throws IOException {
    List<HttpUrl> bases =
        registry.equals(ImageReference.DOCKER_HUB)
            ? List.of(HttpUrl.of(true, "index.docker.io", "/"))
            : settings.origin(registry);
    Endpoint endpoint =
        new Endpoint(
            http,
            bases,
            new Authenticator(http, registry, () -> credentials.find(registry)),
            patience);
    try (HttpResponse response =
        endpoint.send(
            "",
            base ->
                HttpRequest.of(
                    "GET",
                    base.withPath("/v1/search")
                        .withParameter("q", term)
                        .withParameter("n", Integer.toString(limit))))) {
      if (response.status() == 404) {
        throw new Refused(
            Category.UNSUPPORTED,
            registry + " has no search",
            "pull by name, or look at its web page");
      }
      if (response.status() != 200) {
        throw failure(response, "the search failed");
      }
      return found(response.read(LARGEST_ANSWER), registry);
    }
  }

  private static List<Found> found(byte[] json, String registry) throws IOException {
    List<Found> all = new ArrayList<>();
    try {
      Json.decode(
          json,
          "the answer of " + registry,
          in ->
              all.addAll(
                  in.objects(
                      "results",
                      each ->
                          new Found(
                              each.string("name"),
                              Optional.ofNullable(each.optionalString("description")).orElse(""),
                              each.int64Or("star_count", 0),
                              each.flag("is_official"),
                              each.flag("is_automated")))));
    } catch (MydockerException e) {
      throw new Refused(Category.INVALID, String.valueOf(e.getMessage()), null);
    }
    return all;
  }

  /** What a status that was not hoped for means, in the registry's own words where it has some. */
  static IOException failure(HttpResponse response, String missing) {
    int status = response.status();
    String said = said(response);
    String answer = "status " + status + (said.isEmpty() ? "" : " (" + said + ")");
    String who = response.url().authority();
    return switch (status) {
      case 404 -> new Refused(Category.NOT_FOUND, missing, "check the name and the tag or digest");
      case 401, 403 ->
          new Refused(
              Category.UNSUPPORTED,
              who + " denies access" + (said.isEmpty() ? "" : ": " + said),
              "log in: mydocker login " + who);
      case 429 -> {
        Duration delay = Retry.delay(response.header("Retry-After"));
        yield new Refused(
            Category.RESOURCE,
            who + " answers that it is asked too often: " + answer,
            delay == null ? "try again later" : "try again in " + delay.toSeconds() + " seconds");
      }
      default ->
          new Refused(
              status >= 500 ? Category.RESOURCE : Category.INVALID,
              who + " answers with " + answer,
              status >= 500 ? "the registry has a problem; try again later" : null);
    };
  }

  /** The first error of the distribution specification's list, as it can be shown. */
  private static String said(HttpResponse response) {
    try {
      JsonObject object = Json.parseObject(response.read(LARGEST_ERROR), "an error");
      if (object.get("errors") instanceof JsonArray errors
          && !errors.elements().isEmpty()
          && errors.elements().getFirst() instanceof JsonObject error
          && error.get("message") instanceof JsonString message) {
        return shown(message.value());
      }
      return "";
    } catch (IOException | MydockerException e) {
      // It said nothing that is understood: its status has to do.
      return "";
    }
  }

  private static String shown(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST_MESSAGE); i++) {
      char c = text.charAt(i);
      out.append(c < ' ' || c == 0x7F ? ' ' : c);
    }
    return out.toString().strip();
  }

  @Override
  public void close() {
    http.close();
  }
}
