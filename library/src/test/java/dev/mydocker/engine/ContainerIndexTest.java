package dev.mydocker.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.engine.RunRecord.ProcessId;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileStamp;
import dev.mydocker.kernel.LocalZone;
import dev.mydocker.oci.image.ContainerConfig;
import dev.mydocker.oci.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ContainerIndexTest {
  private static final String BOOT = "f5e76ec3-6152-4bee-a5b7-3c69374b7322";
  private static final String ROOT = "/var/lib/mydocker";
  private static final FileStamp STAMP = stamp(1);
  private static final FileStamp OTHER = stamp(2);

  private static FileStamp stamp(int value) {
    byte[] bytes = new byte[FileStamp.SIZE];
    Arrays.fill(bytes, (byte) value);
    return FileStamp.of(bytes, 0);
  }

  private static ContainerRecord record(char digit, String name) {
    String id = String.valueOf(digit).repeat(64);
    ContainerSpec spec = ContainerSpec.of("busybox", "echo", "é\udc80", "").name(name);
    return ContainerRecord.create(
        id, spec, "sha256:1", ContainerConfig.EMPTY, List.of(), 7, LocalZone.UTC);
  }

  private static RunRecord run(String boot) {
    return new RunRecord(
        new ProcessId(12, 34), new ProcessId(11, 33), boot, 99, "/cg/é", JsonObject.empty());
  }

  private static ContainerIndex.Entry entry(ContainerRecord record) {
    return ContainerIndex.entry(record, record.encode(), STAMP, OTHER, BOOT);
  }

  private static byte[] encoded(ContainerRecord... records) {
    List<ContainerIndex.Entry> entries =
        Arrays.stream(records).map(ContainerIndexTest::entry).toList();
    return ContainerIndex.encode(STAMP, entries, BOOT, ROOT);
  }

  private static ContainerIndex decoded(byte[] content) {
    return requireNonNull(ContainerIndex.decode(content, BOOT, ROOT));
  }

  private static List<ContainerIndex.Entry> entries(ContainerIndex index) {
    return index.entries(0, index.size());
  }

  private static String text(ContainerIndex.Entry entry, ContainerIndex.Range range) {
    return Bytes.decode(entry.source(), range.from(), range.from() + range.length());
  }

  @Test
  void givesBackWhatAListShows() {
    ContainerRecord created = record('a', "new");
    ContainerRecord running = record('b', "on").running(run(BOOT));
    ContainerRecord ended = running.exited(new ExitRecord(137, 9, 100, true, "why"));
    ContainerRecord before = record('c', "old").running(run("another"));

    ContainerIndex index = decoded(encoded(created, running, ended, before));

    assertThat(index.directory().isSame(STAMP)).isTrue();
    assertThat(entries(index).get(0).head()).isEqualTo(created.head());
    assertThat(entries(index).get(2).head().exit()).isEqualTo(ended.exit());
    ContainerHead head = entries(index).get(1).head();
    RunRecord start = requireNonNull(head.run());
    assertThat(head.command()).containsExactly("echo", "é\udc80", "");
    assertThat(start.bootId()).isEqualTo(BOOT);
    assertThat(start.init()).isEqualTo(new ProcessId(12, 34));
    assertThat(start.monitor()).isEqualTo(new ProcessId(11, 33));
    assertThat(start.started()).isEqualTo(99);
    assertThat(requireNonNull(entries(index).get(3).head().run()).bootId()).isEqualTo("another");
  }

  @Test
  void saysWhatToLookAt() {
    ContainerRecord running = record('b', "on").running(run(BOOT));
    ContainerRecord ended = running.exited(new ExitRecord(0, 0, 100, false, null));

    List<ContainerIndex.Entry> entries = entries(decoded(encoded(running, ended)));

    ContainerIndex.Entry runs = entries.get(0);
    assertThat(text(runs, runs.record())).isEqualTo("b".repeat(64) + "/config.json\0");
    assertThat(text(runs, runs.exit())).isEqualTo("b".repeat(64) + "/exit\0");
    assertThat(text(runs, runs.stat())).isEqualTo("/proc/12/stat\0");
    assertThat(text(runs, runs.freezer())).isEqualTo("/cg/é\0");
    assertThat(runs.recordStamp().isSame(STAMP)).isTrue();
    assertThat(runs.exitStamp().isSame(OTHER)).isTrue();
    assertThat(runs.jsonText()).isEqualTo(running.encode());
    assertThat(entries.get(1).stat().length()).isZero();
    assertThat(entries.get(1).freezer().length()).isZero();
  }

  @Test
  void hasPartsOfSomeContainers() {
    ContainerIndex index =
        decoded(encoded(record('a', "one"), record('b', "two"), record('c', "three")));
    Set<String> ids =
        new LinkedHashSet<>(List.of("d".repeat(64), "c".repeat(64), "a".repeat(64), "b"));

    assertThat(entries(index.of(ids)))
        .extracting(entry -> entry.head().name())
        .containsExactly("one", "three");
    assertThat(ids).containsExactly("d".repeat(64), "b");
    assertThat(index.of(ids).size()).isZero();
  }

  @Test
  void isWrittenAgainFromEntriesThatWereRead() {
    byte[] content = encoded(record('a', "one"), record('b', "two").running(run(BOOT)));

    byte[] again = ContainerIndex.encode(STAMP, entries(decoded(content)), BOOT, ROOT);

    assertThat(again).isEqualTo(content);
  }

  @Test
  void ofAnotherBootOrStateDirectoryIsNone() {
    byte[] content = encoded(record('a', "one"));
    assertThat(ContainerIndex.decode(content, "another", ROOT)).isNull();
    assertThat(ContainerIndex.decode(content, BOOT, "/other")).isNull();
    assertThat(ContainerIndex.decode(content, BOOT, ROOT)).isNotNull();
  }

  @Test
  void thatIsDamagedAnywhereIsNone() {
    byte[] content = encoded(record('a', "one"), record('b', "two").running(run(BOOT)));
    for (int i = 0; i < content.length; i++) {
      assertThat(ContainerIndex.decode(Arrays.copyOf(content, i), BOOT, ROOT)).isNull();
      byte[] other = content.clone();
      other[i] ^= 0x40;
      assertThat(ContainerIndex.decode(other, BOOT, ROOT)).as("byte %d", i).isNull();
    }
  }

  @Test
  void entriesThatAreNoneAreSeenWhenTheyAreRead() {
    byte[] content = encoded(record('a', "one"), record('b', "two"));
    // The length of its first path, in a file that is whole otherwise.
    int second = new String(content, StandardCharsets.ISO_8859_1).indexOf("b".repeat(64));
    content[second - 1] = 0x7F;
    CRC32 checksum = new CRC32();
    checksum.update(content, 20, content.length - 20);
    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putInt(16, (int) checksum.getValue());

    ContainerIndex index = decoded(content);

    assertThat(index.entries(0, 1).get(0).head().name()).isEqualTo("one");
    assertThatThrownBy(() -> index.entries(1, 2)).isInstanceOf(ContainerIndex.Damaged.class);
  }
}
