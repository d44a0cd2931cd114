package dev.mydocker.engine;

import dev.mydocker.TransferEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hears what people may want to know while an engine works. */
@FunctionalInterface
public interface Notices {
  /** Says one line: where an image came from. */
  void line(String text);

  /**
   * An image is being brought.
   *
   * @param image its name, as people write it
   * @return hears how far it is; closed when it is there, or will not come
   */
  default Transfer pulling(String image) {
    return Transfer.SILENT;
  }

  /**
   * Something takes long that a container needs first: its image has to be brought, or an archive
   * unpacked. Who can have that done better by another process, which {@link Engine#prepare} is
   * for, does so and waits for it.
   *
   * @return whether it was done; otherwise the engine does it
   */
  default boolean prepares(ContainerSpec spec) {
    return false;
  }

  /** Hears of one image's way. */
  interface Transfer extends Consumer<TransferEvent> {
    /** Hears nothing. */
    Transfer SILENT = _ -> {};

    /**
     * It is over.
     *
     * @param outcome what came of it, or null if nothing
     */
    default void end(@Nullable PulledImage outcome) {}
  }
}
