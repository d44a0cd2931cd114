package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.image.tar.TarEntry;
import dev.mydocker.image.tar.TarReader;
import dev.mydocker.image.tar.TarType;
import dev.mydocker.kernel.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** A Debian package (deb(5)): an ar archive with a tar of the package's files. */
final class DebFile {
  private static final String MAGIC = "!<arch>\n";
  private static final int HEADER = 60;
  private static final int MAXIMUM_FILE = 64 << 20;

  private final byte[] content;
  private final String what;

  DebFile(byte[] content, String what) {
    this.content = content;
    this.what = what;
  }

  /**
   * One program of the package.
   *
   * @param name its path, without a slash in front
   */
  Optional<BusyboxProgram> program(String name) {
    try (InputStream data = data()) {
      TarReader tar = new TarReader(data, what, true);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        String path = entry.name().startsWith("./") ? entry.name().substring(2) : entry.name();
        if (path.equals(name) && entry.type() == TarType.FILE && entry.size() <= MAXIMUM_FILE) {
          byte[] bytes = new byte[(int) entry.size()];
          tar.readFully(bytes, 0, bytes.length);
          return Optional.of(new BusyboxProgram(bytes, entry.modifiedSeconds()));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw MydockerException.of(
          Category.INVALID, "read", what, String.valueOf(e.getMessage()), null, e);
    }
  }

  private InputStream data() throws IOException {
    if (!text(0, MAGIC.length()).equals(MAGIC)) {
      throw damaged("it is no package");
    }
    int at = MAGIC.length();
    while (at + HEADER <= content.length) {
      String name = text(at, 16).strip();
      int size = size(at + 48);
      int from = at + HEADER;
      if (size < 0 || size > content.length - from) {
        throw damaged("it is cut off");
      }
      if (name.startsWith("data.tar")) {
        byte[] start = Arrays.copyOfRange(content, from, from + Math.min(size, 8));
        InputStream in = new ByteArrayInputStream(content, from, size);
        return Compression.detect(start, start.length).decompress(in);
      }
      at = from + size + (size & 1);
    }
    throw damaged("it has no files");
  }

  private int size(int at) {
    int size = 0;
    for (int i = at; i < at + 9 && content[i] != ' '; i++) {
      int digit = content[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      size = size * 10 + digit;
    }
    return size;
  }

  private String text(int at, int length) {
    return Bytes.decode(content, at, Math.min(content.length, at + length));
  }

  private MydockerException damaged(String problem) {
    return MydockerException.of(Category.INVALID, "read", what, problem);
  }
}
