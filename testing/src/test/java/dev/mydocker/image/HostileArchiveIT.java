package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.MydockerException;
import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarType;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives made at random from fixed seeds: nothing outside, nothing half-made. */
@Requires(Need.ROOT)
class HostileArchiveIT {
  private static final List<String> PARTS =
      List.of("a", "b", "c", "..", ".", "", "/", ".wh.a", ".wh.b", ".wh..wh..opq", "proc", "...");

  @TempDir private Path temporary;
  private Path root;
  private Path canary;
  private String outside;

  @AfterEach
  void clean() throws IOException {
    assertThat(Machine.openBelow(temporary)).as("descriptors left open").isZero();
    Machine.empty(temporary);
  }

  @BeforeEach
  void watch() throws IOException {
    root = Files.createDirectories(temporary.resolve("deep/er/root"));
    canary = Files.createDirectories(temporary.resolve("canary"));
    for (String name : List.of("a", "b", "c")) {
      Files.writeString(canary.resolve(name), name);
      Files.writeString(temporary.resolve(name), name);
    }
    outside = outside();
  }

  @Test
  void randomNamesAndLinksWriteNothingOutside() throws IOException {
    int unpacked = 0;
    for (int seed = 0; seed < 150; seed++) {
      unpacked += attempt(randomArchive(new Random(seed)), "names " + seed) ? 1 : 0;
    }
    assertThat(unpacked).as("archives that could be unpacked").isBetween(10, 145);
  }

  @Test
  void damagedArchivesAreRefusedOrHarmless() throws IOException {
    Random random = new Random(42);
    int refused = 0;
    for (int i = 0; i < 150; i++) {
      byte[] archive = honestArchive(random);
      int flips = 1 + random.nextInt(3);
      for (int flip = 0; flip < flips; flip++) {
        archive[random.nextInt(archive.length)] ^= (byte) (1 << random.nextInt(8));
      }
      refused += attempt(archive, "flips " + i) ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(25);
  }

  @Test
  void archivesThatAreCutOffAreRefused() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 150; i++) {
      byte[] archive = honestArchive(random);
      byte[] packed = gzip(archive);
      int end = archive.length - 1024;
      byte[] cut = Arrays.copyOf(archive, random.nextInt(end + 1));
      assertThat(attempt(cut, "cut " + i)).as("cut at %d of %d", cut.length, end).isFalse();
      byte[] packedCut = Arrays.copyOf(packed, random.nextInt(packed.length));
      assertThat(attempt(packedCut, "packed cut " + i)).isFalse();
    }
  }

  /** Imports an archive; whether that worked. */
  private boolean attempt(byte[] archive, String what) throws IOException {
    ImageStore store = new ImageStore(Machine.FILES, root.toString());
    boolean worked;
    try {
      Image image =
          store.importTar(new ByteArrayInputStream(archive), what, NewImage.builder().build());
      worked = true;
      store.remove(image.id().toString(), false, id -> List.of());
    } catch (MydockerException e) {
      worked = false;
      assertThat(e.getMessage()).as(what).contains(what);
    }
    assertThat(outside()).as(what).isEqualTo(outside);
    if (root.resolve("images").toFile().exists()) {
      assertThat(Machine.names(root.resolve("images/layers"))).as(what).isEmpty();
      assertThat(Machine.names(root.resolve("images/tmp"))).as(what).isEmpty();
      assertThat(Machine.names(root.resolve("images/blobs/sha256"))).as(what).isEmpty();
    }
    return worked;
  }

  /** Everything below the temporary directory but the store. */
  private String outside() throws IOException {
    StringBuilder all = new StringBuilder();
    try (var files = Files.walk(temporary)) {
      for (Path file : files.sorted().toList()) {
        if (!file.startsWith(root)) {
          all.append(file).append(' ').append(Files.getLastModifiedTime(file));
          all.append(' ').append(Files.isRegularFile(file) ? Files.readString(file) : "");
          all.append(' ').append(Files.getPosixFilePermissions(file)).append('\n');
        }
      }
    }
    return all.toString();
  }

  private byte[] randomArchive(Random random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(out);
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      String name = path(random);
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> {
          byte[] content = new byte[random.nextInt(600)];
          tar.put(TarEntry.file(name.isEmpty() ? "a" : name, content.length));
          tar.write(content, 0, content.length);
        }
        case 3, 4 -> tar.put(TarEntry.directory(name.isEmpty() ? "b" : name).withMode(0777));
        case 5, 6, 7 -> tar.put(TarEntry.link(name, TarType.SYMBOLIC_LINK, target(random)));
        case 8 -> tar.put(TarEntry.link(name, TarType.HARD_LINK, target(random)));
        default -> tar.put(TarEntry.of(name, TarType.FIFO, "", 0600));
      }
    }
    tar.finish();
    return out.toByteArray();
  }

  private String target(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> canary.toString();
      case 1 -> canary + "/a";
      case 2 -> "../../../../../../../.." + temporary;
      default -> path(random);
    };
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder(random.nextInt(6) == 0 ? "/" : "");
    int length = 1 + random.nextInt(4);
    for (int i = 0; i < length; i++) {
      // Mostly plain names, so that some archives are honest.
      int part = random.nextInt(3) > 0 ? random.nextInt(3) : random.nextInt(PARTS.size());
      path.append(i == 0 ? "" : "/").append(PARTS.get(part));
    }
    return path.toString();
  }

  private static byte[] honestArchive(Random random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(out);
    tar.put(TarEntry.directory("d"));
    for (int i = 0; i < 5; i++) {
      byte[] content = new byte[random.nextInt(3000)];
      random.nextBytes(content);
      tar.put(TarEntry.file("d/" + i, content.length).withTime(1_000_000, 5));
      tar.write(content, 0, content.length);
    }
    tar.put(TarEntry.link("d/h", TarType.HARD_LINK, "d/1"));
    tar.finish();
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
