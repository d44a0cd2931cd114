package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.engine.RunRecord.ProcessId;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileStamp;
import dev.mydocker.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What a list needs of many containers, in one file: {@code run/.engine/index}. It is a cache and
 * never the truth: an entry counts only while the files that it was made of have the stamps that
 * they had ({@link FileStamp}), and where the file is missing, of another version, another boot or
 * another state directory, or damaged, there is simply none.
 *
 * <p>The format is made for a cold JVM, which interprets: nothing is parsed, and the paths that are
 * looked at are there as the kernel takes them.
 *
 * <pre>
 *   magic, version, length, checksum of what follows
 *   boot's id, state directory's root
 *   stamp of the directory of containers, or zeros
 *   number of entries, then each, its length before it:
 *     the path of config.json and exit in that directory, of /proc/PID/stat and of the file that
 *     tells whether it is frozen, each as a C string; the last two are empty where nothing may run
 *     the stamps of the first two
 *     what the list shows
 *     config.json, for what it does not
 * </pre>
 */
final class ContainerIndex {
  private static final long MAGIC = 0x6d79646f636b6578L;
  private static final int VERSION = 2;

  private static final int NO_RUN = 0;
  private static final int THIS_BOOT = 1;
  private static final int OTHER_BOOT = 2;

  private final FileStamp directory;
  private final byte[] content;
  private final String bootId;

  /** Where each entry begins. */
  private final int[] begins;

  /**
   * One container.
   *
   * @param source the bytes that everything is in; not a copy
   * @param record where the path of its config.json is, and so on; each ends with a zero byte
   */
  record Entry(
      ContainerHead head,
      byte[] source,
      Range record,
      Range exit,
      Range stat,
      Range freezer,
      FileStamp recordStamp,
      FileStamp exitStamp,
      Range json) {
    /** The whole of its config.json. */
    byte[] jsonText() {
      return Arrays.copyOfRange(source, json.from, json.from + json.length);
    }
  }

  /** A part of the index's bytes. */
  record Range(int from, int length) {}

  /** It was written, but not by a version whose entries we know. */
  static final class Damaged extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Damaged(RuntimeException cause) {
      super(cause);
    }
  }

  private ContainerIndex(FileStamp directory, byte[] content, String bootId, int[] begins) {
    this.directory = directory;
    this.content = content;
    this.bootId = bootId;
    this.begins = begins;
  }

  FileStamp directory() {
    return directory;
  }

  /** How many entries there are. */
  int size() {
    return begins.length;
  }

  /**
   * The part of it that is of some containers.
   *
   * @param ids theirs; those that are found are taken out
   */
  ContainerIndex of(Set<String> ids) {
    int[] kept = new int[begins.length];
    int count = 0;
    for (int begin : begins) {
      if (ids.remove(id(begin))) {
        kept[count++] = begin;
      }
    }
    return new ContainerIndex(directory, content, bootId, Arrays.copyOf(kept, count));
  }

  /** It is the beginning of an entry's first path. */
  private String id(int begin) {
    int from = begin + Integer.BYTES;
    return content.length - from < ContainerIds.LENGTH
        ? ""
        : new String(content, from, ContainerIds.LENGTH, StandardCharsets.ISO_8859_1);
  }

  /**
   * Some of the entries, which are newest first. That is what takes time, so several threads may.
   *
   * @throws Damaged if they are none
   */
  List<Entry> entries(int from, int to) {
    List<Entry> entries = new ArrayList<>(to - from);
    Reader in = new Reader(content, bootId);
    try {
      for (int i = from; i < to; i++) {
        in.at = begins[i];
        entries.add(in.entry());
      }
    } catch (IndexOutOfBoundsException | MydockerException e) {
      // A record that checks itself throws the second.
      throw new Damaged(e);
    }
    return entries;
  }

  /** Makes the entry of a container, which is then kept as if it had been read. */
  static Entry entry(
      ContainerRecord record,
      byte[] json,
      FileStamp recordStamp,
      FileStamp exitStamp,
      String bootId) {
    Writer out = new Writer();
    ContainerHead head = record.head();
    RunRecord run = head.run();
    boolean mayRun = run != null && head.exit() == null && run.bootId().equals(bootId);
    out.path(head.id() + "/" + ContainerStore.RECORD);
    out.path(head.id() + "/" + ContainerStore.EXIT);
    out.path(run != null && mayRun ? ProcessProbe.statFile(run.init()) : "");
    out.path(run != null && mayRun ? run.freezer() : "");
    out.stamp(recordStamp);
    out.stamp(exitStamp);
    out.text(head.id());
    out.text(head.name());
    out.word(head.command().size());
    for (String word : head.command()) {
      out.text(word);
    }
    out.text(head.image());
    out.optional(head.imageId());
    out.number(head.created());
    out.text(head.createdLocal());
    out.word(run == null ? NO_RUN : run.bootId().equals(bootId) ? THIS_BOOT : OTHER_BOOT);
    if (run != null) {
      out.run(run, run.bootId().equals(bootId));
    }
    ExitRecord exit = head.exit();
    out.word(exit == null ? 0 : 1);
    if (exit != null) {
      out.exit(exit);
    }
    out.bytes(json);
    return new Reader(out.finished(), bootId).entry();
  }

  /**
   * The file's content.
   *
   * @param directory the stamp of the directory of containers when it held these and nothing else,
   *     or {@link FileStamp#NONE}
   */
  static byte[] encode(FileStamp directory, List<Entry> entries, String bootId, String root) {
    Writer out = new Writer();
    out.number(MAGIC);
    out.word(VERSION);
    int lengthAt = out.length;
    out.number(0);
    out.text(bootId);
    out.text(root);
    out.stamp(directory);
    out.word(entries.size());
    for (Entry entry : entries) {
      // From before its first path to behind its config.json, as it is.
      int from = entry.record.from - Integer.BYTES;
      int size = entry.json.from + entry.json.length - from;
      out.word(size);
      out.raw(entry.source, from, size);
    }
    int length = out.length;
    out.length = lengthAt;
    out.word(length);
    out.word(checksum(out.out, lengthAt + 2 * Integer.BYTES, length));
    out.length = length;
    return out.finished();
  }

  /** Reads what {@link #encode} made; null if it is not that, or not for here and now. */
  static @Nullable ContainerIndex decode(byte[] content, String bootId, String root) {
    try {
      Reader in = new Reader(content, bootId);
      if (in.number() != MAGIC
          || in.word() != VERSION
          || in.word() != content.length
          || in.word() != checksum(content, in.at, content.length)
          || !in.text().equals(bootId)
          || !in.text().equals(root)) {
        return null;
      }
      FileStamp directory = in.stamp();
      int[] begins = new int[in.count()];
      for (int i = 0; i < begins.length; i++) {
        int length = in.count();
        begins[i] = in.at;
        in.at += length;
      }
      return new ContainerIndex(directory, content, bootId, begins);
    } catch (IndexOutOfBoundsException damaged) {
      // It is only a cache.
      return null;
    }
  }

  /** Of what is behind it; the interpreter has machine code for this. */
  private static int checksum(byte[] bytes, int from, int to) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes, from, to - from);
    return (int) checksum.getValue();
  }

  /** Not a ByteBuffer, whose getLong takes a cold JVM three times as long. */
  private static final class Reader {
    private final byte[] in;
    private final String bootId;
    private int at;

    Reader(byte[] in, String bootId) {
      this.in = in;
      this.bootId = bootId;
    }

    /** Fails by the array's own check where there is no more. */
    private int word() {
      byte[] b = in;
      int i = at;
      at = i + Integer.BYTES;
      return b[i] & 0xFF | (b[i + 1] & 0xFF) << 8 | (b[i + 2] & 0xFF) << 16 | b[i + 3] << 24;
    }

    long number() {
      long low = word() & 0xFFFFFFFFL;
      return low | (long) word() << Integer.SIZE;
    }

    int count() {
      int count = word();
      if (count < 0 || count > in.length - at) {
        throw new IndexOutOfBoundsException();
      }
      return count;
    }

    Range range() {
      int length = count();
      at += length;
      return new Range(at - length, length);
    }

    /** Its length is negative where it is not ASCII. */
    String text() {
      int length = word();
      int from = at;
      if (length >= 0) {
        at = from + length;
        return new String(in, from, length, StandardCharsets.ISO_8859_1);
      }
      at = from - length;
      return Bytes.decode(in, from, at);
    }

    @Nullable String optional() {
      return word() == 0 ? null : text();
    }

    FileStamp stamp() {
      int from = at;
      at = from + FileStamp.SIZE;
      return FileStamp.of(in, from);
    }

    Entry entry() {
      Range record = range();
      Range exit = range();
      Range stat = range();
      Range freezer = range();
      FileStamp recordStamp = stamp();
      FileStamp exitStamp = stamp();
      ContainerHead head =
          new ContainerHead(
              text(), text(), texts(), text(), optional(), number(), text(), run(), end());
      return new Entry(head, in, record, exit, stat, freezer, recordStamp, exitStamp, range());
    }

    private List<String> texts() {
      int count = count();
      String[] texts = new String[count];
      for (int i = 0; i < count; i++) {
        texts[i] = text();
      }
      // Most have two; lists of other kinds would be copied, by whoever keeps them.
      return count == 2 ? List.of(texts[0], texts[1]) : List.of(texts);
    }

    private @Nullable RunRecord run() {
      int boot = word();
      return boot == NO_RUN
          ? null
          : new RunRecord(
              new ProcessId(number(), number()),
              new ProcessId(number(), number()),
              boot == THIS_BOOT ? bootId : text(),
              number(),
              "",
              JsonObject.empty());
    }

    private @Nullable ExitRecord end() {
      return word() == 0 ? null : new ExitRecord(word(), word(), number(), word() != 0, optional());
    }
  }

  private static final class Writer {
    private byte[] out = new byte[1 << 12];
    private int length;

    private void room(int size) {
      if (out.length - length < size) {
        out = Arrays.copyOf(out, Math.max(2 * out.length, length + size));
      }
    }

    void word(int number) {
      room(Integer.BYTES);
      for (int i = 0; i < Integer.BYTES; i++) {
        out[length++] = (byte) (number >> 8 * i);
      }
    }

    void number(long number) {
      word((int) number);
      word((int) (number >> Integer.SIZE));
    }

    void raw(byte[] bytes, int from, int size) {
      room(size);
      System.arraycopy(bytes, from, out, length, size);
      length += size;
    }

    void bytes(byte[] bytes) {
      word(bytes.length);
      raw(bytes, 0, bytes.length);
    }

    /** As a C string, or nothing at all. */
    void path(String path) {
      bytes(path.isEmpty() ? new byte[0] : Bytes.encode(path + "\0"));
    }

    void text(String text) {
      byte[] bytes = Bytes.encode(text);
      boolean ascii = true;
      for (byte b : bytes) {
        ascii &= b >= 0;
      }
      word(ascii ? bytes.length : -bytes.length);
      raw(bytes, 0, bytes.length);
    }

    void optional(@Nullable String text) {
      word(text == null ? 0 : 1);
      if (text != null) {
        text(text);
      }
    }

    void stamp(FileStamp stamp) {
      raw(stamp.bytes(), 0, FileStamp.SIZE);
    }

    /**
     * @param here whether it was in this boot, whose id is in the index already
     */
    void run(RunRecord run, boolean here) {
      number(run.init().pid());
      number(run.init().startTime());
      number(run.monitor().pid());
      number(run.monitor().startTime());
      if (!here) {
        text(run.bootId());
      }
      number(run.started());
    }

    void exit(ExitRecord exit) {
      word(exit.code());
      word(exit.signal());
      number(exit.finished());
      word(exit.outOfMemory() ? 1 : 0);
      optional(exit.problem());
    }

    byte[] finished() {
      return Arrays.copyOf(out, length);
    }
  }
}
