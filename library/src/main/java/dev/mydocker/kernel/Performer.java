package dev.mydocker.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Something that performs plan segments on this kernel: this process through the bridge ({@link
 * InProcess}), or a co-process ({@link CoProcess}).
 *
 * <p>Descriptor numbers in arguments and results are those of the performing process. Closing a
 * co-process's performer closes all that it holds; {@link InProcess} leaves them to the caller.
 */
public interface Performer extends AutoCloseable {
  /**
   * Performs a segment.
   *
   * @return what came of it; a failed instruction is in the reply, not thrown
   * @throws KernelException if the segment could not be performed at all
   */
  Reply perform(Segment segment);

  /**
   * Whether somebody wants to hear what is done. Only then a plan says so in its middle, as one
   * that ends in execve(2) must: nobody is left to answer.
   */
  default boolean explains() {
    return false;
  }

  /** Whether it only says that things are done. */
  default boolean rehearses() {
    return false;
  }

  /** What is sent to a helper in place of a segment: the same, but that its times may be wanted. */
  default Segment outgoing(Segment segment) {
    return segment;
  }

  /**
   * Hears what came of a segment that a helper performed.
   *
   * @param who the helper's part
   * @param reply null if the helper closed the session instead of answering
   */
  default void answered(String who, Segment sent, @Nullable Reply reply) {}

  /** The helper program that this performer starts monitors from, as a path on the host. */
  String helper();

  /** Whether threads that perform at the same time do not wait for each other. */
  default boolean isConcurrent() {
    return false;
  }

  @Override
  void close();
}
