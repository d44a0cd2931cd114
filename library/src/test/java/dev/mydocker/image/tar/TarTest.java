package dev.mydocker.image.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import dev.mydocker.image.tar.TarEntry.Extent;
import dev.mydocker.kernel.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 99, 100, 101, 155, 156, 255, 256, 257, 1000, 4000})
  void namesOfAnyLengthComeBackAndReadElsewhere(int length) throws IOException {
    String name = "d/".repeat(length / 7) + "n".repeat(length - length / 7 * 2);
    byte[] archive = write(TarEntry.file(name, 0), TarEntry.link("l", TarType.SYMBOLIC_LINK, name));
    List<TarEntry> entries = read(archive);
    assertThat(entries.get(0).name()).isEqualTo(name);
    assertThat(entries.get(1).linkName()).isEqualTo(name);
    try (TarArchiveInputStream other = other(archive)) {
      assertThat(other.getNextEntry().getName()).isEqualTo(name);
      assertThat(other.getNextEntry().getLinkName()).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 0",
    "1000, 1000, 1700000000, 0",
    "2097151, 2097152, 1700000000, 1",
    "4294967294, 3000000, 8589934592, 999999999",
    "0, 0, -1, 0",
    "0, 0, -1, 500000000",
    "0, 0, -1000000, 123456789"
  })
  void ownersAndTimesComeBackAndReadElsewhere(long user, long group, long seconds, int nanos)
      throws IOException {
    TarEntry entry =
        TarEntry.file("f", 0).withOwner(user, group).withMode(04755).withTime(seconds, nanos);
    byte[] archive = write(entry);
    assertThat(read(archive)).containsExactly(entry);
    try (TarArchiveInputStream other = other(archive)) {
      TarArchiveEntry read = other.getNextEntry();
      assertThat(read.getLongUserId()).isEqualTo(user);
      assertThat(read.getLongGroupId()).isEqualTo(group);
      assertThat(read.getMode() & 07777).isEqualTo(04755);
      assertThat(read.getLastModifiedTime().toInstant())
          .isEqualTo(Instant.ofEpochSecond(seconds, nanos));
    }
  }

  @Test
  void everyTypeComesBack() throws IOException {
    List<TarEntry> entries = new ArrayList<>();
    for (TarType type : TarType.values()) {
      boolean link = type == TarType.HARD_LINK || type == TarType.SYMBOLIC_LINK;
      TarEntry entry = TarEntry.of("e" + type, type, link ? "target" : "", 0640);
      entries.add(type.isDevice() ? entry.withDevice(8, 1025) : entry);
    }
    assertThat(read(write(entries.toArray(TarEntry[]::new)))).isEqualTo(entries);
  }

  @Test
  void bytesThatAreNotUtf8ComeBack() throws IOException {
    byte[] bytes = new byte[200];
    Arrays.fill(bytes, (byte) 0xFF);
    String odd = Bytes.decode(bytes);
    TarEntry entry = TarEntry.link("a" + odd, TarType.SYMBOLIC_LINK, odd);
    assertThat(read(write(entry))).containsExactly(entry);
  }

  @Test
  void extendedAttributesComeBackAndReadElsewhere() throws IOException {
    byte[] value = {0, 1, '\n', (byte) 0xFF, '='};
    byte[] archive = write(TarEntry.file("f", 0).withXattr("security.capability", value));
    assertThat(read(archive).getFirst().xattrs().get("security.capability")).isEqualTo(value);
    assertThat(new String(archive, StandardCharsets.ISO_8859_1))
        .contains("SCHILY.xattr.security.capability=");
  }

  @Test
  void theSameEntriesGiveTheSameBytes() throws IOException {
    TarEntry entry =
        TarEntry.file("x".repeat(300), 0)
            .withXattr("user.b", new byte[] {1})
            .withXattr("user.a", new byte[] {2});
    assertThat(write(entry)).isEqualTo(write(entry));
  }

  @ParameterizedTest
  @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
  void whatOthersWriteIsReadAsItWas(int mode) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String name = "very/long/".repeat(30) + "name";
    try (TarArchiveOutputStream other = new TarArchiveOutputStream(out)) {
      other.setLongFileMode(mode);
      boolean posix = mode == TarArchiveOutputStream.LONGFILE_POSIX;
      other.setBigNumberMode(
          posix ? TarArchiveOutputStream.BIGNUMBER_POSIX : TarArchiveOutputStream.BIGNUMBER_STAR);
      TarArchiveEntry file = new TarArchiveEntry(name);
      file.setSize(3);
      file.setUserId(10_000_000L);
      file.setGroupId(20_000_000L);
      file.setModTime(-5000L);
      other.putArchiveEntry(file);
      other.write("abc".getBytes(StandardCharsets.UTF_8));
      other.closeArchiveEntry();
      TarArchiveEntry link = new TarArchiveEntry("l", TarConstants.LF_SYMLINK);
      link.setLinkName(name);
      other.putArchiveEntry(link);
      other.closeArchiveEntry();
    }
    TarReader reader = reader(out.toByteArray());
    TarEntry file = Objects.requireNonNull(reader.next());
    assertThat(file.name()).isEqualTo(name);
    assertThat(file.user()).isEqualTo(10_000_000);
    assertThat(file.group()).isEqualTo(20_000_000);
    assertThat(file.modifiedSeconds()).isEqualTo(-5);
    byte[] content = new byte[3];
    reader.readFully(content, 0, 3);
    assertThat(content).asString().isEqualTo("abc");
    TarEntry link = Objects.requireNonNull(reader.next());
    assertThat(link.linkName()).isEqualTo(name);
    assertThat(reader.next()).isNull();
  }

  @Test
  void globalHeadersHoldForAllEntriesUntilOneSaysOtherwise() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(pax('g', Map.of("uid", "7", "mtime", "1.5")));
    out.write(bare(TarEntry.file("one", 0)));
    out.write(pax('x', Map.of("uid", "8", "path", "renamed")));
    out.write(bare(TarEntry.file("two", 0)));
    out.write(bare(TarEntry.file("three", 0)));
    out.write(new byte[1024]);
    List<TarEntry> entries = read(out.toByteArray());
    assertThat(entries).extracting(TarEntry::name).containsExactly("one", "renamed", "three");
    assertThat(entries).extracting(TarEntry::user).containsExactly(7L, 8L, 7L);
    assertThat(entries).extracting(TarEntry::modifiedNanos).containsOnly(500_000_000);
  }

  @Test
  void theOldestFormatIsRead() throws IOException {
    byte[] archive = write(TarEntry.directory("d/"), TarEntry.file("d/f", 0));
    for (int at = 0; at < 1024; at += 512) {
      Arrays.fill(archive, at + 257, at + 512, (byte) 0);
      archive[at + 156] = 0;
      checksum(archive, at);
    }
    assertThat(read(archive))
        .extracting(TarEntry::type)
        .containsExactly(TarType.DIRECTORY, TarType.FILE);
  }

  @Test
  void aSparseMapIsCheckedAgainstTheFile() throws IOException {
    assertThat(sparse("10", "0,3,7,3", 6).extents())
        .containsExactly(new Extent(0, 3), new Extent(7, 3));
    assertThat(sparse("10", "10,0", 0).isSparse()).isTrue();
    for (String map : List.of("5,3,0,3", "0,6,100,0", "0,3", "0,7", "-1,6", "0,x", "0")) {
      assertThatThrownBy(() -> sparse("10", map, 6))
          .as(map)
          .isInstanceOf(MydockerException.class)
          .hasMessageStartingWith("read test: ");
    }
  }

  private static TarEntry sparse(String size, String map, int stored) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(pax('x', Map.of("GNU.sparse.size", size, "GNU.sparse.map", map)));
    out.write(bare(TarEntry.file("f", stored)));
    out.write(new byte[512 + 1024]);
    return Objects.requireNonNull(reader(out.toByteArray()).next());
  }

  @Test
  void damageIsNamedWithItsPlace() throws IOException {
    byte[] archive = write(TarEntry.file("one", 600), TarEntry.file("two", 0));
    byte[] flipped = archive.clone();
    flipped[512 + 1024 + 3] ^= 1;
    assertThatThrownBy(() -> read(flipped))
        .hasMessage("read test: a header's checksum is wrong (at byte 2048)");
    assertThatThrownBy(() -> read(Arrays.copyOf(archive, 900)))
        .hasMessage("read test: it is cut off within a file (at byte 900)");
    assertThatThrownBy(() -> read(Arrays.copyOf(archive, archive.length - 1024)))
        .hasMessage("read test: it is cut off (at byte 2048)");
    assertThatThrownBy(() -> read(new byte[0])).hasMessage("read test: it is empty");
    assertThatThrownBy(() -> read(new byte[100])).hasMessage("read test: it is no tar archive");
    assertThatThrownBy(() -> read("x".repeat(512).getBytes(StandardCharsets.UTF_8)))
        .hasMessage("read test: it is no tar archive, or a damaged one");
  }

  @Test
  void anExtendedHeaderThatAsksForGigabytesIsRefused() throws IOException {
    byte[] header = bare(TarEntry.file("x", 1L << 32));
    header[156] = 'x';
    checksum(header, 0);
    assertThatThrownBy(() -> read(header))
        .hasMessageContaining("an extended header has 4294967296");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5 a=b\n",
        "99 a=b\n",
        "6 a=b",
        "0 a=b\n",
        "a=b\n",
        " 6 a=b\n",
        "4 a\n",
        "5 =b\n",
        "9999999999999999999 a=b\n",
        "11 size=x1\n",
        "12 mtime=1.x\n"
      })
  void malformedPaxRecordsAreRefused(String record) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(pax('x', record.getBytes(StandardCharsets.UTF_8)));
    out.write(bare(TarEntry.file("f", 0)));
    out.write(new byte[1024]);
    assertThatThrownBy(() -> read(out.toByteArray()))
        .isInstanceOf(MydockerException.class)
        .hasMessageContaining("pax record");
  }

  @Test
  void aWriterKeepsItsPromises() throws IOException {
    TarWriter tar = new TarWriter(new ByteArrayOutputStream());
    tar.put(TarEntry.file("f", 3));
    assertThatThrownBy(() -> tar.write(new byte[4], 0, 4))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(tar::finish).isInstanceOf(IllegalStateException.class);
  }

  private static byte[] write(TarEntry... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(out);
    for (TarEntry entry : entries) {
      tar.put(entry);
      tar.writeZeros(entry.size());
    }
    tar.finish();
    return out.toByteArray();
  }

  /** An entry's header alone. */
  private static byte[] bare(TarEntry entry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new TarWriter(out).put(entry);
    return Arrays.copyOfRange(out.toByteArray(), out.size() - 512, out.size());
  }

  private static byte[] pax(char type, Map<String, String> records) throws IOException {
    StringBuilder text = new StringBuilder();
    records.forEach(
        (key, value) -> {
          int rest = key.length() + value.length() + 3;
          int length = rest + Integer.toString(rest + 2).length();
          text.append(length).append(' ').append(key).append('=').append(value).append('\n');
        });
    return pax(type, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] pax(char type, byte[] content) throws IOException {
    byte[] header = bare(TarEntry.file("PaxHeader", content.length));
    header[156] = (byte) type;
    checksum(header, 0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(header);
    out.write(content);
    out.write(new byte[-content.length & 511]);
    return out.toByteArray();
  }

  private static void checksum(byte[] archive, int at) {
    byte[] header = Arrays.copyOfRange(archive, at, at + 512);
    TarHeader.putChecksum(header);
    System.arraycopy(header, 0, archive, at, 512);
  }

  private static TarReader reader(byte[] archive) {
    return new TarReader(new ByteArrayInputStream(archive), "test", true);
  }

  private static List<TarEntry> read(byte[] archive) {
    TarReader reader = reader(archive);
    List<TarEntry> entries = new ArrayList<>();
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      entries.add(entry);
    }
    return entries;
  }

  private static TarArchiveInputStream other(byte[] archive) {
    return new TarArchiveInputStream(new ByteArrayInputStream(archive), "UTF-8");
  }
}
