package dev.mydocker.engine;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A container at one moment.
 *
 * @param id 64 hexadecimal digits
 * @param name how people call it
 * @param spec what was asked for
 * @param process what runs, with the image's part filled in
 * @param labels the container's labels and its image's
 * @param command the whole command line of its first process
 * @param image the image as it was asked for, or the path of the root file system
 * @param imageId the image's id, or null without an image
 * @param created when it was made
 * @param createdLocal the same as a clock there showed it: {@code 2025-02-28 15:09:22}
 * @param status what it is doing
 * @param pid the number of its first process on the host, or 0 while it does not run
 * @param started when it was last started, or null before the first time
 * @param finished when it last ended, or null if it has not or nobody knows
 * @param exitCode how it ended, as a shell gives it: the code, or 128 and the signal, or 255 where
 *     nobody knows; 0 while it has not ended
 * @param signal the signal that killed it, or 0
 * @param outOfMemory whether the kernel killed a process of it for its memory limit
 * @param problem why it could not be started, or why nobody knows how it ended, or null
 * @param directory where its files are
 */
public record ContainerInfo(
    String id,
    String name,
    ContainerSpec spec,
    ProcessOptions process,
    Map<String, String> labels,
    List<String> command,
    String image,
    @Nullable String imageId,
    Instant created,
    String createdLocal,
    Status status,
    long pid,
    @Nullable Instant started,
    @Nullable Instant finished,
    int exitCode,
    int signal,
    boolean outOfMemory,
    @Nullable String problem,
    String directory) {
  /** Copies the collections. */
  public ContainerInfo {
    command = List.copyOf(command);
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  /** Returns whether the exit code of one that has ended is what the kernel told. */
  public boolean exitCodeKnown() {
    return exitCode != Observer.UNKNOWN_CODE || problem == null;
  }

  /** Returns the first twelve digits of the id, as lists show them. */
  public String shortId() {
    return ContainerIds.shortId(id);
  }
}
