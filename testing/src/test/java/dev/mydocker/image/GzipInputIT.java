package dev.mydocker.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.kernel.NativeInflater;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** The machine's library unpacks what the JDK does, and refuses what that refuses. */
@Requires(Need.ISA_L)
class GzipInputIT {
  @Test
  void itMakesTheSameOfEveryStream() throws IOException {
    for (int seed = 0; seed < 25; seed++) {
      Random random = new Random(seed);
      byte[] content = content(random);
      byte[] packed = packed(content, random);
      assertThat(unpack(packed, random)).as("seed %d", seed).isEqualTo(content);
      // Several members are one stream, and what is behind the last one means nothing.
      byte[] twice = concat(packed, packed, new byte[random.nextInt(3) * 100]);
      assertThat(unpack(twice, random)).as("seed %d", seed).isEqualTo(concat(content, content));
    }
  }

  @Test
  void whatIsCutOffOrDamagedIsNeverTakenForWhole() throws IOException {
    int refused = 0;
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(1000 + seed);
      byte[] content = content(random);
      byte[] packed = packed(content, random);
      byte[] cut = Arrays.copyOf(packed, random.nextInt(packed.length));
      assertThat(attempt(cut, random)).as("seed %d, cut", seed).isEmpty();
      packed[random.nextInt(packed.length)] ^= (byte) (1 << random.nextInt(8));
      Optional<byte[]> made = attempt(packed, random);
      // Some bits of the header say nothing of the content.
      assertThat(made.isEmpty() || Arrays.equals(made.get(), content)).as("seed %d", seed).isTrue();
      refused += made.isEmpty() ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(80);
  }

  private static Optional<byte[]> attempt(byte[] packed, Random random) {
    try {
      return Optional.of(unpack(packed, random));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static byte[] unpack(byte[] packed, Random random) throws IOException {
    assertThat(Machine.FILES).as("the bridge, which has the inflater").isNotNull();
    InputStream pieces =
        new ByteArrayInputStream(packed) {
          @Override
          public synchronized int read(byte[] bytes, int from, int length) {
            return super.read(bytes, from, Math.min(length, 1 + random.nextInt(9000)));
          }
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GzipInput in = new GzipInput(pieces, NativeInflater.open().orElseThrow())) {
      byte[] buffer = new byte[1 + random.nextInt(50_000)];
      for (int got = in.read(buffer, 0, buffer.length);
          got >= 0;
          got = in.read(buffer, 0, buffer.length)) {
        out.write(buffer, 0, got);
      }
    }
    return out.toByteArray();
  }

  private static byte[] content(Random random) {
    byte[] content =
        new byte[random.nextInt(4) == 0 ? random.nextInt(10) : random.nextInt(150_000)];
    random.nextBytes(content);
    // Some that packs well, some that does not, and both.
    int limit = random.nextInt(3) * content.length / 2;
    for (int i = 0; i < limit; i++) {
      content[i] = (byte) "abcdefgh".charAt((content[i] & 0xFF) % 8);
    }
    return content;
  }

  private static byte[] packed(byte[] content, Random random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int level = random.nextInt(Deflater.BEST_COMPRESSION + 1);
    try (GZIPOutputStream packer =
        new GZIPOutputStream(out) {
          {
            def.setLevel(level);
          }
        }) {
      packer.write(content);
    }
    byte[] packed = out.toByteArray();
    try (InputStream check = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      assertThat(check.readAllBytes()).isEqualTo(content);
    }
    return packed;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
