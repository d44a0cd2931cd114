package dev.mydocker.engine;

/** The images of an engine. */
public final class Images {
  private final Engine engine;

  Images(Engine engine) {
    this.engine = engine;
  }

  /** Whether there is an image of that name or id. */
  public boolean exists(String nameOrId) {
    try (Workbench bench = engine.bench()) {
      return bench.images().find(nameOrId).isPresent();
    }
  }
}
