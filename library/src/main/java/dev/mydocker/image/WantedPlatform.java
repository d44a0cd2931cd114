package dev.mydocker.image;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.image.Descriptor;
import dev.mydocker.oci.image.ImageIndex;
import dev.mydocker.oci.image.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The machine that an image shall be for: {@code linux/arm64/v8}, {@code linux/amd64}, {@code
 * arm64}.
 *
 * @param os as Go calls it
 * @param architecture as Go calls it
 * @param variant of the processor, or null for any
 */
public record WantedPlatform(String os, String architecture, @Nullable String variant) {
  private static final int MOST_SHOWN = 20;

  /** This machine. */
  public static WantedPlatform ofThisMachine() {
    return new WantedPlatform("linux", StoreFiles.architecture(), null);
  }

  /**
   * Reads what a person wrote.
   *
   * @throws MydockerException if it is no platform
   */
  public static WantedPlatform parse(String text) {
    String[] parts = text.toLowerCase(Locale.ROOT).split("/", -1);
    for (String part : parts) {
      if (part.isEmpty() || part.indexOf(' ') >= 0 || parts.length > 3) {
        throw MydockerException.of(
            Category.INVALID,
            "parse platform",
            text,
            "expected OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT",
            "such as linux/arm64");
      }
    }
    if (parts.length == 1) {
      return parts[0].equals("linux")
          ? ofThisMachine()
          : new WantedPlatform("linux", architecture(parts[0]), null);
    }
    return new WantedPlatform(
        parts[0], architecture(parts[1]), parts.length == 3 ? parts[2] : null);
  }

  /** The kernel's names, and old ones, as Go calls them. */
  private static String architecture(String name) {
    return switch (name) {
      case "x86_64", "x86-64" -> "amd64";
      case "aarch64" -> "arm64";
      case "i386", "i686" -> "386";
      default -> name;
    };
  }

  /** Whether an image for a platform is what is wanted. */
  public boolean accepts(@Nullable Platform platform) {
    return platform != null
        && platform.os().equals(os)
        && platform.architecture().equals(architecture)
        && (variant == null || variant.equals(variantOf(platform)));
  }

  private static @Nullable String variantOf(Platform platform) {
    // There is no other, so many do not say it.
    return platform.variant() == null && platform.architecture().equals("arm64")
        ? "v8"
        : platform.variant();
  }

  /** The manifest of an index for it: the highest variant, of equal ones the first. */
  Optional<Descriptor> choose(ImageIndex index) {
    Descriptor best = null;
    for (Descriptor each : index.manifests()) {
      if (accepts(each.platform()) && (best == null || rank(each) > rank(best))) {
        best = each;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Only the variants of arm (v5, v6, v7) are levels of one another. */
  private int rank(Descriptor descriptor) {
    Platform platform = descriptor.platform();
    String level = platform == null ? null : platform.variant();
    return architecture.equals("arm") && level != null && level.length() == 2 ? level.charAt(1) : 0;
  }

  /** The platforms of an index, as people write them. */
  static List<String> texts(ImageIndex index) {
    List<String> texts = new ArrayList<>();
    for (Descriptor each : index.manifests()) {
      Platform platform = each.platform();
      // What is not for any machine, such as an attestation, says unknown.
      if (platform != null && !platform.os().equals("unknown")) {
        texts.add(text(platform));
      }
      if (texts.size() == MOST_SHOWN) {
        texts.add("others");
        break;
      }
    }
    return texts.isEmpty() ? List.of("none that is named") : texts;
  }

  static String text(@Nullable Platform platform) {
    return platform == null
        ? "an unknown platform"
        : platform.os()
            + "/"
            + platform.architecture()
            + (platform.variant() == null ? "" : "/" + platform.variant());
  }

  @Override
  public String toString() {
    return os + "/" + architecture + (variant == null ? "" : "/" + variant);
  }
}
