package dev.mydocker.image.registry;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.MediaTypes;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A repository of a registry: manifests by tag and digest, and blobs (distribution specification).
 *
 * <p>Where there are mirrors they are asked first, each in turn, and the registry itself last. Who
 * has given a manifest is asked first for its blobs. Only the registry itself is written to.
 */
public final class Repository {
  /** Larger ones no registry takes. */
  public static final int LARGEST_MANIFEST = 4 << 20;

  private static final int LARGEST_LIST = 8 << 20;
  private static final int MOST_PAGES = 1000;
  private static final int MOST_TAGS = 100_000;

  private static final String ACCEPT =
      String.join(
          ", ",
          MediaTypes.INDEX,
          MediaTypes.MANIFEST,
          MediaTypes.DOCKER_INDEX,
          MediaTypes.DOCKER_MANIFEST);

  private final String path;
  private final List<Endpoint> endpoints;
  private volatile Endpoint preferred;

  Repository(String path, List<Endpoint> endpoints) {
    this.path = path;
    this.endpoints = endpoints;
    this.preferred = endpoints.getFirst();
  }

  private Endpoint origin() {
    return endpoints.getLast();
  }

  /** Begins to count attempts at something that consists of several requests. */
  public Retry retry() {
    return origin().retry();
  }

  /**
   * Ends what other threads ask here, at once, with an IOException each: there is no use in it any
   * more. Nothing can be asked afterwards.
   */
  public void abort() {
    origin().abort();
  }

  private String pull() {
    return "repository:" + path + ":pull";
  }

  private String push() {
    return "repository:" + path + ":pull,push";
  }

  /**
   * A manifest as it came: what its digest is made of.
   *
   * @param content its bytes
   * @param mediaType what the registry says that it is, or empty
   * @param digest what the registry says that its digest is, or null
   */
  public record Manifest(byte[] content, String mediaType, @Nullable String digest) {}

  /** Fetches a manifest, not checked yet. */
  public Manifest manifest(String tagOrDigest) throws IOException {
    IOException failure = null;
    for (Endpoint endpoint : endpoints) {
      try {
        Manifest manifest = manifest(endpoint, tagOrDigest);
        preferred = endpoint;
        return manifest;
      } catch (IOException e) {
        // A mirror's failure says less than that of the registry itself.
        if (failure != null) {
          e.addSuppressed(failure);
        }
        failure = e;
      }
    }
    throw failure == null ? new IOException("there is no address to ask") : failure;
  }

  /**
   * Asks whether there is a manifest, without fetching it: registries count those that are fetched.
   *
   * @throws IOException if there is none, or nobody can say
   */
  public void requireManifest(String tagOrDigest) throws IOException {
    IOException failure = null;
    for (Endpoint endpoint : endpoints) {
      try (HttpResponse response =
          endpoint.send(
              pull(),
              base ->
                  HttpRequest.of("HEAD", base.withPath("/v2/" + path + "/manifests/" + tagOrDigest))
                      .with("Accept", ACCEPT))) {
        if (response.status() == 200) {
          return;
        }
        failure = RegistryClient.failure(response, "there is no such image at " + endpoint.name());
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure == null ? new IOException("there is no address to ask") : failure;
  }

  private Manifest manifest(Endpoint endpoint, String tagOrDigest) throws IOException {
    try (HttpResponse response =
        endpoint.send(
            pull(),
            base ->
                HttpRequest.of("GET", base.withPath("/v2/" + path + "/manifests/" + tagOrDigest))
                    .with("Accept", ACCEPT))) {
      if (response.status() != 200) {
        throw RegistryClient.failure(response, "there is no such image at " + endpoint.name());
      }
      String type = response.header("Content-Type");
      int semicolon = type == null ? -1 : type.indexOf(';');
      return new Manifest(
          response.read(LARGEST_MANIFEST),
          type == null ? "" : (semicolon < 0 ? type : type.substring(0, semicolon)).strip(),
          response.header("Docker-Content-Digest"));
    } catch (HttpResponse.TooLong e) {
      throw new Refused(
          Category.INVALID,
          "the manifest that "
              + endpoint.name()
              + " sends is larger than "
              + LARGEST_MANIFEST
              + " bytes",
          null);
    }
  }

  /** The content of a blob, from where on it came. */
  public record Content(HttpResponse response, long from) implements AutoCloseable {
    /** The content. */
    public InputStream stream() {
      return response.body();
    }

    @Override
    public void close() {
      response.close();
    }
  }

  /**
   * Opens a blob's content, not checked yet.
   *
   * @param from where to begin, if the registry can do that: {@link Content#from} says so
   * @param attempt how often it was tried: each time another place is asked, where there are some
   */
  public Content blob(Digest digest, long from, int attempt) throws IOException {
    int first = endpoints.indexOf(preferred);
    IOException failure = null;
    for (int i = 0; i < endpoints.size(); i++) {
      Endpoint endpoint = endpoints.get((first + attempt + i) % endpoints.size());
      try {
        return blob(endpoint, digest, from);
      } catch (IOException e) {
        if (failure != null) {
          e.addSuppressed(failure);
        }
        failure = e;
      }
    }
    throw failure == null ? new IOException("there is no address to ask") : failure;
  }

  private Content blob(Endpoint endpoint, Digest digest, long from) throws IOException {
    HttpResponse response =
        endpoint.send(
            pull(),
            base -> {
              HttpRequest request =
                  HttpRequest.of("GET", base.withPath("/v2/" + path + "/blobs/" + digest));
              return from == 0 ? request : request.with("Range", "bytes=" + from + "-");
            });
    boolean opened = false;
    try {
      if (response.status() == 416 && from > 0) {
        response.close();
        return blob(endpoint, digest, 0);
      }
      if (response.status() == 206 && startsAt(response, from)) {
        opened = true;
        return new Content(response, from);
      }
      if (response.status() != 200) {
        throw RegistryClient.failure(
            response, "blob " + digest.shortId() + " is missing at " + endpoint.name());
      }
      opened = true;
      return new Content(response, 0);
    } finally {
      if (!opened) {
        response.close();
      }
    }
  }

  private static boolean startsAt(HttpResponse response, long from) throws IOException {
    String range = response.header("Content-Range");
    if (range == null || !range.startsWith("bytes " + from + "-")) {
      throw new IOException("the registry sends another part than the one it was asked for");
    }
    return true;
  }

  /** All tags, as the registry orders them. */
  public List<String> tags() throws IOException {
    Set<String> tags = new LinkedHashSet<>();
    String next = "/v2/" + path + "/tags/list";
    for (int page = 0; next != null && page < MOST_PAGES; page++) {
      String asked = next;
      try (HttpResponse response =
          origin().send(pull(), base -> HttpRequest.of("GET", base.withPath(asked)))) {
        if (response.status() != 200) {
          throw RegistryClient.failure(
              response, "there is no such repository at " + origin().name());
        }
        tags.addAll(tags(response.read(LARGEST_LIST)));
        next = next(response);
        if (tags.size() > MOST_TAGS) {
          throw new Refused(
              Category.INVALID, origin().name() + " lists more than " + MOST_TAGS + " tags", null);
        }
      }
    }
    return List.copyOf(tags);
  }

  private static List<String> tags(byte[] json) throws IOException {
    try {
      return Json.decode(json, "the list of tags", (ObjectReader in) -> in.strings("tags"));
    } catch (MydockerException e) {
      throw new Refused(Category.INVALID, String.valueOf(e.getMessage()), null);
    }
  }

  /** RFC 5988: {@code Link: </v2/.../tags/list?last=x>; rel="next"}. */
  private static @Nullable String next(HttpResponse response) throws IOException {
    String link = response.header("Link");
    if (link == null || !link.startsWith("<") || link.indexOf('>') < 0) {
      return null;
    }
    return response.url().resolve(link.substring(1, link.indexOf('>'))).path();
  }

  /** Whether the registry has a blob. */
  public boolean hasBlob(Digest digest) throws IOException {
    return has("/blobs/" + digest);
  }

  private boolean has(String what) throws IOException {
    try (HttpResponse response =
        origin()
            .send(push(), base -> HttpRequest.of("HEAD", base.withPath("/v2/" + path + what)))) {
      return switch (response.status()) {
        case 200 -> true;
        case 404 -> false;
        default -> throw RegistryClient.failure(response, "there is no such repository");
      };
    }
  }

  /**
   * Begins to send a blob, or has the registry take it from another of its repositories.
   *
   * @param otherPath a repository that may have it, or null
   * @return how to send it; nothing if the registry has it now
   */
  public Optional<BlobUpload> begin(Digest digest, @Nullable String otherPath) throws IOException {
    String scope = otherPath == null ? push() : push() + " repository:" + otherPath + ":pull";
    try (HttpResponse response =
        origin()
            .send(
                scope,
                base -> {
                  HttpUrl url = base.withPath("/v2/" + path + "/blobs/uploads/");
                  return HttpRequest.of(
                      "POST",
                      otherPath == null
                          ? url
                          : url.withParameter("mount", digest.toString())
                              .withParameter("from", otherPath));
                })) {
      return response.status() == 201 && otherPath != null
          ? Optional.empty()
          : Optional.of(new BlobUpload(origin(), push(), BlobUpload.location(response)));
    }
  }

  /** The registry's own manifest of a tag, to be changed; no mirror is asked. */
  public Optional<byte[]> ownManifest(String tag) throws IOException {
    try {
      return Optional.of(manifest(origin(), tag).content());
    } catch (Refused e) {
      if (e.category() == Category.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Puts a manifest under a tag or its digest.
   *
   * @return whether the registry lists it itself among what belongs to its subject
   */
  public boolean putManifest(String tagOrDigest, String mediaType, byte[] content)
      throws IOException {
    try (HttpResponse response =
        origin()
            .send(
                push(),
                base ->
                    HttpRequest.of(
                            "PUT", base.withPath("/v2/" + path + "/manifests/" + tagOrDigest))
                        .with("Content-Type", mediaType)
                        .with(new Authenticator.Text(content)))) {
      if (response.status() != 201 && response.status() != 200) {
        throw RegistryClient.failure(response, "the registry does not take the manifest");
      }
      return response.header("OCI-Subject") != null;
    }
  }
}
