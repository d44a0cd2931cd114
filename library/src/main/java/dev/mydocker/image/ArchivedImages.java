package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images in a tar archive, read once from its beginning to its end, as a pipe gives it: what looks
 * like a layer is taken in at once, before it is known whose it is, and the rest is kept as
 * metadata.
 */
final class ArchivedImages implements ImageContents {
  private static final int START = 512;

  /** All metadata together; the largest images have some hundred kilobytes. */
  private static final int MAXIMUM_DOCUMENTS = 32 << 20;

  /** How many links are followed from one name to another. */
  private static final int MAXIMUM_LINKS = 8;

  private final Intake intake;
  private final String what;
  private final Map<String, byte[]> documents = new LinkedHashMap<>();
  private final Map<String, StagedLayer> layers = new LinkedHashMap<>();
  private final Map<String, String> links = new HashMap<>();
  private long documentBytes;

  private ArchivedImages(Intake intake, String what) {
    this.intake = intake;
    this.what = what;
  }

  /**
   * Reads an archive.
   *
   * @param archive tar, packed or not; read to its end, not closed
   * @param what where it comes from, for messages
   */
  static ArchivedImages read(Intake intake, InputStream archive, String what) {
    ArchivedImages images = new ArchivedImages(intake, what);
    try {
      PushbackInputStream in = new PushbackInputStream(archive, Compression.MAGIC_LENGTH);
      byte[] start = new byte[Compression.MAGIC_LENGTH];
      int length = in.readNBytes(start, 0, start.length);
      in.unread(start, 0, length);
      try (InputStream plain = Compression.detect(start, length).decompress(in)) {
        images.read(new TarReader(plain, what, false));
      }
    } catch (IOException e) {
      throw MydockerException.of(
          Category.INVALID, "read", what, String.valueOf(e.getMessage()), null, e);
    }
    return images;
  }

  private void read(TarReader tar) {
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String name = clean(entry.name());
      switch (entry.type()) {
        case FILE -> readFile(tar, entry, name);
        case HARD_LINK -> links.put(name, clean(entry.linkName()));
        case SYMBOLIC_LINK -> links.put(name, beside(name, entry.linkName()));
        case DIRECTORY, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> {
          // Nothing that an image is made of.
        }
      }
    }
  }

  private void readFile(TarReader tar, TarEntry entry, String name) {
    byte[] start = new byte[(int) Math.min(START, entry.size())];
    if (!entry.isSparse()) {
      tar.readFully(start, 0, start.length);
    }
    if (isLayer(name, start)) {
      InputStream whole = new SequenceInputStream(new ByteArrayInputStream(start), tar.content());
      layers.put(name, intake.layer(whole, name + " of " + what));
    } else if (entry.size() <= StoreFiles.MAXIMUM_JSON && isJson(start)) {
      documentBytes += entry.size();
      if (documentBytes > MAXIMUM_DOCUMENTS) {
        throw MydockerException.of(
            Category.INVALID,
            "read",
            what,
            "more than " + MAXIMUM_DOCUMENTS + " bytes of it are no layers");
      }
      byte[] content = new byte[(int) entry.size()];
      System.arraycopy(start, 0, content, 0, start.length);
      tar.readFully(content, start.length, content.length - start.length);
      documents.put(name, content);
    }
  }

  /**
   * Whether a file is an archive, packed or not, where archives of images have layers. Each writer
   * has its own names for them: {@code ID/layer.tar}, {@code DIGEST.tar}, {@code HASH.tar.gz}.
   */
  private static boolean isLayer(String name, byte[] start) {
    boolean named =
        name.startsWith("blobs/")
            || name.endsWith(".tar")
            || name.endsWith(".tgz")
            || name.indexOf(".tar.") > 0;
    return named
        && (Compression.detect(start, start.length) != Compression.NONE
            || TarReader.isArchive(start));
  }

  private static boolean isJson(byte[] start) {
    for (byte b : start) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b == '{' || b == '[';
      }
    }
    return false;
  }

  /** Without {@code ./} in front, as some tools write it. */
  private static String clean(String name) {
    return name.startsWith("./") ? name.substring(2) : name;
  }

  /** What a symbolic link in the archive means, seen from its root. */
  private static String beside(String name, String target) {
    List<String> parts = new ArrayList<>(List.of(name.split("/", -1)));
    parts.removeLast();
    for (String part : target.split("/", -1)) {
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  private String followed(String name) {
    String at = clean(name);
    for (int i = 0; i < MAXIMUM_LINKS && links.containsKey(at); i++) {
      at = links.getOrDefault(at, at);
    }
    return at;
  }

  @Override
  public String what() {
    return what;
  }

  @Override
  public boolean has(String name) {
    String at = followed(name);
    return documents.containsKey(at) || layers.containsKey(at);
  }

  @Override
  public byte[] document(String name) {
    byte[] content = documents.get(followed(name));
    if (content == null) {
      throw missing(name, layers.containsKey(followed(name)) ? "is no metadata" : "is missing");
    }
    return content;
  }

  @Override
  public StagedLayer layer(String name) {
    StagedLayer layer = layers.get(followed(name));
    if (layer == null) {
      throw missing(name, documents.containsKey(followed(name)) ? "is no layer" : "is missing");
    }
    return layer;
  }

  private MydockerException missing(String name, String problem) {
    return MydockerException.of(Category.INVALID, "read", what, name + " " + problem);
  }
}
