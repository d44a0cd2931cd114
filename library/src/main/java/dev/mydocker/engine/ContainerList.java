package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.ContainerIndex.Entry;
import dev.mydocker.kernel.FileStamp;
import dev.mydocker.kernel.KernelException;
import dev.mydocker.kernel.Reply;
import dev.mydocker.kernel.Segment;
import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Timestamp;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
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
  private static final int PARTS = 2;

  /** A segment has room for six times as many. */
  private static final int AT_ONCE = 1000;

  /**
   * What was changed so lately is not kept: some file systems count time in seconds, and within one
   * a second change would not show.
   */
  private static final long YOUNG = 2 * Timestamp.SECOND;

  private final Workbench bench;
  private final ContainerStore containers;
  private final Observer observer;
  private final Consumer<MydockerException> problems;
  private final List<ContainerInfo> infos = new ArrayList<>();
  private final List<Entry> kept = new ArrayList<>();

  private boolean fresh;

  /**
   * @param problems takes what is wrong with those that cannot be read
   */
  ContainerList(Workbench bench, Consumer<MydockerException> problems) {
    this.bench = bench;
    this.containers = bench.containers();
    this.observer = bench.observer();
    this.problems = problems;
  }

  /** All of them, newest first. */
  List<ContainerInfo> take() {
    ContainerIndexFile file = new ContainerIndexFile(bench);
    ContainerIndex index = file.read();
    FileStamp directory = file.directory();
    if (index != null && index.directory().isSame(directory) && isTold(index)) {
      keep(file, index, directory, index.size());
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

  /** Tells of all that are in the index; not if that is damaged. */
  private boolean isTold(ContainerIndex index) {
    try {
      look(index.size(), index::entries);
      return true;
    } catch (ContainerIndex.Damaged e) {
      infos.clear();
      kept.clear();
      return false;
    }
  }

  private void look(@Nullable ContainerIndex index, List<String> ids) {
    Set<String> others = new LinkedHashSet<>(ids);
    if (index != null && !isTold(index.of(others))) {
      others.addAll(ids);
    }
    List<String> unknown = new ArrayList<>(others);
    for (int from = 0; from < unknown.size(); from += AT_ONCE) {
      lookAtUnknown(unknown.subList(from, Math.min(unknown.size(), from + AT_ONCE)));
    }
  }

  private void look(int count, KnownContainers.Entries known) {
    boolean parts = bench.performer().isConcurrent();
    int size = parts ? Math.clamp(count / PARTS + 1, FEW / 2, AT_ONCE) : AT_ONCE;
    List<KnownContainers> looks = new ArrayList<>();
    for (int from = 0; from < count; from += size) {
      int to = Math.min(count, from + size);
      KnownContainers look = new KnownContainers(bench, observer, known, from, to);
      looks.add(look);
      if (parts && to < count) {
        look.begin();
      } else {
        look.run();
      }
    }
    looks.forEach(KnownContainers::await);
    looks.forEach(this::take);
  }

  private void take(KnownContainers look) {
    List<Entry> entries = look.entries();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      ContainerInfo info = look.info(i);
      if (info != null) {
        infos.add(info);
        kept.add(entry);
        continue;
      }
      FileStamp exit = look.exit(i);
      read(entry.head().id(), look.record(i), exit);
      if (exit == null && look.hasSameRecord(i)) {
        // Paused, waiting for a disk, or ended: then its record says so the next time.
        kept.add(entry);
      }
    }
  }

  private void lookAtUnknown(List<String> ids) {
    SegmentBuilder b = Segment.builder();
    Value directory = KnownContainers.open(b, bench);
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
    if (!fresh && index != null && index.size() == kept.size() && index.directory().isSame(whole)) {
      return;
    }
    // Then the next list finds them in its order.
    kept.sort(
        (a, b) -> {
          int newer = Long.compare(b.head().created(), a.head().created());
          return newer != 0 ? newer : a.head().id().compareTo(b.head().id());
        });
    try {
      file.write(whole, kept);
    } catch (KernelException e) {
      // A full or read-only disk. The list is complete; the next one takes its time again.
    }
  }
}
