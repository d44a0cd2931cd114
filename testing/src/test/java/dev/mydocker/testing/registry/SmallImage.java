package dev.mydocker.testing.registry;

import dev.mydocker.testkit.FakeRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** An image of a few files, as a registry serves it. */
final class SmallImage {
  static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
  static final String INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
  private static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";

  final List<byte[]> layers = new ArrayList<>();
  final byte[] config;

  private SmallImage(String architecture, List<byte[]> archives) {
    List<String> diffIds = new ArrayList<>();
    for (byte[] archive : archives) {
      diffIds.add("\"" + FakeRegistry.digest(archive) + "\"");
      layers.add(gzip(archive));
    }
    config =
        ("{\"architecture\":\""
                + architecture
                + "\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/file-0\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + String.join(",", diffIds)
                + "]}}")
            .getBytes(StandardCharsets.UTF_8);
  }

  /** One of so many layers, each with a file of so many bytes that cannot be compressed. */
  static SmallImage of(int layers, int size) {
    return of("amd64", layers, size);
  }

  static SmallImage of(String architecture, int layers, int size) {
    List<byte[]> archives = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      byte[] content = new byte[size];
      new Random(i).nextBytes(content);
      archives.add(tar("file-" + i, content));
    }
    return new SmallImage(architecture, archives);
  }

  /** One whose only layer is no archive. */
  static SmallImage ofGarbage() {
    byte[] garbage = new byte[4096];
    new Random(7).nextBytes(garbage);
    return new SmallImage("amd64", List.of(garbage));
  }

  String layerDigest(int at) {
    return FakeRegistry.digest(layers.get(at));
  }

  String manifest() {
    return manifest("");
  }

  /** The manifest with more members, such as {@code ,"subject":{…}}. */
  String manifest(String more) {
    List<String> descriptors = new ArrayList<>();
    for (byte[] layer : layers) {
      descriptors.add(descriptor(LAYER_TYPE, FakeRegistry.digest(layer), layer.length));
    }
    return "{\"schemaVersion\":2,\"mediaType\":\""
        + MANIFEST_TYPE
        + "\",\"config\":"
        + descriptor(CONFIG_TYPE, FakeRegistry.digest(config), config.length)
        + ",\"layers\":["
        + String.join(",", descriptors)
        + "]"
        + more
        + "}";
  }

  static String descriptor(String type, String digest, long size) {
    return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size + "}";
  }

  /** Serves all of it; the digest of its manifest. */
  String serve(FakeRegistry registry, String repository, String tag) {
    return serve(registry, repository, tag, manifest());
  }

  /** Serves all of it with another manifest; the digest of that. */
  String serve(FakeRegistry registry, String repository, String tag, String manifest) {
    registry.blob(repository, config);
    layers.forEach(layer -> registry.blob(repository, layer));
    return registry.manifest(repository, tag, MANIFEST_TYPE, manifest);
  }

  private static byte[] tar(String name, byte[] content) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644\0");
    put(header, 108, "0000000\0");
    put(header, 116, "0000000\0");
    put(header, 124, Long.toOctalString(0100000000000L + content.length).substring(1) + "\0");
    put(header, 136, "00000000000\0");
    put(header, 148, "        ");
    header[156] = '0';
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xFF;
    }
    put(header, 148, Integer.toOctalString(01000000 + sum).substring(1) + "\0 ");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header);
    out.writeBytes(content);
    out.writeBytes(new byte[(512 - content.length % 512) % 512 + 1024]);
    return out.toByteArray();
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
