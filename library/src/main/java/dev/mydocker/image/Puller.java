package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.TransferEvent;
import dev.mydocker.TransferEvent.Phase;
import dev.mydocker.image.registry.Refused;
import dev.mydocker.image.registry.RegistryClient;
import dev.mydocker.image.registry.Repository;
import dev.mydocker.image.registry.Retry;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageConfig;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.ImageManifest;
import dev.mydocker.oci.image.MediaTypes;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonString;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings an image from a registry. Its layers come at the same time, and are unpacked while they
 * come; it is in the store when all of it is whole, and not before.
 */
public final class Puller {
  private static final int ATTEMPTS = 3;
  private static final int DEEPEST = 4;
  private static final String DAMAGED = "the registry, or something on the way to it, is damaged";

  private final ImageStore images;
  private final StoreFiles store;
  private final RegistryClient registry;
  private final Consumer<TransferEvent> events;

  Puller(
      ImageStore images,
      StoreFiles store,
      RegistryClient registry,
      Consumer<TransferEvent> events) {
    this.images = images;
    this.store = store;
    this.registry = registry;
    this.events = events;
  }

  /**
   * An image that was brought.
   *
   * @param image the image
   * @param digest what the registry has under its name: the digest of an index, or of a manifest
   * @param isNew whether the name meant another image here before, or none
   */
  public record Pulled(Image image, Digest digest, boolean isNew) {}

  /** Metadata as it came, checked. */
  private record Document(byte[] content, String mediaType, Digest digest) {}

  /**
   * Brings an image.
   *
   * @param reference its name, with a tag or a digest
   * @param platform for which machine, or null for this one
   */
  public Pulled pull(ImageReference reference, @Nullable WantedPlatform platform) {
    String operation = "pull " + reference.familiar();
    for (int attempt = 1; ; attempt++) {
      try {
        return pull(reference, platform, operation);
      } catch (StagedLayer.Gone e) {
        // Somebody removed the image whose layers we took for ours.
        if (attempt == ATTEMPTS) {
          throw e;
        }
      } catch (IOException e) {
        throw Refused.error(operation, e);
      }
    }
  }

  private Pulled pull(ImageReference reference, @Nullable WantedPlatform wanted, String operation)
      throws IOException {
    store.preparePartial();
    Digest digest = reference.digest();
    String asked = digest == null ? String.valueOf(reference.tag()) : digest.toString();
    Repository repository = registry.repository(reference);
    Document top = document(repository, asked, digest);
    events.accept(TransferEvent.of(asked, Phase.PULLING, reference.path()));
    WantedPlatform platform = wanted == null ? WantedPlatform.ofThisMachine() : wanted;
    Document chosen = chosen(repository, top, platform, 0);
    String what = "the manifest of " + reference.familiar();
    ImageManifest manifest = parsed(what, () -> ImageManifest.parse(chosen.content(), what));
    if (!MediaTypes.isConfig(manifest.config().mediaType())) {
      throw new Refused(
          Category.INVALID,
          "it is no image, but "
              + Optional.ofNullable(manifest.artifactType()).orElse(manifest.config().mediaType()),
          null);
    }
    Optional<StoredImage> before = ImageNames.byWholeName(store.images(store.index()), reference);
    byte[] config = config(repository, manifest.config());
    String whatConfig = "the configuration of " + reference.familiar();
    ImageConfig parsed = parsed(whatConfig, () -> ImageConfig.parse(config, whatConfig));
    if (wanted != null && !wanted.accepts(parsed.platform())) {
      throw foreign(wanted, List.of(WantedPlatform.text(parsed.platform())));
    }
    requireLayers(manifest, parsed);
    try (Intake intake = images.intake()) {
      List<StagedLayer> staged =
          new LayerPull(store, intake, repository, manifest, parsed, events, operation).take();
      Intake.Arrival arrival =
          new Intake.Arrival(
              config,
              chosen.content(),
              chosen.mediaType(),
              staged,
              List.of(reference),
              top.digest());
      Image image = intake.keep(List.of(arrival)).getFirst().image();
      boolean same =
          before.isPresent() && before.get().descriptor().digest().equals(chosen.digest());
      return new Pulled(image, top.digest(), !same);
    }
  }

  private static void requireLayers(ImageManifest manifest, ImageConfig config) throws IOException {
    if (manifest.layers().size() != config.rootfs().diffIds().size()) {
      throw new Refused(
          Category.INVALID, "manifest and configuration differ in the number of layers", null);
    }
  }

  private Document document(Repository repository, String asked, @Nullable Digest expected)
      throws IOException {
    Repository.Manifest came = repository.manifest(asked);
    Digest digest = Sha256.of(came.content());
    String said = came.digest();
    boolean wrong =
        expected == null ? said != null && differs(said, digest) : !digest.equals(expected);
    if (wrong) {
      throw new Refused(
          Category.INVALID,
          "the manifest that came has the digest "
              + digest
              + ", not "
              + (expected == null ? said : expected),
          DAMAGED);
    }
    return new Document(came.content(), mediaType(came), digest);
  }

  /** Another algorithm than ours proves nothing, and is no error. */
  private static boolean differs(String said, Digest digest) {
    return said.startsWith("sha256:") && !said.equals(digest.toString());
  }

  /** What the content says that it is counts; old ones do not say. */
  private static String mediaType(Repository.Manifest came) throws IOException {
    JsonObject object =
        parsed("the manifest", () -> Json.parseObject(came.content(), "the manifest that came"));
    if (object.get("manifests") != null && object.get("layers") != null) {
      // CVE-2021-41190: one reads it as an image and another as an index, with the same digest.
      throw new Refused(
          Category.INVALID, "the manifest that came is an image and an index at once", DAMAGED);
    }
    if (object.get("mediaType") instanceof JsonString said) {
      return said.value();
    }
    if (object.get("manifests") != null) {
      return MediaTypes.INDEX;
    }
    if (object.get("fsLayers") != null) {
      throw new Refused(
          Category.UNSUPPORTED,
          "the manifest is of schema version 1, which nobody writes any more",
          "push the image again with a tool of today");
    }
    return MediaTypes.MANIFEST;
  }

  private Document chosen(
      Repository repository, Document document, WantedPlatform platform, int depth)
      throws IOException {
    if (MediaTypes.isManifest(document.mediaType())) {
      return document;
    }
    if (!MediaTypes.isIndex(document.mediaType()) || depth == DEEPEST) {
      throw new Refused(
          Category.UNSUPPORTED, "a manifest of the type " + document.mediaType(), null);
    }
    ImageIndex index =
        parsed("the index", () -> ImageIndex.parse(document.content(), "the index that came"));
    Descriptor choice =
        platform.choose(index).orElseThrow(() -> foreign(platform, WantedPlatform.texts(index)));
    Document next = document(repository, choice.digest().toString(), choice.digest());
    return chosen(repository, next, platform, depth + 1);
  }

  private static Refused foreign(WantedPlatform platform, List<String> there) {
    return new Refused(
        Category.NOT_FOUND,
        "there is no image for " + platform + ", only for " + String.join(", ", there),
        "choose one by --platform; containers of another architecture do not run here");
  }

  private byte[] config(Repository repository, Descriptor config) throws IOException {
    if (store.hasBlob(config.digest())) {
      return store.readBlob(config.digest());
    }
    if (config.size() > StoreFiles.MAXIMUM_JSON) {
      throw new Refused(
          Category.INVALID, "a configuration of " + config.size() + " bytes is none", null);
    }
    Retry retry = repository.retry();
    for (int attempt = 0; ; attempt++) {
      try {
        byte[] content = content(repository, config, attempt);
        if (Sha256.of(content).equals(config.digest()) && content.length == config.size()) {
          return content;
        }
        if (attempt == ATTEMPTS && content.length < config.size()) {
          throw new Refused(
              Category.INVALID,
              "the configuration that came has "
                  + content.length
                  + " bytes, not the "
                  + config.size()
                  + " that the manifest says",
              DAMAGED);
        }
        if (attempt == ATTEMPTS) {
          throw new Refused(
              Category.INVALID,
              "the configuration that came has the digest "
                  + Sha256.of(content)
                  + ", not "
                  + config.digest(),
              DAMAGED);
        }
      } catch (IOException e) {
        if (!retry.again(e)) {
          throw e;
        }
      }
    }
  }

  private static byte[] content(Repository repository, Descriptor blob, int attempt)
      throws IOException {
    try (Repository.Content content = repository.blob(blob.digest(), 0, attempt)) {
      return content.stream().readNBytes((int) blob.size() + 1);
    }
  }

  private interface Parse<T> {
    T parse();
  }

  /** What a registry sends may be anything; that is no fault of the caller's. */
  private static <T> T parsed(String what, Parse<T> parse) throws IOException {
    try {
      return parse.parse();
    } catch (MydockerException e) {
      String message = String.valueOf(e.getMessage());
      throw new Refused(
          Category.INVALID,
          message.startsWith("parse ") ? message : what + ": " + message,
          DAMAGED);
    }
  }
}
