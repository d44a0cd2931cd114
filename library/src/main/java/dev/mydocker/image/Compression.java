package dev.mydocker.image;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.mydocker.kernel.NativeInflater;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** How a stream is compressed, told by its first bytes. */
public enum Compression {
  NONE(""),
  GZIP("\u001F\u008B"),
  XZ("\u00FD7zXZ\u0000"),
  ZSTD("(\u00B5/\u00FD");

  /** As many bytes as {@link #detect} wants. */
  public static final int MAGIC_LENGTH = 6;

  private static final int BUFFER = 1 << 16;

  private final String magic;

  Compression(String magic) {
    this.magic = magic;
  }

  /** Tells by the first {@code length} bytes of a stream. */
  public static Compression detect(byte[] start, int length) {
    for (Compression compression : values()) {
      if (compression != NONE && compression.matches(start, length)) {
        return compression;
      }
    }
    // A skippable frame of zstd may come first (RFC 8878, 3.1.2).
    boolean skippable =
        length >= 4
            && (start[0] & 0xF0) == 0x50
            && start[1] == 0x2A
            && start[2] == 0x4D
            && start[3] == 0x18;
    return skippable ? ZSTD : NONE;
  }

  private boolean matches(byte[] start, int length) {
    if (length < magic.length()) {
      return false;
    }
    for (int i = 0; i < magic.length(); i++) {
      if ((start[i] & 0xFF) != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The content of a stream that is compressed so; several streams one behind the other are one, as
   * {@code gzip}, {@code xz} and {@code zstd} have it. Closing it gives back its own memory, and
   * leaves the stream below open.
   *
   * @throws IOException if the start is damaged
   */
  public InputStream decompress(InputStream in) throws IOException {
    return switch (this) {
      case NONE -> keptOpen(in);
      case GZIP -> gzip(in);
      case XZ -> Xz.open(keptOpen(in));
      case ZSTD -> Zstandard.open(keptOpen(in));
    };
  }

  /** The same stream, which others may close without effect. */
  static InputStream keptOpen(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public void close() {}
    };
  }

  private static InputStream gzip(InputStream in) throws IOException {
    Optional<NativeInflater> inflater = NativeInflater.open();
    return inflater.isPresent()
        ? new GzipInput(in, inflater.get())
        : new GZIPInputStream(new Unhurried(in), BUFFER);
  }

  // Each in a class of its own, so that neither library is looked for before it is needed.

  private static final class Xz {
    static InputStream open(InputStream in) throws IOException {
      // What xz -9 needs to unpack is 65 MiB; a header that asks for gigabytes is refused.
      return new XZInputStream(in, 1 << 20);
    }
  }

  private static final class Zstandard {
    static InputStream open(InputStream in) throws IOException {
      try {
        return new ZstdInputStreamNoFinalizer(in);
      } catch (LinkageError e) {
        // It unpacks its native part below java.io.tmpdir, which may forbid execution; and the JVM
        // may forbid native code.
        Throwable cause = e.getCause();
        throw new IOException(
            "the Zstandard library cannot be loaded: "
                + (cause == null ? e : cause).getMessage()
                + " (native access is allowed by --enable-native-access=com.github.luben.zstd_jni,"
                + " or ALL-UNNAMED on the class path)",
            e);
      }
    }
  }

  /**
   * A stream that always has something to come: GZIPInputStream looks for a further member only if
   * it is told so.
   */
  private static final class Unhurried extends InputStream {
    private final InputStream in;

    Unhurried(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      return in.read(bytes, from, length);
    }

    @Override
    public int available() {
      return 1;
    }
  }
}
