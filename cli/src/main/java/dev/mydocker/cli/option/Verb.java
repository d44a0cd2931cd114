package dev.mydocker.cli.option;

/** The commands of mydocker, the most common first, as help and suggestions show them. */
public enum Verb {
  RUN("run", "Create and run a new container from an image"),
  EXEC("exec", "Execute a command in a running container"),
  PS("ps", "List containers"),
  IMAGES("images", "List images"),
  PULL("pull", "Download an image from a registry"),
  PUSH("push", "Upload an image to a registry"),
  LOGS("logs", "Fetch the logs of a container"),
  STOP("stop", "Stop one or more running containers"),
  START("start", "Start one or more stopped containers"),
  RM("rm", "Remove one or more containers"),
  ATTACH("attach", "Attach local standard input, output, and error streams to a running container"),
  COMMIT("commit", "Create a new image from a container's changes"),
  CREATE("create", "Create a new container"),
  EXPORT("export", "Export a container's filesystem as a tar archive"),
  IMPORT("import", "Import the contents from a tarball or directory to create an image"),
  INSPECT("inspect", "Return low-level information on containers and images"),
  HISTORY("history", "Show the history of an image"),
  KILL("kill", "Kill one or more running containers"),
  LOAD("load", "Load images from an archive, a directory or standard input"),
  LOGIN("login", "Log in to a registry"),
  LOGOUT("logout", "Log out from a registry"),
  PAUSE("pause", "Pause all processes within one or more containers"),
  RENAME("rename", "Rename a container"),
  RESTART("restart", "Restart one or more containers"),
  RMI("rmi", "Remove one or more images"),
  SAVE("save", "Save one or more images to an archive or a directory"),
  SEARCH("search", "Search a registry for images"),
  TAG("tag", "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE"),
  UNPAUSE("unpause", "Unpause all processes within one or more containers"),
  WAIT("wait", "Block until one or more containers stop, then print their exit codes"),
  VERSION("version", "Show the mydocker version information"),
  INFO("info", "Display system-wide information"),
  IMAGE_PRUNE("image-prune", "Remove images that nothing uses"),
  SYSTEM_DF("system-df", "Show how much of the disk images and containers take"),
  HEALTHCHECK_RUN("healthcheck-run", "Run the health check of a container once"),
  DOCTOR("doctor", "Check this machine and what was left behind, and repair it"),
  COMPLETION("completion", "Generate the completion script for a shell"),
  HELP("help", "Show help for a command");

  private final String word;
  private final String summary;

  Verb(String word, String summary) {
    this.word = word;
    this.summary = summary;
  }

  /**
   * Returns the word a user types; of a command that is in a group only, such as {@code image
   * prune}, its two words with a dash between them.
   */
  public String word() {
    return word;
  }

  /** Returns whether the command is in a group only. */
  public boolean isGrouped() {
    return word.indexOf('-') >= 0;
  }

  /** Returns what a user types. */
  public String typed() {
    return word.replace('-', ' ');
  }

  /** Returns what the command does, in one line. */
  public String summary() {
    return summary;
  }
}
