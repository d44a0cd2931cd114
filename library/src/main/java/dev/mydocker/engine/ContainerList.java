package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.ContainerIndex.Entry;
import dev.mydocker.engine.ContainerIndex.Range;
import dev.mydocker.kernel.FileStamp;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Label;
import dev.mydocker.kernel.Linux;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import dev.mydocker.runtime.cgroup.ContainerCgroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists containers. Where there are many, most are not read but told from the {@link
 * ContainerIndex}, after one look at each of their files that all go to the kernel in one segment:
 * at the stamps of the record and of its end, at the first process, at the freezer. Whatever is not
 * as it was, or does not simply run, is read as if there were no index.
 */
final class ContainerList {
  /** So few are read as quickly as an index. */
  private static final int FEW = 16;

  /** Into so many parts a long list is divided where threads can perform beside each other. */
  private static final int PARTS = 4;

  /** A segment has room for six times as many. */
  private static final int AT_ONCE = 1000;

  private static final int FREEZER_STATE = 16;

  /**
   * What was changed so lately is not kept: some file systems count time in seconds, and within one
   * a second change would not show.
   */
  private static final long YOUNG = 2 * Timestamp.SECOND;

  private static final Value HOST = Value.of(FileWorker.HOST);
  private static final Value TO_READ = Value.of(Linux.O_RDONLY | Linux.O_CLOEXEC);
  private static final Value NO_MODE = Value.of(0);

  private final Workbench bench;
  private final ContainerStore containers;
  private final Observer observer;
  private final Consumer<MydockerException> problems;
  private final List<ContainerInfo> infos = new ArrayList<>();
  private final List<Entry> kept = new ArrayList<>();

  /** Of all containers, with a slash behind. */
  private final String place;

  private boolean fresh;

  /**
   * @param problems takes what is wrong with those that cannot be read
   */
  ContainerList(Workbench bench, Consumer<MydockerException> problems) {
    this.bench = bench;
    this.containers = bench.containers();
    this.observer = bench.observer();
    this.problems = problems;
    this.place = containers.directory("");
  }

  /** All of them, newest first. */
  List<ContainerInfo> take() {
    ContainerIndexFile file = new ContainerIndexFile(bench);
    ContainerIndex index = file.read();
    FileStamp directory = file.directory();
    if (index != null && index.directory().isSame(directory)) {
      look(index.entries(), List.of());
      keep(file, index, directory, index.entries().size());
    } else {
      ContainerStore.Ids found = containers.found();
      if (found.ids().size() < FEW) {
        file.remove();
        for (String id : found.ids()) {
          read(id, null, null);
        }
      } else {
        look(index, found.ids());
        keep(file, index, found.others() ? FileStamp.NONE : directory, found.ids().size());
      }
    }
    infos.sort(
        (a, b) -> {
          int newer = b.created().compareTo(a.created());
          return newer != 0 ? newer : a.id().compareTo(b.id());
        });
    return infos;
  }

  private void look(@Nullable ContainerIndex index, List<String> ids) {
    List<Entry> known = new ArrayList<>();
    List<String> unknown = ids;
    if (index != null) {
      Map<String, Entry> all = new HashMap<>();
      for (Entry entry : index.entries()) {
        all.put(entry.head().id(), entry);
      }
      unknown = new ArrayList<>();
      for (String id : ids) {
        Entry entry = all.get(id);
        if (entry == null) {
          unknown.add(id);
        } else {
          known.add(entry);
        }
      }
    }
    look(known, unknown);
  }

  private void look(List<Entry> known, List<String> unknown) {
    boolean parts = bench.performer().isConcurrent();
    int size = parts ? Math.clamp(known.size() / PARTS + 1, FEW / 2, AT_ONCE) : AT_ONCE;
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < known.size(); from += size) {
      int to = Math.min(known.size(), from + size);
      batches.add(look(known.subList(from, to), parts && to < known.size()));
    }
    for (Batch batch : batches) {
      tell(batch);
    }
    for (int from = 0; from < unknown.size(); from += AT_ONCE) {
      lookAtUnknown(unknown.subList(from, Math.min(unknown.size(), from + AT_ONCE)));
    }
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

  /**
   * Containers that are looked at with one segment.
   *
   * @param answer what came of it
   */
  private record Batch(List<Entry> entries, List<Look> looks, Supplier<Reply> answer) {}

  /**
   * Looks at some containers.
   *
   * @param away whether by another thread: half the time of a long list is the kernel's, and this
   *     thread has the next ones to ask for meanwhile
   */
  private Batch look(List<Entry> entries, boolean away) {
    SegmentBuilder b = Segment.builder();
    Value directory = open(b);
    List<Look> looks = new ArrayList<>(entries.size());
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
    Segment segment = b.build();
    if (!away) {
      Reply reply = bench.performer().perform(segment);
      return new Batch(entries, looks, () -> reply);
    }
    Errand errand = new Errand(bench.performer(), segment);
    errand.start();
    return new Batch(entries, looks, errand::await);
  }

  private void tell(Batch batch) {
    Reply reply = answered(batch.answer.get());
    List<Entry> entries = batch.entries;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      Look look = batch.looks.get(i);
      FileStamp.Look exit = look.exit;
      boolean same = entry.recordStamp().isSame(reply, look.record);
      if (same
          && (exit == null || entry.exitStamp().isSame(reply, exit))
          && tell(entry, reply, look.stat, look.freezer)) {
        kept.add(entry);
        continue;
      }
      read(
          entry.head().id(),
          FileStamp.of(reply, look.record),
          exit == null ? null : FileStamp.of(reply, exit));
      if (same && exit == null) {
        // Paused, waiting for a disk, or ended: then its record says so the next time.
        kept.add(entry);
      }
    }
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
  private boolean tell(
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
        return false;
      }
    }
    String directory = place.concat(entry.head().id());
    infos.add(
        observer.info(
            entry.head(),
            running,
            () ->
                ContainerInfo.Details.of(
                    ContainerRecord.parse(
                        entry.jsonText(), directory + "/" + ContainerStore.RECORD),
                    directory),
            directory));
    return true;
  }

  private void lookAtUnknown(List<String> ids) {
    SegmentBuilder b = Segment.builder();
    Value directory = open(b);
    List<FileStamp.Look> records = new ArrayList<>(ids.size());
    List<FileStamp.Look> exits = new ArrayList<>(ids.size());
    for (String id : ids) {
      records.add(FileStamp.add(b, directory, b.text(id + "/" + ContainerStore.RECORD)));
      exits.add(FileStamp.add(b, directory, b.text(id + "/" + ContainerStore.EXIT)));
    }
    Reply reply = perform(b, directory);
    for (int i = 0; i < ids.size(); i++) {
      read(ids.get(i), FileStamp.of(reply, records.get(i)), FileStamp.of(reply, exits.get(i)));
    }
  }

  private Value open(SegmentBuilder b) {
    return b.syscall(
        Wire.SYS_OPENAT,
        Value.of(FileWorker.HOST),
        b.text(bench.directory().containers()),
        Value.of(Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_CLOEXEC),
        Value.of(0));
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

  private Reply perform(SegmentBuilder b, Value directory) {
    b.syscall(Wire.SYS_CLOSE, directory);
    return answered(bench.performer().perform(b.build()));
  }

  private Reply answered(Reply reply) {
    return reply.orThrow("open " + bench.directory().containers());
  }

  /**
   * Reads a container.
   *
   * @param stamp its record's, seen before it is read; null where no index is kept
   * @param exit that of its end; null where it was not looked at
   */
  private void read(String id, @Nullable FileStamp stamp, @Nullable FileStamp exit) {
    try {
      ContainerStore.Known known = containers.readKnown(id);
      observer.tendedInfo(known.record(), containers.directory(id)).ifPresent(infos::add);
      if (stamp != null && exit != null && isOld(stamp) && isOld(exit)) {
        RunRecord run = known.record().run();
        if (run == null || !run.freezer().isEmpty()) {
          kept.add(
              ContainerIndex.entry(
                  known.record(), known.json(), stamp, exit, observer.probe().bootId()));
          fresh = true;
        }
      }
    } catch (MydockerException e) {
      // Removed since we saw its name.
      if (e.category() != Category.NOT_FOUND || containers.exists(id)) {
        problems.accept(e);
      }
    }
  }

  private boolean isOld(FileStamp stamp) {
    return stamp.changed() < bench.engine().now() - YOUNG;
  }

  /** Writes what it would take to list the same the next time, unless that is there. */
  private void keep(
      ContainerIndexFile file, @Nullable ContainerIndex index, FileStamp directory, int all) {
    FileStamp whole = kept.size() == all && isOld(directory) ? directory : FileStamp.NONE;
    if (!fresh
        && index != null
        && index.entries().size() == kept.size()
        && index.directory().isSame(whole)) {
      return;
    }
    // Then the next list finds them in its order.
    kept.sort(
        (a, b) -> {
          int newer = Long.compare(b.head().created(), a.head().created());
          return newer != 0 ? newer : a.head().id().compareTo(b.head().id());
        });
    try {
      file.write(new ContainerIndex(whole, kept));
    } catch (KernelException e) {
      // A full or read-only disk. The list is complete; the next one takes its time again.
    }
  }
}
