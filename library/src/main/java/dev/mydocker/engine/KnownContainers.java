package dev.mydocker.engine;

import dev.mydocker.engine.ContainerIndex.Entry;
import dev.mydocker.engine.ContainerIndex.Range;
import dev.mydocker.kernel.FileStamp;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether containers are as the index has them, all with one segment. A thread of its own may
 * do that, for a caller who looks at others meanwhile: the time of a long list is half the kernel's
 * and half the interpreter's.
 */
final class KnownContainers implements Runnable {
  private static final int FREEZER_STATE = 16;

  private static final Value HOST = Value.of(FileWorker.HOST);
  private static final Value TO_READ = Value.of(Linux.O_RDONLY | Linux.O_CLOEXEC);
  private static final Value NO_MODE = Value.of(0);

  private final Workbench bench;
  private final Observer observer;
  private final Entries known;
  private final int from;
  private final int to;
  private final List<Look> looks;
  private final @Nullable ContainerInfo[] infos;

  /** Of all containers, with a slash behind. */
  private final String place;

  private List<Entry> entries = List.of();
  private @Nullable Thread thread;
  private @Nullable Reply reply;
  private @Nullable RuntimeException failure;

  /** What the index has of containers. */
  interface Entries {
    /** Those from one place in a list to before another. */
    List<Entry> of(int from, int to);
  }

  KnownContainers(Workbench bench, Observer observer, Entries known, int from, int to) {
    this.bench = bench;
    this.observer = observer;
    this.known = known;
    this.from = from;
    this.to = to;
    this.looks = new ArrayList<>(to - from);
    this.infos = new ContainerInfo[to - from];
    this.place = bench.containers().directory("");
  }

  /** Has another thread look. */
  void begin() {
    Thread other = new Thread(this, "mydocker-list");
    other.setDaemon(true);
    other.start();
    thread = other;
  }

  /** Looks. */
  @Override
  public void run() {
    try {
      look();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /** Waits for the other thread. An interruption waits too: the kernel has all it needs. */
  void await() {
    boolean interrupted = false;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Those that it looked at; throws what went wrong, if something did. */
  List<Entry> entries() {
    if (failure != null) {
      throw failure;
    }
    return entries;
  }

  /** A container that is as the index has it; null if it has to be looked at more closely. */
  @Nullable ContainerInfo info(int at) {
    return infos[at];
  }

  /** Whether its record is as it was. */
  boolean hasSameRecord(int at) {
    return entries.get(at).recordStamp().isSame(reply(), looks.get(at).record);
  }

  /** The stamp of its record. */
  FileStamp record(int at) {
    return FileStamp.of(reply(), looks.get(at).record);
  }

  /** The stamp of its end; null where it was not looked at. */
  @Nullable FileStamp exit(int at) {
    FileStamp.Look exit = looks.get(at).exit;
    return exit == null ? null : FileStamp.of(reply(), exit);
  }

  private Reply reply() {
    if (reply == null) {
      throw new IllegalStateException("nobody has looked");
    }
    return reply;
  }

  /**
   * What was looked at of a container in the index. Where its first process is there it has not
   * ended, so nobody looks for how.
   */
  private record Look(
      FileStamp.Look record,
      FileStamp.@Nullable Look exit,
      @Nullable Content stat,
      @Nullable Content freezer) {}

  /** The beginning of a file, if the length is a length. */
  private record Content(Value length, Value buffer) {}

  private void look() {
    entries = known.of(from, to);
    SegmentBuilder b = Segment.builder();
    Value directory = open(b, bench);
    for (Entry entry : entries) {
      boolean mayRun = entry.stat().length() > 0;
      looks.add(
          new Look(
              FileStamp.add(b, directory, text(b, entry, entry.record())),
              mayRun ? null : FileStamp.add(b, directory, text(b, entry, entry.exit())),
              mayRun ? content(b, entry, entry.stat(), ProcessProbe.ENOUGH) : null,
              mayRun && !showsFreezing(entry)
                  ? content(b, entry, entry.freezer(), FREEZER_STATE)
                  : null));
    }
    b.syscall(Wire.SYS_CLOSE, directory);
    Reply answer =
        bench.performer().perform(b.build()).orThrow("open " + bench.directory().containers());
    for (int i = 0; i < infos.length; i++) {
      Entry entry = entries.get(i);
      Look look = looks.get(i);
      if (entry.recordStamp().isSame(answer, look.record)
          && (look.exit == null || entry.exitStamp().isSame(answer, look.exit))) {
        infos[i] = tell(entry, answer, look.stat, look.freezer);
      }
    }
    reply = answer;
  }

  /** Opens the directory of all containers. */
  static Value open(SegmentBuilder b, Workbench bench) {
    return b.syscall(
        Wire.SYS_OPENAT,
        HOST,
        b.text(bench.directory().containers()),
        Value.of(Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_CLOEXEC),
        NO_MODE);
  }

  /**
   * Whether the first process's own state tells that it is not frozen, and nobody need look at the
   * freezer: with that of cgroup v1 it is in D then, with cgroup.freeze in S like any that waits.
   */
  private static boolean showsFreezing(Entry entry) {
    // A C string: "…/freezer.state".
    int last = entry.freezer().from() + entry.freezer().length() - 2;
    byte[] path = entry.source();
    return path[last] == 'e' && path[last - 1] == 't' && path[last - 2] == 'a';
  }

  /** Tells of a container as the index has it, unless it has to be looked at more closely. */
  private @Nullable ContainerInfo tell(
      Entry entry, Reply reply, @Nullable Content stat, @Nullable Content freezer) {
    RunRecord run = entry.head().run();
    boolean running = false;
    if (run != null && stat != null) {
      byte[] seen = bytes(reply, stat);
      running =
          seen.length > 0
              && ProcessProbe.isWatched(seen, run, freezer == null)
              && (freezer == null || !ContainerCgroup.saysFrozen(bytes(reply, freezer)));
      if (!running) {
        return null;
      }
    }
    String directory = place.concat(entry.head().id());
    return observer.info(
        entry.head(),
        running,
        () ->
            ContainerInfo.Details.of(
                ContainerRecord.parse(entry.jsonText(), directory + "/" + ContainerStore.RECORD),
                directory),
        directory);
  }

  private static Value text(SegmentBuilder b, Entry entry, Range path) {
    return b.bytes(entry.source(), path.from(), path.length());
  }

  private static Content content(SegmentBuilder b, Entry entry, Range path, int size) {
    Label missing = new Label();
    Value file = b.syscall(Wire.SYS_OPENAT, HOST, text(b, entry, path), TO_READ, NO_MODE);
    b.jumpingTo(missing);
    Value buffer = b.returned(size);
    Value length = b.syscall(Wire.SYS_READ, file, buffer, Value.of(size));
    b.ignoringErrors();
    b.syscall(Wire.SYS_CLOSE, file);
    b.here(missing);
    return new Content(length, buffer);
  }

  private static byte[] bytes(Reply reply, Content content) {
    return reply.bytes(content.buffer, Math.max(0, (int) reply.result(content.length)));
  }
}
