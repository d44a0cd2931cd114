package dev.mydocker.engine;

/** When the image of a new container is brought from its registry. */
public enum PullPolicy {
  /** When it is not on this machine. */
  MISSING,
  /** Each time; what is here already is not fetched again. */
  ALWAYS,
  /** Never. */
  NEVER
}
