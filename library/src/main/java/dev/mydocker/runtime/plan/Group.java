package dev.mydocker.runtime.plan;

/** What a step is for; a plan's steps come in this order. */
public enum Group {
  LIMITS("limits"),
  NAMESPACES("namespaces"),
  ROOT("root file system"),
  MOUNTS("mounts"),
  DEVICES("devices"),
  ISOLATION("isolation"),
  STREAMS("streams"),
  SECURITY("security"),
  START("start");

  private final String title;

  Group(String title) {
    this.title = title;
  }

  /** The group's name for people. */
  public String title() {
    return title;
  }
}
