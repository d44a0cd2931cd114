package dev.mydocker.image.tar;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.PaxRecords.BadRecord;
import dev.mydocker.image.tar.TarEntry.Extent;
import dev.mydocker.image.tar.TarHeader.BadNumber;
import dev.mydocker.kernel.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads an archive from its beginning to its end: ustar, pax with global headers, GNU's long names,
 * numbers and sparse files (old, 0.0, 0.1, 1.0), star's and V7's.
 *
 * <p>What is damaged or cut off is an error with the place in the archive, never a guess.
 */
public final class TarReader {
  private static final int BLOCK = TarHeader.BLOCK;

  /** Names and attributes of one entry; Linux has paths of 4 KiB and attributes of 64 KiB. */
  private static final int MAXIMUM_EXTENSION = 1 << 20;

  private static final int MAXIMUM_EXTENTS = 1 << 20;

  private final InputStream in;
  private final String what;
  private final boolean needsEnd;
  private final byte[] block = new byte[BLOCK];
  private final PaxRecords pax = new PaxRecords();
  private long position;
  private long remaining;
  private int padding;
  private boolean ended;
  private boolean started;

  /**
   * @param in the archive, not compressed; buffering it is of no use
   * @param what where it comes from, for messages
   * @param needsEnd whether an archive without its end marker is taken for cut off; where a digest
   *     tells, that is not needed, and some writers leave it out
   */
  public TarReader(InputStream in, String what, boolean needsEnd) {
    this.in = in;
    this.what = what;
    this.needsEnd = needsEnd;
  }

  /**
   * Goes to the next entry, past whatever of the last one's content has not been read.
   *
   * @return the entry, or null at the end, where the stream has been read to its end as well
   * @throws MydockerException if the archive is damaged, cut off or none
   */
  public @Nullable TarEntry next() {
    if (ended) {
      return null;
    }
    try {
      return advance();
    } catch (BadNumber e) {
      throw damaged("a header's number is malformed");
    } catch (BadRecord e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable TarEntry advance() throws BadNumber, BadRecord {
    String longName = null;
    String longLink = null;
    pax.clear();
    while (true) {
      skipContent();
      if (!readHeader()) {
        if (longName != null || longLink != null || !pax.isClear()) {
          throw damaged("it ends behind an extended header");
        }
        return null;
      }
      byte type = block[TarHeader.TYPE];
      switch (type) {
        case 'x', 'X' -> pax.add(readExtension(), false);
        case 'g' -> pax.add(readExtension(), true);
        case 'L' -> longName = terminated(readExtension());
        case 'K' -> longLink = terminated(readExtension());
        case 'V' -> remaining = 0;
        default -> {
          return entry(type, longName, longLink);
        }
      }
    }
  }

  /**
   * Reads content of the entry: the bytes of its extents, one behind the other.
   *
   * @return how many bytes, or -1 at the end of the content
   */
  public int read(byte[] bytes, int from, int length) {
    if (remaining == 0) {
      return -1;
    }
    int got = readSome(bytes, from, (int) Math.min(length, remaining));
    if (got < 0) {
      throw damaged("it is cut off within a file");
    }
    remaining -= got;
    return got;
  }

  /** Reads exactly {@code length} bytes of content. */
  public void readFully(byte[] bytes, int from, int length) {
    int done = 0;
    while (done < length) {
      int got = read(bytes, from + done, length - done);
      if (got < 0) {
        throw damaged("a file is shorter than its header says");
      }
      done += got;
    }
  }

  /** The content of the entry as a stream, up to its end or to the next entry. */
  public InputStream content() {
    return new InputStream() {
      @Override
      public int read() {
        byte[] one = new byte[1];
        return TarReader.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] bytes, int from, int length) {
        return length == 0 ? 0 : TarReader.this.read(bytes, from, length);
      }
    };
  }

  /** Whether a file whose first 512 bytes are these is an archive, perhaps one of nothing. */
  public static boolean isArchive(byte[] start) {
    return start.length >= BLOCK && (TarHeader.hasChecksum(start) || TarHeader.isZero(start));
  }

  private TarEntry entry(byte flag, @Nullable String longName, @Nullable String longLink)
      throws BadNumber, BadRecord {
    String name = pax.text("path");
    String link = pax.text("linkpath");
    name = name != null ? name : longName != null ? longName : headerName();
    link =
        link != null
            ? link
            : longLink != null
                ? longLink
                : TarHeader.text(block, TarHeader.LINK, TarHeader.NAME_LENGTH);
    TarType type = type(flag, name);
    long stored = pax.number("size", TarHeader.number(block, TarHeader.SIZE, 12));
    if (stored < 0) {
      throw damaged("a file's size is negative");
    }
    // Links, devices and directories have no content, whatever their size says (Go, GNU tar).
    stored = type == TarType.FILE ? stored : 0;
    remaining = stored;
    padding = padding(stored);
    long[] time = pax.time("mtime");
    if (time == null) {
      time = new long[] {TarHeader.number(block, TarHeader.TIME, 12), 0};
    }
    int mode = (int) TarHeader.number(block, TarHeader.MODE, 8) & 07777;
    long user = pax.number("uid", TarHeader.number(block, TarHeader.USER, 8));
    long group = pax.number("gid", TarHeader.number(block, TarHeader.GROUP, 8));
    long major = type.isDevice() ? TarHeader.number(block, TarHeader.MAJOR, 8) : 0;
    long minor = type.isDevice() ? TarHeader.number(block, TarHeader.MINOR, 8) : 0;
    Map<String, byte[]> xattrs = pax.xattrs();
    Sparse sparse = type == TarType.FILE ? sparse(flag, stored) : Sparse.none(stored);
    return new TarEntry(
        sparse.name != null ? sparse.name : name,
        type,
        type == TarType.HARD_LINK || type == TarType.SYMBOLIC_LINK ? link : "",
        mode,
        user,
        group,
        time[0],
        (int) time[1],
        sparse.size,
        major,
        minor,
        xattrs,
        sparse.extents);
  }

  private String headerName() {
    String name = TarHeader.text(block, TarHeader.NAME, TarHeader.NAME_LENGTH);
    if (!TarHeader.is(block, TarHeader.MAGIC, "ustar\0")) {
      return name;
    }
    boolean star = TarHeader.is(block, TarHeader.STAR_MARK, "tar\0");
    int length = star ? TarHeader.STAR_PREFIX_LENGTH : TarHeader.PREFIX_LENGTH;
    String prefix = TarHeader.text(block, TarHeader.PREFIX, length);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private TarType type(byte flag, String name) {
    return switch (flag) {
      case 0, '0', '7', 'S' -> name.endsWith("/") ? TarType.DIRECTORY : TarType.FILE;
      case '1' -> TarType.HARD_LINK;
      case '2' -> TarType.SYMBOLIC_LINK;
      case '3' -> TarType.CHARACTER_DEVICE;
      case '4' -> TarType.BLOCK_DEVICE;
      case '5' -> TarType.DIRECTORY;
      case '6' -> TarType.FIFO;
      default ->
          throw damaged("entry " + name + " has the unknown type '" + (char) (flag & 0xFF) + "'");
    };
  }

  /** A sparse file's length, map and real name. */
  private record Sparse(long size, List<Extent> extents, @Nullable String name) {
    static Sparse none(long size) {
      return new Sparse(size, size == 0 ? List.of() : List.of(new Extent(0, size)), null);
    }
  }

  private Sparse sparse(byte flag, long stored) throws BadNumber, BadRecord {
    if (flag == 'S') {
      long size = TarHeader.number(block, TarHeader.SPARSE_REAL_SIZE, 12);
      return new Sparse(size, extents(oldSparseMap(), size), null);
    }
    String name = pax.text("GNU.sparse.name");
    if (pax.number("GNU.sparse.major", 0) == 1) {
      long size = pax.number("GNU.sparse.realsize", stored);
      return new Sparse(size, extents(sparseMapInContent(), size), name);
    }
    List<Long> map = pax.sparseMap();
    if (map == null && !pax.repeatedSparse().isEmpty()) {
      map = pax.repeatedSparse();
    }
    if (map == null) {
      return Sparse.none(stored);
    }
    long size = pax.number("GNU.sparse.size", pax.number("GNU.sparse.realsize", stored));
    return new Sparse(size, extents(map, size), name);
  }

  private List<Long> oldSparseMap() throws BadNumber {
    List<Long> map = new ArrayList<>();
    addSparse(map, TarHeader.SPARSE, TarHeader.SPARSE_COUNT);
    boolean more = block[TarHeader.SPARSE_EXTENDED] != 0;
    while (more) {
      // The map's continuation stands between header and content and counts in neither's size.
      if (readBlock() < BLOCK) {
        throw damaged("it is cut off within a sparse file's map");
      }
      addSparse(map, 0, TarHeader.CONTINUED_COUNT);
      more = block[TarHeader.CONTINUED_EXTENDED] != 0;
    }
    return map;
  }

  private void addSparse(List<Long> map, int at, int count) throws BadNumber {
    for (int i = 0; i < count && block[at + 24 * i] != 0; i++) {
      map.add(TarHeader.number(block, at + 24 * i, 12));
      map.add(TarHeader.number(block, at + 24 * i + 12, 12));
      requireSane(map.size());
    }
  }

  /** Format 1.0: the map is text in front of the content, one number a line, in whole blocks. */
  private List<Long> sparseMapInContent() {
    List<Long> map = new ArrayList<>();
    byte[] chunk = new byte[BLOCK];
    int at = BLOCK;
    long count = -1;
    while (count < 0 || map.size() < 2 * count) {
      long number = 0;
      int digits = 0;
      while (true) {
        if (at == BLOCK) {
          readFully(chunk, 0, BLOCK);
          at = 0;
        }
        byte b = chunk[at++];
        if (b == '\n' && digits > 0) {
          break;
        }
        if (b < '0' || b > '9' || ++digits > 18) {
          throw damaged("a sparse file's map is malformed");
        }
        number = number * 10 + b - '0';
      }
      if (count < 0) {
        count = number;
        requireSane(count);
      } else {
        map.add(number);
      }
    }
    return map;
  }

  private void requireSane(long count) {
    if (count > MAXIMUM_EXTENTS) {
      throw damaged("a sparse file has more than " + MAXIMUM_EXTENTS + " parts");
    }
  }

  /** Checks a map: in order, within the file, and of the length that is stored. */
  private List<Extent> extents(List<Long> map, long size) {
    List<Extent> extents = new ArrayList<>();
    long end = 0;
    long total = 0;
    for (int i = 0; i + 1 < map.size(); i += 2) {
      long offset = map.get(i);
      long length = map.get(i + 1);
      if (offset < end || length < 0 || offset > size || length > size - offset) {
        throw damaged("a sparse file's map is malformed");
      }
      end = offset + length;
      total += length;
      if (length > 0) {
        extents.add(new Extent(offset, length));
      }
    }
    if (map.size() % 2 != 0 || total != remaining) {
      throw damaged("a sparse file's map does not fit its content");
    }
    return List.copyOf(extents);
  }

  private byte[] readExtension() throws BadNumber {
    long size = TarHeader.number(block, TarHeader.SIZE, 12);
    if (size < 0 || size > MAXIMUM_EXTENSION) {
      throw damaged("an extended header has " + size + " bytes");
    }
    remaining = size;
    padding = padding(size);
    byte[] content = new byte[(int) size];
    readFully(content, 0, content.length);
    return content;
  }

  private static String terminated(byte[] text) {
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return Bytes.decode(text, 0, end);
  }

  private static int padding(long size) {
    return (int) (-size & BLOCK - 1);
  }

  private void skipContent() {
    long left = remaining + padding;
    remaining = 0;
    padding = 0;
    byte[] waste = left == 0 ? block : new byte[(int) Math.min(left, 1 << 16)];
    while (left > 0) {
      int got = readSome(waste, 0, (int) Math.min(left, waste.length));
      if (got < 0) {
        throw damaged("it is cut off within a file");
      }
      left -= got;
    }
  }

  /** Reads a header; false at the end. */
  private boolean readHeader() {
    int got = readBlock();
    if (got == 0 && started && !needsEnd) {
      ended = true;
      return false;
    }
    if (got < BLOCK) {
      throw damaged(started ? "it is cut off" : got == 0 ? "it is empty" : "it is no tar archive");
    }
    if (TarHeader.isZero(block)) {
      ended = true;
      drain();
      return false;
    }
    if (!TarHeader.hasChecksum(block)) {
      throw damaged(
          started ? "a header's checksum is wrong" : "it is no tar archive, or a damaged one");
    }
    started = true;
    return true;
  }

  /** What follows the end marker means nothing, but belongs to the stream and to its digest. */
  private void drain() {
    byte[] waste = new byte[1 << 13];
    while (readSome(waste, 0, waste.length) >= 0) {
      // Read only.
    }
  }

  private int readBlock() {
    int done = 0;
    while (done < BLOCK) {
      int got = readSome(block, done, BLOCK - done);
      if (got < 0) {
        break;
      }
      done += got;
    }
    return done;
  }

  private int readSome(byte[] bytes, int from, int length) {
    try {
      int got = in.read(bytes, from, length);
      position += Math.max(got, 0);
      return got;
    } catch (IOException e) {
      throw MydockerException.of(
          Category.INVALID, "read", what, String.valueOf(e.getMessage()), null, e);
    }
  }

  private MydockerException damaged(String problem) {
    return MydockerException.of(
        Category.INVALID,
        "read",
        what,
        problem + (position > BLOCK ? " (at byte " + position + ")" : ""));
  }
}
