package dev.mydocker.cli.call;

import dev.mydocker.TransferEvent;
import dev.mydocker.TransferEvent.Phase;
import dev.mydocker.cli.format.Human;
import dev.mydocker.cli.format.Printable;
import dev.mydocker.engine.PulledImage;
import dev.mydocker.oci.ImageReference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Shows how far the layers of an image are: on a terminal each has a line that changes, with a bar;
 * elsewhere a line is written for each phase.
 *
 * <p>Whoever calls it does so one at a time.
 */
public final class TransferDisplay implements Consumer<TransferEvent> {
  private static final long EVERY = 100_000_000;
  private static final int BAR = 50;
  private static final int WIDE = 110;

  private final Output out;
  private final int columns;
  private final Map<String, TransferEvent> lines = new LinkedHashMap<>();
  private int shown;
  private long last;
  private boolean dirty;

  /**
   * @param columns how wide the terminal is; 0 for what is none
   */
  TransferDisplay(Output out, int columns) {
    this.out = out;
    this.columns = columns;
  }

  /**
   * Begins to show.
   *
   * @param descriptor what {@code out} writes to
   */
  public static TransferDisplay on(Call call, Output out, int descriptor) {
    return new TransferDisplay(out, call.isTerminal(descriptor) ? call.columns(descriptor) : 0);
  }

  @Override
  public void accept(TransferEvent event) {
    Phase phase = event.phase();
    if (columns == 0) {
      if (!phase.counts()) {
        out.println(text(event)).flush();
      }
      return;
    }
    TransferEvent before = lines.get(event.id());
    if (phase == Phase.EXTRACTING && before != null && isOnItsWay(before.phase())) {
      return;
    }
    if (phase == Phase.PULLING) {
      out.println(text(event)).flush();
      return;
    }
    lines.put(event.id(), event);
    dirty = true;
    long now = System.nanoTime();
    if (!phase.counts() || now - last > EVERY) {
      last = now;
      draw();
    }
  }

  /** A layer is unpacked while it comes; how far it has come is told first. */
  private static boolean isOnItsWay(Phase phase) {
    return phase == Phase.DOWNLOADING || phase == Phase.LISTED || phase == Phase.RETRYING;
  }

  /** Shows the last state. */
  public void end() {
    if (dirty) {
      draw();
    }
  }

  private void draw() {
    StringBuilder text = new StringBuilder();
    if (shown > 0) {
      text.append("\u001b[").append(shown).append('A');
    }
    for (TransferEvent event : lines.values()) {
      String line = text(event) + bar(event);
      text.append("\r\u001b[2K");
      text.append(line, 0, Math.min(line.length(), columns - 1)).append('\n');
    }
    shown = lines.size();
    dirty = false;
    out.print(text.toString()).flush();
  }

  private static String text(TransferEvent event) {
    String detail = event.detail();
    return event.id()
        + ": "
        + event.phase().words()
        + (detail.isEmpty() ? "" : " " + Printable.of(detail));
  }

  private String bar(TransferEvent event) {
    if (!event.phase().counts() || event.total() <= 0) {
      return "";
    }
    String bytes = "  " + Human.size(event.done()) + "/" + Human.size(event.total());
    if (columns < WIDE) {
      return bytes;
    }
    int full = (int) Math.min(BAR, BAR * event.done() / event.total());
    return " ["
        + "=".repeat(Math.max(0, full - 1))
        + ">"
        + " ".repeat(BAR - Math.max(1, full))
        + "]"
        + bytes;
  }

  /** Says what came of a pull, in Docker's words. */
  public void tell(PulledImage pulled) {
    out.println("Digest: " + pulled.digest());
    String name = ImageReference.parse(pulled.name()).familiar();
    out.println(
            pulled.isNew()
                ? "Status: Downloaded newer image for " + name
                : "Status: Image is up to date for " + name)
        .flush();
  }
}
