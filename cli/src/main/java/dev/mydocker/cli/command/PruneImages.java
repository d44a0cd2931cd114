package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.Confirmation;
import dev.mydocker.cli.format.Human;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.engine.PrunedImages;

/** {@code image prune}: removes images that nothing uses. */
final class PruneImages {
  private PruneImages() {}

  static int run(Call call) {
    Arguments arguments = call.arguments();
    boolean all = arguments.flag("all");
    ImageFilter filter = ImageFilter.forPrune(call, arguments.values("filter"));
    if (!arguments.flag("force")
        && !Confirmation.asked(
            call,
            all
                ? "WARNING! This will remove all images without at least one container associated"
                    + " to them."
                : "WARNING! This will remove all dangling images.")) {
      return 0;
    }
    PrunedImages pruned = call.engine().images().prune(all, filter::accepts);
    if (!pruned.report().isEmpty()) {
      call.out().println("Deleted Images:");
      for (String line : pruned.report()) {
        call.out().println(Character.toLowerCase(line.charAt(0)) + line.substring(1));
      }
      call.out().println("");
    }
    call.out().println("Total reclaimed space: " + Human.size(pruned.bytes(), 4));
    return 0;
  }
}
