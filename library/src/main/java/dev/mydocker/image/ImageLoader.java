package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.ImageLayout;
import dev.mydocker.oci.image.ImageManifest;
import dev.mydocker.oci.image.MediaTypes;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonArray;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonValue;
import dev.mydocker.oci.json.ObjectReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the images in what was saved somewhere: an OCI image layout ({@code index.json}; image
 * specification, image-layout.md), or Docker's archive ({@code manifest.json}; Docker image
 * specification v1.2, "Combined Image JSON"). An archive that is both is read as a layout, for that
 * keeps the digests of the manifests.
 */
final class ImageLoader {
  private static final String DOCKER_MANIFEST = "manifest.json";

  /** How deep indexes may lie in indexes. */
  private static final int MAXIMUM_DEPTH = 4;

  private final ImageContents contents;

  private ImageLoader(ImageContents contents) {
    this.contents = contents;
  }

  /**
   * Finds the images.
   *
   * @throws MydockerException if there are none, or something of them is missing or damaged
   */
  static List<Intake.Arrival> images(ImageContents contents) {
    ImageLoader loader = new ImageLoader(contents);
    List<Intake.Arrival> images;
    if (contents.has(ImageLayout.INDEX_FILE)) {
      images = loader.ofLayout();
    } else if (contents.has(DOCKER_MANIFEST)) {
      images = loader.ofDocker();
    } else {
      throw MydockerException.of(
          Category.INVALID,
          "load",
          contents.what(),
          "no archive of images: neither index.json nor manifest.json is in it",
          "the archive of a root file system becomes an image by import");
    }
    if (images.isEmpty()) {
      throw MydockerException.of(
          Category.INVALID, "load", contents.what(), "there is no image in it");
    }
    return images;
  }

  /** An entry of Docker's {@code manifest.json}. */
  private record DockerEntry(String config, List<String> names, List<String> layers) {
    static DockerEntry read(ObjectReader in) {
      return new DockerEntry(in.string("Config"), in.strings("RepoTags"), in.strings("Layers"));
    }
  }

  private List<DockerEntry> dockerEntries() {
    String what = DOCKER_MANIFEST + " of " + contents.what();
    JsonValue json = Json.parse(contents.document(DOCKER_MANIFEST), what);
    List<DockerEntry> entries = new ArrayList<>();
    if (json instanceof JsonArray array) {
      for (JsonValue element : array.elements()) {
        if (!(element instanceof JsonObject object)) {
          throw malformed(what);
        }
        entries.add(Json.decode(object, what, DockerEntry::read));
      }
      return entries;
    }
    throw malformed(what);
  }

  private static MydockerException malformed(String what) {
    return MydockerException.of(Category.INVALID, "read", what, "no list of objects");
  }

  private List<Intake.Arrival> ofDocker() {
    List<Intake.Arrival> images = new ArrayList<>();
    for (DockerEntry entry : dockerEntries()) {
      List<StagedLayer> layers = new ArrayList<>();
      for (String name : entry.layers()) {
        layers.add(contents.layer(name));
      }
      images.add(
          new Intake.Arrival(
              contents.document(entry.config()),
              null,
              MediaTypes.MANIFEST,
              layers,
              names(entry.names())));
    }
    return images;
  }

  private List<Intake.Arrival> ofLayout() {
    String what = ImageLayout.INDEX_FILE + " of " + contents.what();
    ImageIndex index = ImageIndex.parse(contents.document(ImageLayout.INDEX_FILE), what);
    Map<Digest, List<String>> dockerNames = dockerNames();
    Map<Digest, Intake.Arrival> images = new LinkedHashMap<>();
    for (Descriptor entry : index.manifests()) {
      Descriptor descriptor = resolved(entry, 0);
      byte[] json = blob(descriptor);
      ImageManifest manifest =
          ImageManifest.parse(json, "manifest " + descriptor.digest() + " of " + contents.what());
      Set<ImageReference> names = new LinkedHashSet<>();
      Intake.Arrival known = images.get(descriptor.digest());
      if (known != null) {
        names.addAll(known.names());
      }
      // What stands in an index may be any text; only a name that is one is used.
      Optional<ImageReference> name = StoredImage.givenName(entry);
      name.ifPresent(names::add);
      if (name.isEmpty()) {
        names.addAll(names(dockerNames.getOrDefault(manifest.config().digest(), List.of())));
      }
      images.put(
          descriptor.digest(),
          new Intake.Arrival(
              blob(manifest.config()),
              json,
              descriptor.mediaType(),
              layers(manifest),
              List.copyOf(names)));
    }
    return List.copyOf(images.values());
  }

  /** What {@code manifest.json} beside the index calls images, by their ids. */
  private Map<Digest, List<String>> dockerNames() {
    Map<Digest, List<String>> names = new LinkedHashMap<>();
    if (contents.has(DOCKER_MANIFEST)) {
      for (DockerEntry entry : dockerEntries()) {
        names.put(Sha256.of(contents.document(entry.config())), entry.names());
      }
    }
    return names;
  }

  /** A manifest; of an index, the one for this machine, or the only one that is here. */
  private Descriptor resolved(Descriptor entry, int depth) {
    if (!MediaTypes.isIndex(entry.mediaType())) {
      return entry;
    }
    ImageIndex index =
        ImageIndex.parse(blob(entry), "index " + entry.digest() + " of " + contents.what());
    Descriptor choice =
        StoreFiles.choose(index)
            .filter(this::isHere)
            .or(() -> onlyOne(index))
            .orElseThrow(
                () ->
                    MydockerException.of(
                        Category.NOT_FOUND,
                        "load",
                        contents.what(),
                        "it has no image for linux on " + StoreFiles.architecture()));
    if (depth == MAXIMUM_DEPTH) {
      throw MydockerException.of(
          Category.INVALID, "load", contents.what(), "indexes lie too deep in each other");
    }
    return resolved(choice, depth + 1);
  }

  private Optional<Descriptor> onlyOne(ImageIndex index) {
    List<Descriptor> here = index.manifests().stream().filter(this::isHere).toList();
    return here.size() == 1 ? Optional.of(here.getFirst()) : Optional.empty();
  }

  private boolean isHere(Descriptor descriptor) {
    return contents.has(path(descriptor));
  }

  private List<StagedLayer> layers(ImageManifest manifest) {
    List<StagedLayer> layers = new ArrayList<>();
    for (Descriptor layer : manifest.layers()) {
      layers.add(contents.layer(path(layer)));
    }
    return layers;
  }

  /** The content of a descriptor, which must be what it says. */
  private byte[] blob(Descriptor descriptor) {
    byte[] content = contents.document(path(descriptor));
    Digest digest = Sha256.of(content);
    if (!digest.equals(descriptor.digest())) {
      throw MydockerException.of(
          Category.INVALID,
          "load",
          contents.what(),
          "the digest of " + path(descriptor) + " is " + digest + ", not what its name says",
          "the archive was changed or damaged; get it again");
    }
    return content;
  }

  private static String path(Descriptor descriptor) {
    Digest digest = descriptor.digest();
    return ImageLayout.BLOBS + "/" + digest.algorithm() + "/" + digest.encoded();
  }

  private List<ImageReference> names(List<String> typed) {
    List<ImageReference> names = new ArrayList<>();
    for (String text : typed) {
      try {
        ImageReference name = ImageReference.parse(text);
        // What a name with a digest says stands in the manifest, or is wrong.
        if (name.digest() == null || name.tag() != null) {
          names.add(
              name.withTag(Objects.requireNonNullElse(name.tag(), ImageReference.DEFAULT_TAG)));
        }
      } catch (MydockerException e) {
        throw MydockerException.of(
            Category.INVALID, "load", contents.what(), String.valueOf(e.getMessage()), null, e);
      }
    }
    return names;
  }
}
