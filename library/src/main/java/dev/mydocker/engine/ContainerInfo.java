package dev.mydocker.engine;

import dev.mydocker.oci.json.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A container at one moment. */
public final class ContainerInfo {
  private final String id;
  private final String name;
  private final List<String> command;
  private final String image;
  private final @Nullable String imageId;
  private final Instant created;
  private final String createdLocal;
  private final State state;
  private final String directory;

  /** Read when it is asked for: a list of many containers shows none of it. */
  private final Supplier<Details> details;

  private volatile @Nullable Details known;

  /**
   * What lists do not show.
   *
   * @param spec what was asked for
   * @param process what runs, with the image's part filled in
   * @param labels the container's labels and its image's
   * @param volumes those that its image asked for
   * @param exposedPorts what its image says that it listens on, such as 80/tcp
   * @param imageConfiguration what containers of its image start with, as JSON (image
   *     specification, config.md, {@code config}): also what has no meaning here
   */
  public record Details(
      ContainerSpec spec,
      ProcessOptions process,
      Map<String, String> labels,
      List<AnonymousVolume> volumes,
      Set<String> exposedPorts,
      String imageConfiguration) {
    /** Copies the collections. */
    public Details {
      labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
      volumes = List.copyOf(volumes);
      exposedPorts = Collections.unmodifiableSet(new LinkedHashSet<>(exposedPorts));
    }

    static Details of(ContainerRecord record, String directory) {
      return new Details(
          record.spec(),
          record.process(),
          ImageDefaults.labels(record.spec(), record.imageConfig()),
          AnonymousVolumes.areWanted(record) ? AnonymousVolumes.of(record, directory) : List.of(),
          record.imageConfig().exposedPorts(),
          Json.compact(record.imageConfig().toJson()));
    }
  }

  /**
   * What it is doing.
   *
   * @param status in a word
   * @param pid the number of its first process on the host, or 0 while it does not run
   * @param started when it was last started, or null before the first time
   * @param finished when it last ended, or null if it has not or nobody knows
   * @param exitCode how it ended, as a shell gives it: the code, or 128 and the signal, or 255
   *     where nobody knows; 0 while it has not ended
   * @param signal the signal that killed it, or 0
   * @param outOfMemory whether the kernel killed a process of it for its memory limit
   * @param problem why it could not be started, or why nobody knows how it ended, or null
   */
  public record State(
      Status status,
      long pid,
      @Nullable Instant started,
      @Nullable Instant finished,
      int exitCode,
      int signal,
      boolean outOfMemory,
      @Nullable String problem) {}

  /**
   * All that is known of a container.
   *
   * @param id 64 hexadecimal digits
   * @param name how people call it
   * @param command the whole command line of its first process
   * @param image the image as it was asked for, or the path of the root file system
   * @param imageId the image's id, or null without an image
   * @param created when it was made
   * @param createdLocal the same as a clock there showed it: {@code 2025-02-28 15:09:22}
   * @param state what it is doing
   * @param details the rest, asked for once at most
   * @param directory where its files are
   */
  public ContainerInfo(
      String id,
      String name,
      List<String> command,
      String image,
      @Nullable String imageId,
      Instant created,
      String createdLocal,
      State state,
      Supplier<Details> details,
      String directory) {
    this.id = id;
    this.name = name;
    this.command = List.copyOf(command);
    this.image = image;
    this.imageId = imageId;
    this.created = created;
    this.createdLocal = createdLocal;
    this.state = state;
    this.details = details;
    this.directory = directory;
  }

  /** 64 hexadecimal digits. */
  public String id() {
    return id;
  }

  /** How people call it. */
  public String name() {
    return name;
  }

  /** What was asked for. */
  public ContainerSpec spec() {
    return details().spec();
  }

  /** What runs, with the image's part filled in. */
  public ProcessOptions process() {
    return details().process();
  }

  /** The container's labels and its image's. */
  public Map<String, String> labels() {
    return details().labels();
  }

  /** The volumes that its image asked for, and that nothing else was mounted on. */
  public List<AnonymousVolume> volumes() {
    return details().volumes();
  }

  /** What its image says that it listens on, such as 80/tcp. */
  public Set<String> exposedPorts() {
    return details().exposedPorts();
  }

  /** What containers of its image start with, as JSON: {@link Details#imageConfiguration}. */
  public String imageConfiguration() {
    return details().imageConfiguration();
  }

  private Details details() {
    Details found = known;
    if (found == null) {
      found = details.get();
      known = found;
    }
    return found;
  }

  /** The whole command line of its first process. */
  public List<String> command() {
    return command;
  }

  /** The image as it was asked for, or the path of the root file system. */
  public String image() {
    return image;
  }

  /** The image's id, or null without an image. */
  public @Nullable String imageId() {
    return imageId;
  }

  /** When it was made. */
  public Instant created() {
    return created;
  }

  /** The same as a clock there showed it: {@code 2025-02-28 15:09:22}. */
  public String createdLocal() {
    return createdLocal;
  }

  /** What it is doing. */
  public Status status() {
    return state.status();
  }

  /** The number of its first process on the host, or 0 while it does not run. */
  public long pid() {
    return state.pid();
  }

  /** When it was last started, or null before the first time. */
  public @Nullable Instant started() {
    return state.started();
  }

  /** When it last ended, or null if it has not or nobody knows. */
  public @Nullable Instant finished() {
    return state.finished();
  }

  /**
   * How it ended, as a shell gives it: the code, or 128 and the signal, or 255 where nobody knows;
   * 0 while it has not ended.
   */
  public int exitCode() {
    return state.exitCode();
  }

  /** Returns whether the exit code of one that has ended is what the kernel told. */
  public boolean exitCodeKnown() {
    return state.exitCode() != Observer.UNKNOWN_CODE || state.problem() == null;
  }

  /** The signal that killed it, or 0. */
  public int signal() {
    return state.signal();
  }

  /** Whether the kernel killed a process of it for its memory limit. */
  public boolean outOfMemory() {
    return state.outOfMemory();
  }

  /** Why it could not be started, or why nobody knows how it ended, or null. */
  public @Nullable String problem() {
    return state.problem();
  }

  /** Where its files are. */
  public String directory() {
    return directory;
  }

  /** Returns the first twelve digits of the id, as lists show them. */
  public String shortId() {
    return ContainerIds.shortId(id);
  }
}
