package dev.mydocker.kernel;

/**
 * Performs segments in the calling thread of this process, through the JNI bridge.
 *
 * <p>For processes that are ours, such as the CLI's: it needs native access, and a call that blocks
 * in the kernel blocks its thread.
 */
public final class InProcess implements Performer {
  private static volatile boolean loaded;

  private final String helper;

  /**
   * @param home the directory that holds {@code libmydocker.so} and {@code mydocker-helper}
   */
  public InProcess(String home) {
    load(home + "/libmydocker.so");
    this.helper = home + "/mydocker-helper";
  }

  @SuppressWarnings("restricted")
  private static void load(String bridge) {
    System.load(bridge);
    loaded = true;
  }

  /** Whether this process has the bridge. */
  static boolean isLoaded() {
    return loaded;
  }

  @Override
  public Reply perform(Segment segment) {
    byte[] reply = new byte[segment.replyLength()];
    int length = perform(segment.message(), reply, segment.leftOut());
    if (length < 0) {
      throw new KernelException("perform a plan segment", -length);
    }
    return segment.reply(reply);
  }

  @Override
  public boolean isConcurrent() {
    return true;
  }

  @Override
  public String helper() {
    return helper;
  }

  /** Nothing to close: the process goes on. */
  @Override
  public void close() {}

  private static native int perform(byte[] message, byte[] reply, int leftOut);
}
