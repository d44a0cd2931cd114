package dev.mydocker.image.registry;

import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.image.Descriptor;
import java.io.IOException;
import java.io.InputStream;

/**
 * A blob on its way to a registry: in one piece as long as that works, else in smaller ones; what
 * was cut in the middle goes on where the registry says (distribution specification, "Pushing a
 * blob in chunks").
 */
public final class BlobUpload {
  /** Of an upload that cannot be made in one piece. */
  private static final long LARGE_PIECE = 16 << 20;

  private static final long SMALLEST_PIECE = 1 << 20;

  /**
   * A registry that cuts every connection and says that it got some of it is given up in the end.
   */
  private static final int MOST_CUTS = 200;

  private final Endpoint registry;
  private final String scope;
  private HttpUrl location;

  /**
   * @param scope the permission that it takes
   * @param location where to send it
   */
  BlobUpload(Endpoint registry, String scope, HttpUrl location) {
    this.registry = registry;
    this.scope = scope;
    this.location = location;
  }

  /** What is sent; opened anew for each attempt. */
  public interface Source {
    /** Opens it at an offset. */
    InputStream open(long from) throws IOException;
  }

  /**
   * Sends it.
   *
   * @throws IOException if the registry does not take it
   */
  public void send(Descriptor blob, Source source) throws IOException {
    Retry retry = registry.retry();
    long piece = blob.size();
    long from = 0;
    int cuts = 0;
    while (from < blob.size()) {
      long to = Math.min(blob.size(), from + piece);
      try {
        patch(from, to, piece < blob.size(), source);
        from = to;
        retry.progress();
      } catch (TooLarge e) {
        if (piece <= SMALLEST_PIECE) {
          throw e;
        }
        piece = smaller(piece);
      } catch (IOException e) {
        if (++cuts > MOST_CUTS || !retry.again(e)) {
          throw e;
        }
        long reached = reached(blob.size());
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
    try (HttpResponse response = registry.send(scope, _ -> HttpRequest.of("PUT", last))) {
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

  private void patch(long from, long to, boolean inPieces, Source source) throws IOException {
    HttpRequest request =
        HttpRequest.of("PATCH", location)
            .with("Content-Type", "application/octet-stream")
            .with(new Part(source, from, to - from));
    if (inPieces || from > 0) {
      request = request.with("Content-Range", from + "-" + (to - 1));
    }
    HttpRequest whole = request;
    try (HttpResponse response = registry.once(scope, _ -> whole)) {
      if (response.status() == 413) {
        throw new TooLarge(
            response.url().authority() + " takes no request of " + (to - from) + " bytes");
      }
      if (Retry.isTemporary(response.status()) || response.status() == 416) {
        throw new IOException("the registry answers with status " + response.status());
      }
      location = location(response);
    }
  }

  /** Where the registry wants the rest to be sent. */
  static HttpUrl location(HttpResponse response) throws IOException {
    if (response.status() != 202) {
      throw RegistryClient.failure(response, "the registry takes nothing for this repository");
    }
    String location = response.header("Location");
    if (location == null) {
      throw new Refused(Category.INVALID, "the registry does not say where to send blobs", null);
    }
    HttpUrl next = response.url().resolve(location);
    if (response.url().secure() && !next.secure()) {
      throw new Refused(
          Category.INVALID,
          response.url().origin()
              + " wants blobs sent to "
              + next.origin()
              + ", which is not encrypted",
          "the registry, or a proxy in front of it, is to say https in the header Location");
    }
    return next;
  }

  /** A blob from an offset on. */
  private record Part(Source source, long from, long length) implements HttpRequest.Body {
    @Override
    public InputStream open() throws IOException {
      return source.open(from);
    }
  }

  /** How much of it the registry has: Range is the first and the last byte. */
  private long reached(long size) throws IOException {
    HttpUrl asked = location;
    try (HttpResponse response = registry.send(scope, _ -> HttpRequest.of("GET", asked))) {
      if (response.status() != 204) {
        throw RegistryClient.failure(response, "the upload of a blob is gone");
      }
      String range = response.header("Range");
      int dash = range == null ? -1 : range.indexOf('-');
      long last = range == null || dash < 0 ? 0 : Long.parseLong(range.substring(dash + 1));
      if (last < 0 || last >= size) {
        throw malformedRange();
      }
      return last == 0 ? 0 : last + 1;
    } catch (NumberFormatException e) {
      throw malformedRange();
    }
  }

  private static Refused malformedRange() {
    return new Refused(Category.INVALID, "the registry has a malformed header Range", null);
  }
}
