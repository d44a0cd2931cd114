package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the store's index: one name of an image, or the image itself where it has none.
 *
 * <p>What a start needs to know stands in annotations, so that it reads the index and the
 * configuration and hashes nothing. Entries that other tools wrote have none of them.
 *
 * @param descriptor of the manifest
 * @param id the digest of the configuration
 * @param layers chain ids, lowest first
 * @param size how many bytes of content the layers have
 */
record StoredImage(Descriptor descriptor, Digest id, List<Digest> layers, long size) {
  /** The whole name, as containerd and the tools around it write it. */
  private static final String FULL_NAME = "io.containerd.image.name";

  private static final String ID = "dev.mydocker.image.id";
  private static final String LAYERS = "dev.mydocker.image.layers";
  private static final String SIZE = "dev.mydocker.image.size";
  private static final String SIZES = "dev.mydocker.image.layer-sizes";
  private static final String SOURCE = "dev.mydocker.image.source";
  private static final String ARCHIVE = "dev.mydocker.image.archive";
  private static final String PARENT = "dev.mydocker.image.parent";

  /** The entry, if it says all itself. */
  static Optional<StoredImage> of(Descriptor descriptor) {
    Map<String, String> annotations = descriptor.annotations();
    String id = annotations.get(ID);
    String layers = annotations.get(LAYERS);
    String size = annotations.get(SIZE);
    if (id == null || layers == null || size == null) {
      return Optional.empty();
    }
    List<Digest> chain = new ArrayList<>();
    for (String layer : words(layers)) {
      chain.add(Digest.parse(layer));
    }
    return Optional.of(new StoredImage(descriptor, Digest.parse(id), chain, Long.parseLong(size)));
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int space = text.indexOf(' ', from);
      int to = space < 0 ? text.length() : space;
      words.add(text.substring(from, to));
      from = to + 1;
    }
    return words;
  }

  private static String joined(Collection<?> words) {
    StringBuilder text = new StringBuilder();
    for (Object word : words) {
      text.append(text.isEmpty() ? "" : " ").append(word);
    }
    return text.toString();
  }

  /** How many bytes of content each layer has, lowest first; nothing where that is not known. */
  List<Long> layerSizes() {
    String text = descriptor.annotations().get(SIZES);
    List<Long> sizes = new ArrayList<>();
    for (String word : text == null ? List.<String>of() : words(text)) {
      sizes.add(Long.parseLong(word));
    }
    return sizes.size() == layers.size() ? sizes : List.of();
  }

  /** The same entry, which also says how many bytes of content each layer has. */
  StoredImage withLayerSizes(List<Long> sizes) {
    return sizes.size() == layers.size() && !sizes.isEmpty()
        ? new StoredImage(descriptor.withAnnotation(SIZES, joined(sizes)), id, layers, size)
        : this;
  }

  /** The entry of a manifest that says so itself. */
  static StoredImage make(
      Descriptor manifest, @Nullable String name, Digest id, List<Digest> layers, long size) {
    Descriptor entry = manifest;
    if (name != null) {
      entry = entry.withAnnotation(ImageLayout.REF_NAME, name).withAnnotation(FULL_NAME, name);
    }
    entry =
        entry
            .withAnnotation(ID, id.toString())
            .withAnnotation(LAYERS, joined(layers))
            .withAnnotation(SIZE, Long.toString(size));
    return new StoredImage(entry, id, layers, size);
  }

  /** This entry, marked as what an archive that is used as a root file system was unpacked to. */
  StoredImage of(String archive) {
    return new StoredImage(descriptor.withAnnotation(ARCHIVE, archive), id, layers, size);
  }

  /** Which archive it was unpacked of to be a root file system; null for images of people. */
  @Nullable String archive() {
    return descriptor.annotations().get(ARCHIVE);
  }

  /** This entry, of an image that a registry has in a repository under a digest. */
  StoredImage from(String repository, Digest digest) {
    Set<String> digests = digests();
    digests.add(repository + "@" + digest);
    return withDigests(digests);
  }

  /**
   * By which digests registries know the image: {@code docker.io/library/busybox@sha256:...}. All
   * entries of an image say the same. The set is the caller's.
   */
  Set<String> digests() {
    String text = descriptor.annotations().get(SOURCE);
    Set<String> digests = new LinkedHashSet<>(text == null ? List.of() : words(text));
    String typed = typedName(descriptor);
    if (typed != null && typed.indexOf('@') >= 0) {
      // containerd has entries of this kind.
      parse(typed)
          .filter(name -> name.digest() != null)
          .ifPresent(name -> digests.add(name.name() + "@" + name.digest()));
    }
    return digests;
  }

  /** The same entry with other digests; of its name only what is not a digest stays. */
  StoredImage withDigests(Set<String> digests) {
    if (digests.equals(digests())) {
      return this;
    }
    StoredImage plain = made(name(), digests.isEmpty() ? null : joined(digests), parent());
    String archive = archive();
    return archive == null ? plain : plain.of(archive);
  }

  /** The image that this one was made of here by a commit; null for others. */
  @Nullable Digest parent() {
    String parent = descriptor.annotations().get(PARENT);
    return parent == null ? null : Digest.parse(parent);
  }

  /** This entry, of an image that was made of another one. */
  StoredImage madeOf(Digest parent) {
    return new StoredImage(descriptor.withAnnotation(PARENT, parent.toString()), id, layers, size);
  }

  /** The same image under another name, or under none; one of people from now on. */
  StoredImage named(@Nullable String name) {
    Set<String> digests = digests();
    return made(name, digests.isEmpty() ? null : joined(digests), parent());
  }

  private StoredImage made(
      @Nullable String name, @Nullable String digests, @Nullable Digest parent) {
    Descriptor plain =
        new Descriptor(
            descriptor.mediaType(),
            descriptor.digest(),
            descriptor.size(),
            descriptor.urls(),
            Map.of(),
            descriptor.data(),
            descriptor.platform(),
            descriptor.artifactType(),
            descriptor.rest());
    if (digests != null) {
      plain = plain.withAnnotation(SOURCE, digests);
    }
    if (parent != null) {
      plain = plain.withAnnotation(PARENT, parent.toString());
    }
    return make(plain, name, id, layers, size).withLayerSizes(layerSizes());
  }

  /** The whole name, {@code docker.io/library/busybox:latest}, or null. */
  @Nullable String name() {
    String name = descriptor.annotations().get(FULL_NAME);
    if (name != null) {
      return name.indexOf('@') < 0 ? name : null;
    }
    // Other tools write what their users typed.
    String typed = typedName(descriptor);
    if (typed == null) {
      return null;
    }
    Optional<ImageReference> parsed = parse(typed);
    return parsed.isEmpty()
        ? typed
        : parsed.get().digest() == null ? parsed.get().toString() : null;
  }

  /** The name that an entry of some tool's index gives its image, if that can be one. */
  static Optional<ImageReference> givenName(Descriptor entry) {
    String typed = typedName(entry);
    return typed == null ? Optional.empty() : parse(typed).filter(name -> name.digest() == null);
  }

  private static @Nullable String typedName(Descriptor entry) {
    String name = entry.annotations().get(FULL_NAME);
    return name == null ? entry.annotations().get(ImageLayout.REF_NAME) : name;
  }

  /** What an index that is given away says of this image: the manifest, and the name if any. */
  Descriptor given(Descriptor manifest, @Nullable String name) {
    Descriptor plain =
        Descriptor.of(manifest.mediaType(), manifest.digest(), manifest.size())
            .withPlatform(descriptor.platform());
    return name == null
        ? plain
        : plain.withAnnotation(FULL_NAME, name).withAnnotation(ImageLayout.REF_NAME, name);
  }

  /** The name, where there is one that is well-formed. */
  Optional<ImageReference> reference() {
    String name = name();
    return name == null ? Optional.empty() : parse(name);
  }

  private static Optional<ImageReference> parse(String name) {
    try {
      return Optional.of(ImageReference.parse(name).withDefaultTag());
    } catch (MydockerException e) {
      // An entry may be named as one likes; we find it by its id then.
      return Optional.empty();
    }
  }
}
