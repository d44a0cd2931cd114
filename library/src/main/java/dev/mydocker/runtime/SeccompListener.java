package dev.mydocker.runtime;

import dev.mydocker.kernel.Performer;
import dev.mydocker.kernel.UnixSockets;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.ContainerProcessState;
import dev.mydocker.oci.spec.ContainerState;
import org.jspecify.annotations.Nullable;

/**
 * Who decides on the system calls that a filter hands over: {@code linux.seccomp.listenerPath}. The
 * process that loads the filter sends the descriptor itself, over a socket that was connected
 * outside, where the path means what it says.
 *
 * @param path of the listening socket, absolute
 * @param metadata what is told to it beside
 * @param state the container; its pid is that of the process
 */
public record SeccompListener(String path, @Nullable String metadata, ContainerState state) {
  /**
   * A connection for one process.
   *
   * @param socket our descriptor, which goes along with the process's last plan
   * @param message what accompanies the descriptor
   */
  record Connected(int socket, byte[] message) {}

  /** Connects for one process. */
  Connected connect(Performer performer, long pid) {
    int slash = path.lastIndexOf('/');
    int socket =
        UnixSockets.connect(
            performer, path.substring(0, Math.max(slash, 1)), path.substring(slash + 1));
    ContainerState told =
        ContainerState.of(
            state.id(), state.status(), (int) pid, state.bundle(), state.annotations());
    return new Connected(
        socket, Json.encode(ContainerProcessState.ofSeccomp((int) pid, metadata, told).toJson()));
  }
}
