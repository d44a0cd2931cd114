package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.TransferDisplay;
import dev.mydocker.engine.ImageInfo;
import dev.mydocker.engine.PushedImage;
import dev.mydocker.engine.Registries;
import dev.mydocker.oci.ImageReference;
import java.util.ArrayList;
import java.util.List;

/** {@code push}: sends an image, or all tags of a repository, to a registry. */
final class Push {
  private Push() {}

  static int run(Call call) {
    ImageReference reference = ImageReference.parse(call.operands().get(0));
    boolean quiet = call.arguments().flag("quiet");
    boolean all = call.arguments().flag("all-tags");
    if (all && (reference.tag() != null || reference.digest() != null)) {
      throw new MydockerException(
          Category.INVALID, "tag can't be used with --all-tags/-a", "leave one of them out");
    }
    if (!quiet) {
      if (!all && reference.tag() == null && reference.digest() == null) {
        call.out().println("Using default tag: " + ImageReference.DEFAULT_TAG);
      }
      call.out().println("The push refers to repository [" + reference.name() + "]").flush();
    }
    for (ImageReference each : all ? tags(call, reference) : List.of(reference.withDefaultTag())) {
      one(call, each, quiet);
    }
    return 0;
  }

  private static List<ImageReference> tags(Call call, ImageReference reference) {
    List<ImageReference> tags = new ArrayList<>();
    for (ImageInfo image : call.engine().images().list()) {
      for (String name : image.names()) {
        ImageReference each = ImageReference.parse(name);
        if (each.name().equals(reference.name()) && each.digest() == null) {
          tags.add(each);
        }
      }
    }
    if (tags.isEmpty()) {
      throw new MydockerException(
          Category.NOT_FOUND,
          "An image does not exist locally with the tag: " + reference.familiarName());
    }
    return tags;
  }

  private static void one(Call call, ImageReference reference, boolean quiet) {
    Registries registries = call.engine().registries();
    if (quiet) {
      PushedImage pushed = registries.push(reference.toString(), _ -> {});
      call.out().println(pushed.name());
      return;
    }
    TransferDisplay display = TransferDisplay.on(call, call.out(), call.invocation().stdout());
    PushedImage pushed;
    try {
      pushed = registries.push(reference.toString(), display);
    } finally {
      display.end();
    }
    call.out()
        .println(reference.tag() + ": digest: " + pushed.digest() + " size: " + pushed.size())
        .flush();
  }
}
