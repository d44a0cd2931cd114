package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;

/**
 * Whose namespace a container is in.
 *
 * @param kind what sort of answer
 * @param container whose, by name or id, for {@link Kind#CONTAINER}; else empty
 */
public record NamespaceMode(Kind kind, String container) {
  /** The sorts of answers. */
  public enum Kind {
    /** A new one. */
    PRIVATE,
    /** A new one with nothing in it: no network, no shared memory. */
    NONE,
    /** The host's. */
    HOST,
    /** That of another container, which must be running. */
    CONTAINER
  }

  /** A new namespace. */
  public static final NamespaceMode PRIVATE = new NamespaceMode(Kind.PRIVATE, "");

  /** A new namespace with nothing in it. */
  public static final NamespaceMode NONE = new NamespaceMode(Kind.NONE, "");

  /** The host's namespace. */
  public static final NamespaceMode HOST = new NamespaceMode(Kind.HOST, "");

  private static final String CONTAINER = "container:";

  /** Checks that a container is named where one is needed. */
  public NamespaceMode {
    if ((kind == Kind.CONTAINER) == container.isEmpty()) {
      throw MydockerException.invalid(
          "namespace mode",
          container,
          "invalid namespace mode: a container's namespace needs the container",
          null);
    }
  }

  /** Returns the namespace of another container. */
  public static NamespaceMode container(String nameOrId) {
    return new NamespaceMode(Kind.CONTAINER, nameOrId);
  }

  /** Reads {@code --pid}: host, private or container:X. */
  public static NamespaceMode parsePid(String text) {
    return parse(text, "--pid: invalid PID mode", false);
  }

  /** Reads {@code --ipc}: host, private, shareable (as private), none or container:X. */
  public static NamespaceMode parseIpc(String text) {
    return text.equals("shareable") ? PRIVATE : parse(text, "invalid IPC mode: " + text, true);
  }

  /** Reads {@code --uts}: host, private or container:X. */
  public static NamespaceMode parseUts(String text) {
    return parse(text, "--uts: invalid UTS mode", false);
  }

  /** Reads {@code --cgroupns}: host, private or container:X. */
  public static NamespaceMode parseCgroup(String text) {
    return parse(text, "--cgroupns: invalid CGROUP mode", false);
  }

  /** Reads {@code --network}: none, host or container:X. */
  public static NamespaceMode parseNetwork(String text) {
    if (text.equals("bridge") || text.equals("default") || text.equals("private")) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "network",
          text,
          "bridged networks are not there yet",
          "use --network none, host or container:NAME");
    }
    return parse(text, "network " + text + " not found", true);
  }

  private static NamespaceMode parse(String text, String problem, boolean none) {
    if (text.isEmpty() || text.equals("private")) {
      return PRIVATE;
    }
    if (text.equals("host")) {
      return HOST;
    }
    if (none && text.equals("none")) {
      return NONE;
    }
    if (text.startsWith(CONTAINER) && text.length() > CONTAINER.length()) {
      return container(text.substring(CONTAINER.length()));
    }
    throw MydockerException.invalid(
        "namespace mode",
        text,
        problem,
        "expected host, private" + (none ? ", none" : "") + " or container:NAME");
  }

  /** Returns the word as the flags have it. */
  @Override
  public String toString() {
    return switch (kind) {
      case PRIVATE -> "private";
      case NONE -> "none";
      case HOST -> "host";
      case CONTAINER -> CONTAINER + container;
    };
  }
}
