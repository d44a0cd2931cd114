package dev.mydocker.image.registry;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.MediaTypes;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** Of an upload that cannot be made in one piece. */
  private static final long LARGE_PIECE = 16 << 20;

  private static final long SMALLEST_PIECE = 1 << 20;
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
    List<String> tags = new ArrayList<>();
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
      }
    }
    return tags;
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
   * Has the registry take a blob from another of its repositories.
   *
   * @return whether it did; else where to send it
   */
  public Upload begin(Digest digest, @Nullable String otherPath) throws IOException {
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
      if (response.status() == 201 && otherPath != null) {
        return new Upload(null);
      }
      return new Upload(location(response, 202));
    }
  }

  /**
   * Where a blob is to be sent.
   *
   * @param location an address of the registry, or null if it has the blob already
   */
  public record Upload(@Nullable HttpUrl location) {
    /** Whether nothing is to be sent any more. */
    public boolean isDone() {
      return location == null;
    }
  }

  private static HttpUrl location(HttpResponse response, int wanted) throws IOException {
    if (response.status() != wanted) {
      throw RegistryClient.failure(response, "the registry takes nothing for this repository");
    }
    String location = response.header("Location");
    if (location == null) {
      throw new Refused(Category.INVALID, "the registry does not say where to send blobs", null);
    }
    return response.url().resolve(location);
  }

  /** What is sent; opened anew for each attempt. */
  public interface Source {
    /** Opens it at an offset. */
    InputStream open(long from) throws IOException;
  }

  /**
   * Sends a blob: in one piece as long as that works, else in smaller ones; what was cut in the
   * middle goes on where the registry says.
   *
   * @throws IOException if it does not take it
   */
  public void send(Upload upload, Descriptor blob, Source source) throws IOException {
    HttpUrl location = upload.location();
    if (location == null) {
      return;
    }
    Retry retry = retry();
    long piece = blob.size();
    long from = 0;
    while (from < blob.size()) {
      long to = Math.min(blob.size(), from + piece);
      try {
        location = patch(location, from, to, piece < blob.size(), source);
        from = to;
        retry.progress();
      } catch (TooLarge e) {
        if (piece <= SMALLEST_PIECE) {
          throw e;
        }
        piece = smaller(piece);
      } catch (IOException e) {
        if (!retry.again(e)) {
          throw e;
        }
        long reached = reached(location);
        if (reached > from) {
          retry.progress();
        } else {
          // Something on the way keeps all until it is whole: less is lost in small pieces.
          piece = smaller(piece);
        }
        from = reached;
      }
    }
    HttpUrl last = location.withParameter("digest", blob.digest().toString());
    try (HttpResponse response = origin().send(push(), _ -> HttpRequest.of("PUT", last))) {
      if (response.status() != 201) {
        throw RegistryClient.failure(response, "the upload of a blob is gone");
      }
    }
  }

  private static long smaller(long piece) {
    return Math.max(SMALLEST_PIECE, Math.min(LARGE_PIECE, piece / 2));
  }

  /** Something on the way takes no request of that size: another one may be taken. */
  private static final class TooLarge extends Refused {
    private static final long serialVersionUID = 1L;

    TooLarge(String message) {
      super(Category.INVALID, message, "something on the way to it limits the size of requests");
    }
  }

  private HttpUrl patch(HttpUrl location, long from, long to, boolean inPieces, Source source)
      throws IOException {
    HttpRequest request =
        HttpRequest.of("PATCH", location)
            .with("Content-Type", "application/octet-stream")
            .with(new Part(source, from, to - from));
    if (inPieces || from > 0) {
      request = request.with("Content-Range", from + "-" + (to - 1));
    }
    HttpRequest whole = request;
    try (HttpResponse response = origin().once(push(), _ -> whole)) {
      if (response.status() == 413) {
        throw new TooLarge(
            response.url().authority() + " takes no request of " + (to - from) + " bytes");
      }
      if (Retry.isTemporary(response.status()) || response.status() == 416) {
        throw new IOException("the registry answers with status " + response.status());
      }
      return location(response, 202);
    }
  }

  /** A blob from an offset on. */
  private record Part(Source source, long from, long length) implements HttpRequest.Body {
    @Override
    public InputStream open() throws IOException {
      return source.open(from);
    }
  }

  /** How much of an upload the registry has: Range is the first and the last byte. */
  private long reached(HttpUrl location) throws IOException {
    try (HttpResponse response = origin().send(push(), _ -> HttpRequest.of("GET", location))) {
      if (response.status() != 204) {
        throw RegistryClient.failure(response, "the upload of a blob is gone");
      }
      String range = response.header("Range");
      int dash = range == null ? -1 : range.indexOf('-');
      long last = range == null || dash < 0 ? 0 : Long.parseLong(range.substring(dash + 1));
      return last == 0 ? 0 : last + 1;
    } catch (NumberFormatException e) {
      throw new Refused(Category.INVALID, "the registry has a malformed header Range", null);
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
