package dev.mydocker.runtime.dbus;

/** A connected stream of bytes to a peer that is not trusted to answer. */
public interface ByteStream extends AutoCloseable {
  /**
   * Writes all bytes.
   *
   * @param deadline by {@link System#nanoTime}
   * @throws dev.mydocker.MydockerException TIMEOUT if the peer does not take them in time
   */
  void write(byte[] bytes, long deadline);

  /**
   * Reads what is there, waiting for a first byte.
   *
   * @param most how many bytes are wanted at most
   * @return none at the stream's end
   * @throws dev.mydocker.MydockerException TIMEOUT if nothing comes in time
   */
  byte[] read(int most, long deadline);

  @Override
  void close();
}
