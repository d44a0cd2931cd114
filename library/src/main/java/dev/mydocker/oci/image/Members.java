package dev.mydocker.oci.image;

import dev.mydocker.oci.Digest;
import dev.mydocker.oci.json.FieldException;
import dev.mydocker.oci.json.ObjectReader;
import java.util.ArrayList;
import java.util.List;

/** Members that only images have. */
final class Members {
  /** The only version of manifests of this shape; 1 was another format. */
  static final int SCHEMA_VERSION = 2;

  private Members() {}

  static Digest digest(ObjectReader in, String name) {
    return digest(name, in.string(name));
  }

  static List<Digest> digests(ObjectReader in, String name) {
    List<Digest> digests = new ArrayList<>();
    for (String text : in.strings(name)) {
      digests.add(digest(name + "[" + digests.size() + "]", text));
    }
    return digests;
  }

  static List<String> texts(List<Digest> digests) {
    List<String> texts = new ArrayList<>(digests.size());
    for (Digest digest : digests) {
      texts.add(digest.toString());
    }
    return texts;
  }

  /** Takes and checks the version. */
  static void requireSchemaVersion(ObjectReader in) {
    int version = in.int32("schemaVersion");
    if (version != SCHEMA_VERSION) {
      throw new FieldException("schemaVersion", "expected 2, found " + version);
    }
  }

  private static Digest digest(String name, String text) {
    return Digest.tryParse(text)
        .orElseThrow(
            () -> new FieldException(name, "expected sha256:hexadecimal, found \"" + text + "\""));
  }
}
