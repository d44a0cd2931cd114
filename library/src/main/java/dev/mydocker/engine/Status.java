package dev.mydocker.engine;

/** What a container is doing. It is found out each time, never read from a file. */
public enum Status {
  /** It has not been started yet. */
  CREATED,
  /** Its first process runs. */
  RUNNING,
  /** All its processes are frozen. */
  PAUSED,
  /** Its first process has ended. */
  EXITED,
  /** It cannot be used any more, only removed. */
  DEAD;

  /** Returns Docker's word for it, such as {@code running}. */
  public String word() {
    return switch (this) {
      case CREATED -> "created";
      case RUNNING -> "running";
      case PAUSED -> "paused";
      case EXITED -> "exited";
      case DEAD -> "dead";
    };
  }

  /** Returns whether it has processes. */
  public boolean isAlive() {
    return this == RUNNING || this == PAUSED;
  }
}
