package dev.mydocker.kernel;

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

  /** The helper program that this performer starts monitors from, as a path on the host. */
  String helper();

  @Override
  void close();
}
