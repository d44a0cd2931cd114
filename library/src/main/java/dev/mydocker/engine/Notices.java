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
