package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All containers at one moment, those that commands are just working on and those whose record is
 * damaged included. Taking it changes nothing.
 */
final class Census {
  private final Workbench bench;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * One container.
   *
   * @param record what is kept of it, or null if that cannot be read
   * @param problem why it cannot be read, or null
   * @param busy whether somebody holds its lock, and so may be changing all of it
   */
  record Entry(
      String id,
      @Nullable ContainerRecord record,
      @Nullable MydockerException problem,
      boolean busy) {
    String name() {
      return record == null ? ContainerIds.shortId(id) : record.name();
    }
  }

  private Census(Workbench bench) {
    this.bench = bench;
  }

  static Census take(Workbench bench) {
    Census census = new Census(bench);
    ContainerStore store = bench.containers();
    for (String id : store.peek()) {
      // First this: what somebody changes meanwhile is not looked at.
      boolean busy = store.isBusy(id);
      try {
        census.entries.put(id, new Entry(id, store.read(id), null, busy));
      } catch (MydockerException e) {
        if (e.category() != Category.NOT_FOUND || store.exists(id)) {
          census.entries.put(id, new Entry(id, null, e, busy));
        }
      }
    }
    return census;
  }

  Collection<Entry> all() {
    return entries.values();
  }

  Optional<Entry> find(String id) {
    return Optional.ofNullable(entries.get(id));
  }

  /** Whether a container's processes may be running, for all that can be known of it now. */
  static boolean mayRun(Workbench bench, Entry entry) {
    ContainerRecord record = entry.record();
    if (record == null || entry.busy()) {
      return true;
    }
    return mayRun(bench, record);
  }

  /** Whether init or the monitor of a container's last start is there. */
  static boolean mayRun(Workbench bench, ContainerRecord record) {
    RunRecord run = record.run();
    return run != null && bench.observer().probe().life(run) != ProcessProbe.Life.GONE;
  }

  /** Whether a container's processes may be running: false for what is no container any more. */
  boolean mayRun(String id) {
    Entry entry = entries.get(id);
    return entry == null ? bench.containers().exists(id) : mayRun(bench, entry);
  }
}
