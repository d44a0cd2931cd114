package dev.mydocker.cli.call;

import dev.mydocker.TransferEvent;
import dev.mydocker.engine.Notices;
import dev.mydocker.engine.PulledImage;
import org.jspecify.annotations.Nullable;

/**
 * A pull in the middle of a {@code run}: told on standard error, as Docker does, but not before it
 * is sure that there is such an image: what fails at once stays one line.
 */
final class PullNotices implements Notices.Transfer {
  private final Call call;
  private final String image;
  private final TransferDisplay display;
  private boolean begun;

  private PullNotices(Call call, String image) {
    this.call = call;
    this.image = image;
    this.display = TransferDisplay.on(call, call.err(), call.invocation().stderr());
  }

  static Notices.Transfer of(Call call, String image) {
    return call.arguments().flag("quiet") ? SILENT : new PullNotices(call, image);
  }

  @Override
  public void accept(TransferEvent event) {
    if (!begun) {
      begun = true;
      call.err().println("Unable to find image '" + image + "' locally");
    }
    display.accept(event);
  }

  @Override
  public void end(@Nullable PulledImage outcome) {
    display.end();
    if (outcome != null) {
      display.tell(outcome);
    }
  }
}
