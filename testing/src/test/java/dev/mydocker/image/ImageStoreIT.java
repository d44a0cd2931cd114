package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.ImageReference;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Requires(Need.ROOT)
class ImageStoreIT extends StoreTest {
  @Test
  void anEmptyStoreHasNothingAndFindsNothing() {
    assertThat(store.list()).isEmpty();
    assertThat(store.find("busybox")).isEmpty();
    assertThat(root).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({
    "docker.io/library/one:latest, one",
    "docker.io/library/one:latest, docker.io/library/one",
    "docker.io/library/one:1.2, one:1.2",
    "localhost/one:latest, one",
    "localhost/one:latest, localhost/one:latest",
    "example.com:5000/a/b:latest, example.com:5000/a/b"
  })
  void anImageIsFoundByWhatPeopleCallIt(String name, String asked) throws IOException {
    Image made = make(name, "x");
    assertThat(store.find(asked)).contains(made);
    assertThat(store.find(made.id().toString())).contains(made);
    assertThat(store.find(made.id().encoded())).contains(made);
    assertThat(store.find(made.id().encoded().substring(0, 6))).contains(made);
    assertThat(store.find("sha256:" + made.id().shortId())).contains(made);
    assertThat(store.find("other")).isEmpty();
    assertThat(store.find(asked + "x")).isEmpty();
  }

  @Test
  void theStartOfSeveralIdsIsAmbiguous() throws IOException {
    List<String> starts = new ArrayList<>();
    String twice = null;
    for (int i = 0; twice == null; i++) {
      String start = make("i" + i + ":t", "content " + i).id().encoded().substring(0, 1);
      twice = starts.contains(start) ? start : null;
      starts.add(start);
    }
    String start = twice;
    assertThatThrownBy(() -> store.find(start))
        .isInstanceOf(MydockerException.class)
        .hasMessage("find image " + start + ": several images' ids start so");
  }

  @ParameterizedTest
  @CsvSource({
    "cat, application/vnd.oci.image.layer.v1.tar",
    "gzip, application/vnd.oci.image.layer.v1.tar+gzip",
    "xz, application/vnd.oci.image.layer.v1.tar",
    "zstd, application/vnd.oci.image.layer.v1.tar+zstd"
  })
  void archivesAreImportedHoweverTheyArePacked(String packer, String mediaType) throws IOException {
    Path archive = temporary.resolve("a.tar");
    Files.write(archive, archive("packed"));
    Machine.run("sh", "-c", packer + " <\"$0\" >\"$0.packed\"", archive.toString());
    Image image;
    try (InputStream in = Files.newInputStream(Path.of(archive + ".packed"))) {
      image = store.importTar(in, "a.tar", NewImage.builder().build());
    }
    assertThat(Path.of(store.layerDirectories(image).getFirst(), "file")).hasContent("packed");
    String manifest = Files.readString(blob(image.manifest()));
    assertThat(manifest).contains("\"" + mediaType + "\"");
    for (String name : Machine.names(root.resolve("images/blobs/sha256"))) {
      assertThat(Machine.run("sha256sum", root + "/images/blobs/sha256/" + name))
          .startsWith(name + " ");
    }
  }

  @Test
  void severalPackedPiecesAreOneArchive() throws IOException {
    byte[] whole = archive("pieces");
    for (String packer : List.of("gzip", "xz", "zstd")) {
      Path first = Files.write(temporary.resolve("1"), Arrays.copyOf(whole, 700));
      Path second =
          Files.write(temporary.resolve("2"), Arrays.copyOfRange(whole, 700, whole.length));
      Path both = temporary.resolve("both");
      Machine.run(
          "sh",
          "-c",
          "(" + packer + " <$0; " + packer + " <$1) >$2",
          first.toString(),
          second.toString(),
          both.toString());
      try (InputStream in = Files.newInputStream(both)) {
        Image image = store.importTar(in, packer, NewImage.builder().build());
        assertThat(Path.of(store.layerDirectories(image).getFirst(), "file")).hasContent("pieces");
      }
    }
  }

  @Test
  void whatIsNoArchiveLeavesNothing() throws IOException {
    make("kept", "kept");
    String before = Machine.run("find", root.toString());
    byte[] whole = archive("x".repeat(100_000));
    List<byte[]> bad =
        List.of(
            new byte[0],
            "hello".getBytes(StandardCharsets.UTF_8),
            new byte[] {0x1F, (byte) 0x8B, 8, 0},
            Arrays.copyOf(whole, 60_000),
            Arrays.copyOf(whole, 101_000));
    for (byte[] archive : bad) {
      assertThatThrownBy(
              () ->
                  store.importTar(
                      new ByteArrayInputStream(archive), "bad.tar", NewImage.builder().build()))
          .isInstanceOf(MydockerException.class)
          .hasMessageStartingWith("read bad.tar: ");
    }
    assertThat(Machine.run("find", root.toString())).isEqualTo(before);
  }

  @Test
  void aNameMovesToTheNewImageAndTheOldOneStaysWithoutName() throws IOException {
    Image old = make("app", "old");
    Image young = make("app", "young");
    assertThat(store.find("app")).contains(young);
    assertThat(store.list()).hasSize(2);
    assertThat(store.find(old.id().toString()).orElseThrow().names()).isEmpty();
    make("app", "old");
    assertThat(store.find("app").orElseThrow().layers()).isEqualTo(old.layers());
    assertThat(store.list()).hasSizeBetween(2, 3);
  }

  @Test
  void tagsAreNamesOfTheSameImage() throws IOException {
    Image image = make("app", "x");
    store.tag("app", ImageReference.parse("other:2"));
    store.tag("app", ImageReference.parse("other:2"));
    assertThat(store.list()).hasSize(1);
    assertThat(store.find("other:2").orElseThrow().id()).isEqualTo(image.id());
    assertThat(store.find("app").orElseThrow().names())
        .extracting(ImageReference::familiar)
        .containsExactly("app:latest", "other:2");
    assertThatThrownBy(() -> store.tag("missing", ImageReference.parse("x")))
        .hasMessage("tag image missing: no such image");
  }

  @Test
  void removingTheLastNameRemovesTheImageAndItsFiles() throws IOException {
    Image kept = make("kept", "kept");
    String before = files();
    Image image = make("app", "x");
    store.tag("app", ImageReference.parse("second"));
    assertThat(store.remove("app", false, ImageStoreIT::noUsers))
        .containsExactly("Untagged: app:latest");
    assertThat(store.remove("second", false, ImageStoreIT::noUsers))
        .containsExactly(
            "Untagged: second:latest",
            "Deleted: " + image.id(),
            "Deleted: " + image.layers().getFirst());
    assertThat(store.find("second")).isEmpty();
    assertThat(files()).isEqualTo(before);
    assertThat(store.find("kept")).contains(kept);
    assertThatThrownBy(() -> store.remove("app", false, ImageStoreIT::noUsers))
        .hasMessage("remove image app: no such image");
  }

  @Test
  void whatContainersUseIsNotRemoved() throws IOException {
    Image image = make("app", "x");
    Function<Digest, List<ImageUser>> running = id -> List.of(new ImageUser("web", true));
    Function<Digest, List<ImageUser>> stopped = id -> List.of(new ImageUser("web", false));
    assertThatThrownBy(() -> store.remove("app", false, running))
        .hasMessage("remove image app: running container web uses it");
    assertThatThrownBy(() -> store.remove(image.id().shortId(), true, running))
        .hasMessageEndingWith("running container web uses it");
    assertThatThrownBy(() -> store.remove("app", false, stopped))
        .hasMessage("remove image app: stopped container web uses it");
    assertThat(store.remove("app", true, stopped)).containsExactly("Untagged: app:latest");
    assertThat(store.find("app")).isEmpty();
    Image left = store.find(image.id().toString()).orElseThrow();
    assertThat(Path.of(store.layerDirectories(left).getFirst(), "file")).hasContent("x");
    assertThat(store.remove(image.id().toString(), false, ImageStoreIT::noUsers))
        .contains("Deleted: " + image.id());
  }

  @Test
  void anImageInSeveralRepositoriesIsRemovedByIdOnlyByForce() throws IOException {
    Image image = make("app", "x");
    store.tag("app", ImageReference.parse("other"));
    String id = image.id().shortId();
    assertThatThrownBy(() -> store.remove(id, false, ImageStoreIT::noUsers))
        .hasMessage("remove image " + id + ": it has names in 2 repositories");
    assertThat(store.remove(id, true, ImageStoreIT::noUsers))
        .contains("Untagged: app:latest", "Untagged: other:latest", "Deleted: " + image.id());
    assertThat(store.list()).isEmpty();
  }

  @Test
  void imagesShareTheirLayers() throws IOException {
    make("one", "same");
    Image two =
        store.importTar(
            new ByteArrayInputStream(archive("same")),
            "two",
            NewImage.builder().name(ImageReference.parse("two")).comment("different").build());
    assertThat(Machine.names(root.resolve("images/layers"))).hasSize(1);
    store.remove("one", false, ImageStoreIT::noUsers);
    assertThat(Path.of(store.layerDirectories(two).getFirst(), "file")).hasContent("same");
  }

  @Test
  void aLayerThatIsNotUnpackedIsUnpackedOnDemand() throws IOException {
    Image image = make("app", "x");
    String directory = store.layerDirectories(image).getFirst();
    Machine.run("touch", "-d@0", directory);
    String before = Machine.listing(Path.of(directory));
    Machine.run("rm", "-r", root + "/images/layers");
    assertThat(store.layerDirectories(image)).containsExactly(directory);
    Machine.run("touch", "-d@0", directory);
    assertThat(Machine.listing(Path.of(directory))).isEqualTo(before);
  }

  @Test
  void aBlobThatWasChangedIsNotUnpackedAgain() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(archive("x"));
    }
    Image image =
        store.importTar(
            new ByteArrayInputStream(packed.toByteArray()), "it", NewImage.builder().build());
    Machine.run("rm", "-r", root + "/images/layers");
    Digest layer = layerBlob(image);
    // The time in gzip's header: what is unpacked is still the same.
    byte[] changed = packed.toByteArray();
    changed[4] ^= 1;
    Files.write(blob(layer), changed);
    assertThatThrownBy(() -> store.layerDirectories(image))
        .isInstanceOf(MydockerException.class)
        .hasMessageContaining("its digest is sha256:")
        .hasMessageContaining(", not " + layer);
    assertThat(Machine.names(root.resolve("images/layers"))).isEmpty();
    assertThat(Machine.names(root.resolve("images/tmp"))).isEmpty();
  }

  @Test
  void aLayerOfAnImageThatIsRemovedWhileItIsUnpackedDoesNotStay() throws Exception {
    Image image = make("app", "x");
    Machine.run("rm", "-r", root + "/images/layers");
    Path blob = blob(layerBlob(image));
    byte[] content = Files.readAllBytes(blob);
    Files.delete(blob);
    Machine.run("mkfifo", blob.toString());
    try (var executor = Executors.newSingleThreadExecutor()) {
      Future<List<String>> unpacked = executor.submit(() -> store.layerDirectories(image));
      // Opened when it is read.
      try (OutputStream out = Files.newOutputStream(blob)) {
        store.remove("app", false, ImageStoreIT::noUsers);
        out.write(content);
      }
      assertThatThrownBy(unpacked::get)
          .hasRootCauseInstanceOf(MydockerException.class)
          .hasRootCauseMessage("unpack image " + image.id().shortId() + ": no such image");
    }
    assertThat(Machine.names(root.resolve("images/layers"))).isEmpty();
    assertThat(Machine.names(root.resolve("images/tmp"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker.io/library/app:latest", "app", "app:latest"})
  void entriesOfOtherToolsAreFound(String name) throws IOException {
    Image image = make("app", "x");
    Path index = root.resolve("images/index.json");
    String plain =
        Machine.run(
            "python3",
            "-c",
            """
            import json, sys
            index = json.load(open(sys.argv[1]))
            for m in index["manifests"]:
                m["annotations"] = {"org.opencontainers.image.ref.name": sys.argv[2]}
            print(json.dumps(index))
            """,
            index.toString(),
            name);
    Files.writeString(index, plain);
    Image found = store.find("app").orElseThrow();
    assertThat(found.id()).isEqualTo(image.id());
    assertThat(store.layerDirectories(found)).isEqualTo(store.layerDirectories(image));
  }

  @Test
  void manyAtOnceDoNotDisturbEachOther() throws Exception {
    try (var executor = Executors.newFixedThreadPool(6)) {
      List<Future<Image>> made = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        String name = "n" + i;
        String content = "content " + i % 4;
        made.add(executor.submit(() -> make(name, content)));
      }
      for (Future<Image> image : made) {
        image.get();
      }
    }
    for (int i = 0; i < 24; i++) {
      Image image = store.find("n" + i).orElseThrow();
      assertThat(Path.of(store.layerDirectories(image).getFirst(), "file"))
          .hasContent("content " + i % 4);
    }
    assertThat(Machine.names(root.resolve("images/layers"))).hasSize(4);
    assertThat(root.resolve("images/tmp")).isEmptyDirectory();
  }

  @Test
  void whatAKilledCommandLeftIsRemovedByTheNext() throws IOException {
    make("app", "x");
    Path left = Files.createDirectories(root.resolve("images/tmp/dead/tree/usr"));
    Files.writeString(left.resolve("half"), "made");
    make("other", "y");
    assertThat(root.resolve("images/tmp")).isEmptyDirectory();
  }

  private static List<ImageUser> noUsers(Digest image) {
    return List.of();
  }

  private String files() {
    return Machine.run("sh", "-c", "find \"$0\" | sort", root.toString());
  }
}
