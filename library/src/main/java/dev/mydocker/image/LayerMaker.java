package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.TarReader;
import dev.mydocker.image.tar.TarWriter;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.Digest;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a layer of an archive, in one pass: keeps it as a blob, hashes it, compressed and not, and
 * unpacks it.
 */
final class LayerMaker {
  /** The names of the two in a workspace. */
  static final String BLOB = "blob";

  static final String TREE = "tree";

  private final FileWorker files;
  private final Workspace workspace;
  private final String what;
  private final long maximumBytes;
  private List<String> implied = List.of();

  /**
   * @param what what the archive is, for messages
   * @param maximumBytes how much the unpacked layer may take
   */
  LayerMaker(FileWorker files, Workspace workspace, String what, long maximumBytes) {
    this.files = files;
    this.workspace = workspace;
    this.what = what;
    this.maximumBytes = maximumBytes;
  }

  /**
   * Makes the layer.
   *
   * @param archive the archive, compressed or not
   * @param below the chain id of the layers below it, or null
   * @throws MydockerException if the archive is damaged or cannot be unpacked
   */
  Layer make(InputStream archive, @Nullable Digest below) {
    try (FileOutput blob = new FileOutput(files, createBlob())) {
      return make(archive, below, blob);
    } catch (IOException e) {
      throw MydockerException.of(
          Category.INVALID, "read", what, String.valueOf(e.getMessage()), null, e);
    }
  }

  /**
   * Makes the tree of a layer whose archive is kept elsewhere, and hashes it, not compressed.
   *
   * @param archive the archive, compressed or not
   * @param blob what the archive is
   * @throws MydockerException if the archive is damaged or cannot be unpacked
   */
  Layer makeTree(InputStream archive, Descriptor blob) {
    Sha256 diffHash = new Sha256();
    try {
      PushbackInputStream in = new PushbackInputStream(archive, Compression.MAGIC_LENGTH);
      byte[] start = new byte[Compression.MAGIC_LENGTH];
      int length = in.readNBytes(start, 0, start.length);
      in.unread(start, 0, length);
      Compression compression = Compression.detect(start, length);
      InputStream packed = Compression.keptOpen(in);
      long size;
      try (ReadAhead plain =
          new ReadAhead(new Tap(compression.decompress(packed), diffHash, null))) {
        size = unpack(plain);
      }
      Digest diffId = diffHash.digest();
      return new Layer(blob, diffId, diffId, size, implied);
    } catch (IOException e) {
      throw MydockerException.of(
          Category.INVALID, "read", what, String.valueOf(e.getMessage()), null, e);
    }
  }

  /**
   * Makes the tree of a layer whose archive was kept at some time, as {@link #makeTree} does, and
   * compares the digests of both.
   *
   * @param diffId what the digest is to be, not compressed
   * @throws MydockerException if the archive is not what it was
   */
  Layer makeTreeOfKept(InputStream archive, Descriptor blob, Digest diffId) {
    Sha256 hash = new Sha256();
    Tap kept = new Tap(archive, hash, null);
    Layer made = makeTree(kept, blob);
    try {
      kept.drain();
    } catch (IOException e) {
      throw MydockerException.of(
          Category.INVALID, "read", what, String.valueOf(e.getMessage()), null, e);
    }
    requireSame(hash.digest(), blob.digest());
    requireSame(made.diffId(), diffId);
    return made;
  }

  private void requireSame(Digest is, Digest wanted) {
    if (!is.equals(wanted)) {
      throw MydockerException.of(
          Category.INVALID,
          "unpack",
          what,
          "its digest is " + is + ", not " + wanted,
          "the image store is damaged; remove the image and get it again");
    }
  }

  /** Writes an archive. */
  interface Writer {
    void write(TarWriter tar) throws IOException;
  }

  /**
   * Makes a layer that is written here.
   *
   * @param below the chain id of the layers below it, or null
   */
  Layer make(Writer writer, @Nullable Digest below) {
    Sha256 hash = new Sha256();
    long size;
    try (FileOutput blob = new FileOutput(files, createBlob())) {
      TarWriter tar = new TarWriter(new HashedOutput(blob, hash));
      writer.write(tar);
      tar.finish();
      size = blob.written();
    } catch (IOException e) {
      throw MydockerException.of(
          Category.INTERNAL, "write", what, String.valueOf(e.getMessage()), null, e);
    }
    Digest digest = hash.digest();
    int file = files.open(workspace.directory(), BLOB, Linux.O_RDONLY, 0);
    try (FileInput in = new FileInput(files, file)) {
      return new Layer(
          Descriptor.of(MediaTypes.LAYER, digest, size),
          digest,
          below == null ? digest : chainId(below, digest),
          unpack(in),
          implied);
    }
  }

  private int createBlob() {
    return files.open(
        workspace.directory(), BLOB, Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL, 0644);
  }

  private Layer make(InputStream archive, @Nullable Digest below, FileOutput blob)
      throws IOException {
    PushbackInputStream in = new PushbackInputStream(archive, Compression.MAGIC_LENGTH);
    byte[] start = new byte[Compression.MAGIC_LENGTH];
    int length = in.readNBytes(start, 0, start.length);
    in.unread(start, 0, length);
    Compression compression = Compression.detect(start, length);
    // There is no media type for layers packed by xz: they are kept unpacked.
    boolean keepsPacked = compression == Compression.GZIP || compression == Compression.ZSTD;
    Sha256 blobHash = new Sha256();
    Sha256 diffHash = keepsPacked ? new Sha256() : blobHash;
    // One thread reads, hashes and keeps what comes, one unpacks and hashes that, this one writes.
    InputStream kept = Compression.keptOpen(in);
    InputStream packed = keepsPacked ? new Tap(kept, blobHash, blob) : kept;
    long size;
    try (ReadAhead source = new ReadAhead(packed);
        ReadAhead plain =
            new ReadAhead(
                new Tap(compression.decompress(source), diffHash, keepsPacked ? null : blob))) {
      size = unpack(plain);
      // The blob is all that came, whatever the decompressor left.
      source.drain();
    }
    blob.flush();
    Digest diffId = diffHash.digest();
    Digest blobDigest = keepsPacked ? blobHash.digest() : diffId;
    return new Layer(
        Descriptor.of(mediaType(compression), blobDigest, blob.written()),
        diffId,
        below == null ? diffId : chainId(below, diffId),
        size,
        implied);
  }

  private long unpack(InputStream content) {
    files.makeDirectory(workspace.directory(), TREE, 0755);
    int tree = files.open(workspace.directory(), TREE, Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    try {
      Unpacker unpacker = new Unpacker(files, tree, "", what, Unpacker.Purpose.LAYER, maximumBytes);
      long size = unpacker.unpack(new TarReader(content, what, true));
      implied = unpacker.impliedDirectories();
      return size;
    } finally {
      files.close(tree);
    }
  }

  private static String mediaType(Compression compression) {
    return switch (compression) {
      case GZIP -> MediaTypes.LAYER_GZIP;
      case ZSTD -> MediaTypes.LAYER_ZSTD;
      case NONE, XZ -> MediaTypes.LAYER;
    };
  }

  /** The identity of a layer on others (image specification, config.md, Layer ChainID). */
  static Digest chainId(Digest below, Digest diffId) {
    return Sha256.of(Bytes.encode(below + " " + diffId));
  }

  /** Hashes, and perhaps keeps, what is read. */
  private static final class Tap extends InputStream {
    private final InputStream in;
    private final Sha256 hash;
    private final @Nullable FileOutput out;

    Tap(InputStream in, Sha256 hash, @Nullable FileOutput out) {
      this.in = in;
      this.hash = hash;
      this.out = out;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int got = in.read(bytes, from, length);
      if (got > 0) {
        hash.update(bytes, from, got);
        if (out != null) {
          out.write(bytes, from, got);
        }
      }
      return got;
    }

    /** Reads what nobody else wants to read. */
    void drain() throws IOException {
      byte[] waste = new byte[1 << 16];
      while (read(waste, 0, waste.length) >= 0) {}
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /** Hashes what is written. */
  private static final class HashedOutput extends OutputStream {
    private final OutputStream out;
    private final Sha256 hash;

    HashedOutput(OutputStream out, Sha256 hash) {
      this.out = out;
      this.hash = hash;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      hash.update(bytes, from, length);
      out.write(bytes, from, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }
  }
}
