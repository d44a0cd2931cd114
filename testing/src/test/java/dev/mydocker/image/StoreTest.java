package dev.mydocker.image;

import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store of images in a directory of its own, for each test anew. */
abstract class StoreTest {
  @TempDir Path root;
  @TempDir Path temporary;
  ImageStore store;

  @AfterEach
  void clean() {
    Machine.empty(temporary);
  }

  @BeforeEach
  void open() {
    store = new ImageStore(Machine.FILES, root.toString());
  }

  Image make(String name, String content) throws IOException {
    return store.importTar(
        new ByteArrayInputStream(archive(content)),
        "the test",
        NewImage.builder().name(ImageReference.parse(name)).build());
  }

  static byte[] archive(String content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(out);
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    tar.put(TarEntry.file("file", bytes.length));
    tar.write(bytes, 0, bytes.length);
    tar.finish();
    return out.toByteArray();
  }

  Digest layerBlob(Image image) throws IOException {
    String manifest = Files.readString(blob(image.manifest()));
    int at = manifest.lastIndexOf("sha256:");
    return Digest.parse(manifest.substring(at, at + 71));
  }

  Path blob(Digest digest) {
    return root.resolve("images/blobs/sha256/" + digest.encoded());
  }
}
