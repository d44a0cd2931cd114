package dev.mydocker.cli.option;

/** What an option's value is: which texts are accepted, and what help calls it. */
public enum Kind {
  /** Takes no value, or {@code =true} or {@code =false}. */
  FLAG(""),
  /** Any text. */
  TEXT("string"),
  /** A path on the host, relative to the working directory. */
  FILE("string"),
  /** A whole number. */
  INTEGER("int"),
  /** A size such as {@code 100m}. */
  BYTES("bytes"),
  /** A size such as {@code 100m}, or -1 for no limit. */
  BYTES_OR_UNLIMITED("bytes"),
  /** A number of CPUs such as {@code 1.5}. */
  CPUS("decimal"),
  /** CPUs or memory nodes such as {@code 0-3,5}. */
  CPUSET("string"),
  /** {@code KEY=VALUE}, or {@code KEY} to take the value from the host. */
  ENVIRONMENT("list"),
  /** {@code KEY=VALUE} or {@code KEY}. */
  LABEL("list"),
  /** {@code HOST:CONTAINER[:OPTIONS]}. */
  VOLUME("list"),
  /** {@code PATH[:OPTIONS]}. */
  TMPFS("list"),
  /** {@code HOST[:CONTAINER[:PERMISSIONS]]}. */
  DEVICE("list"),
  /** {@code NAME=SOFT[:HARD]}. */
  ULIMIT("ulimit"),
  /** {@code NAME:ADDRESS}. */
  HOST("list"),
  /** An address of IP version 4 or 6. */
  ADDRESS("list"),
  /** A domain in which host names are looked up, or a single dot. */
  DOMAIN("list"),
  /** {@code stdin}, {@code stdout} or {@code stderr}. */
  STREAM("list"),
  /** An absolute path in the container. */
  WORKDIR("string"),
  /** A container's name. */
  NAME("string"),
  /** A host's name. */
  HOSTNAME("string"),
  /** A signal's name or number. */
  SIGNAL("string"),
  /** A key sequence such as {@code ctrl-p,ctrl-q}. */
  KEYS("string"),
  /** A time: RFC 3339, seconds since 1970, or a duration before now. */
  TIME("string"),
  /** {@code KEY=VALUE} of a filter. */
  FILTER("filter"),
  /** {@code none}, {@code host} or {@code container:NAME}. */
  NETWORK("network"),
  /** {@code host}, {@code private}, {@code container:NAME}, as far as the option allows them. */
  NAMESPACE("string"),
  /** {@code max-size=10m} or {@code max-file=3}. */
  LOG_OPTION("list"),
  /** {@code no-new-privileges}, {@code seccomp=FILE|unconfined}, {@code apparmor=PROFILE}. */
  SECURITY("list"),
  /** {@code no}; the other restart policies come later. */
  RESTART("string"),
  /** {@code always}, {@code missing} or {@code never}. */
  PULL("string"),
  /** A Linux capability, with or without CAP_, or ALL. */
  CAPABILITY("list"),
  /** A number of lines, or {@code all}. */
  LINES("string");

  private final String placeholder;

  Kind(String placeholder) {
    this.placeholder = placeholder;
  }

  /** Returns what help calls the value; empty for a flag. */
  public String placeholder() {
    return placeholder;
  }
}
