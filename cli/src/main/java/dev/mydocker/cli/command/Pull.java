package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.TransferEvent;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.TransferDisplay;
import dev.mydocker.engine.PulledImage;
import dev.mydocker.engine.Registries;
import dev.mydocker.oci.ImageReference;
import java.util.function.Consumer;

/** {@code pull}: brings an image, or all of a repository, from a registry. */
final class Pull {
  private Pull() {}

  static int run(Call call) {
    String name = call.operands().get(0);
    ImageReference reference = ImageReference.parse(name);
    boolean plain = reference.tag() == null && reference.digest() == null;
    if (call.arguments().flag("all-tags")) {
      return all(call, reference, plain);
    }
    if (plain && !call.arguments().flag("quiet")) {
      call.out().println("Using default tag: " + ImageReference.DEFAULT_TAG).flush();
    }
    one(call, reference.withDefaultTag());
    call.out().println(reference.withDefaultTag().toString());
    return 0;
  }

  private static int all(Call call, ImageReference reference, boolean plain) {
    if (!plain) {
      throw new MydockerException(
          Category.INVALID, "tag can't be used with --all-tags/-a", "leave one of them out");
    }
    for (String tag : call.engine().registries().tags(reference.name())) {
      one(call, reference.withTag(tag));
    }
    call.out().println(reference.name());
    return 0;
  }

  private static void one(Call call, ImageReference reference) {
    Registries registries = call.engine().registries();
    String platform = call.arguments().value("platform").orElse(null);
    if (call.arguments().flag("quiet")) {
      Consumer<TransferEvent> nobody = _ -> {};
      var _ = registries.pull(reference.toString(), platform, nobody);
      return;
    }
    TransferDisplay display = TransferDisplay.on(call, call.out(), call.invocation().stdout());
    PulledImage pulled;
    try {
      pulled = registries.pull(reference.toString(), platform, display);
    } finally {
      display.end();
    }
    display.tell(pulled);
  }
}
