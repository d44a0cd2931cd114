package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import java.time.Instant;

/**
 * What was in a container's root file system at one moment, to make others from, or to come back
 * to. Its files are there once, however many containers share them.
 *
 * <pre>{@code
 * Container database = engine.start(spec);
 * prepare(database);
 * database.stop();
 * Snapshot prepared = database.snapshot();
 * Container clone = prepared.start(prepared.spec().name("other"));
 * }</pre>
 *
 * <p>What is in volumes and other mounts is no part of it, nor are processes.
 */
public final class Snapshot {
  private final Engine engine;
  private final SnapshotRecord record;

  Snapshot(Engine engine, SnapshotRecord record) {
    this.engine = engine;
    this.record = record;
  }

  /** The snapshot's id, 64 hexadecimal digits. */
  public String id() {
    return record.id();
  }

  /** When it was made. */
  public Instant created() {
    return Times.instant(record.created());
  }

  /** The specification of the container of which it was made, without a name. */
  public ContainerSpec spec() {
    return record.spec().withoutName();
  }

  /**
   * Makes a container with these files, without starting it. It belongs to this process if the
   * snapshot does.
   *
   * @param spec as {@link #spec}, with what shall be different; its image or root file system
   *     cannot be
   * @throws MydockerException INVALID if the image differs, NOT_FOUND if the snapshot is gone,
   *     CONFLICT if the name is taken, or the snapshot belongs to another process
   */
  public Container create(ContainerSpec spec) {
    try (Workbench bench = engine.bench()) {
      return new Container(engine, new Creator(bench).create(record, spec));
    }
  }

  /**
   * Makes a container with these files and starts it; returns once its command executes.
   *
   * @param spec as for {@link #create}
   * @throws MydockerException as {@link #create} and {@link Engine#start}
   */
  public Container start(ContainerSpec spec) {
    Container container = create(spec);
    try (Workbench bench = engine.bench()) {
      container.startOrRemove(bench, false);
    }
    return container;
  }

  /**
   * Removes it.
   *
   * @throws MydockerException CONFLICT if a container or another snapshot stands on it, NOT_FOUND
   *     if it is gone
   */
  public void remove() {
    try (Workbench bench = engine.bench()) {
      new SnapshotStore(bench).remove(record.id());
    }
  }
}
