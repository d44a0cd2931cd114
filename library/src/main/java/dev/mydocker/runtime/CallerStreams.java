package dev.mydocker.runtime;

import java.util.List;

/**
 * What a process gets of the caller of an OCI runtime, by descriptors of ours.
 *
 * @param in standard input, unless it gets a terminal
 * @param out standard output
 * @param err standard error
 * @param passed what it gets as 3 and so on ({@code --preserve-fds})
 */
public record CallerStreams(int in, int out, int err, List<Integer> passed) {
  /** Copies the list. */
  public CallerStreams {
    passed = List.copyOf(passed);
  }
}
