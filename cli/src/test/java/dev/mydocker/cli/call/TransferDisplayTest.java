package dev.mydocker.cli.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.TransferEvent;
import dev.mydocker.TransferEvent.Phase;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TransferDisplayTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  private TransferDisplay display(int columns) {
    return new TransferDisplay(Output.buffered(shown), columns);
  }

  private String taken() {
    String text = shown.toString(StandardCharsets.UTF_8);
    shown.reset();
    return text;
  }

  private static TransferEvent event(String id, Phase phase) {
    return TransferEvent.of(id, phase, "");
  }

  private static TransferEvent downloading(String id, long done) {
    return new TransferEvent(id, Phase.DOWNLOADING, "", done, 2_000_000);
  }

  @Test
  void withoutATerminalThereIsALineForEachPhaseAndNoneForEachByte() {
    TransferDisplay display = display(0);
    display.accept(TransferEvent.of("1", Phase.PULLING, "team/app"));
    display.accept(event("aa", Phase.LISTED));
    display.accept(downloading("aa", 1_000_000));
    display.accept(event("aa", Phase.DOWNLOADED));
    display.accept(TransferEvent.of("aa", Phase.RETRYING, "what a stranger says: \u001b[2J\nx"));
    display.end();
    assertThat(taken().lines())
        .containsExactly(
            "1: Pulling from team/app",
            "aa: Pulling fs layer",
            "aa: Download complete",
            "aa: Retrying what a stranger says: \\x1b[2J\\nx");
  }

  @Test
  void onATerminalEachLayerHasALineThatChanges() {
    TransferDisplay display = display(120);
    display.accept(event("aa", Phase.LISTED));
    assertThat(taken()).isEqualTo("\r\u001b[2Kaa: Pulling fs layer\n");
    display.accept(event("bb", Phase.LISTED));
    // One up, both anew.
    assertThat(taken())
        .isEqualTo("\u001b[1A\r\u001b[2Kaa: Pulling fs layer\n\r\u001b[2Kbb: Pulling fs layer\n");
    display.accept(downloading("aa", 1_000_000));
    display.end();
    assertThat(taken())
        .endsWith(
            "\u001b[2A\r\u001b[2Kaa: Downloading ["
                + "=".repeat(24)
                + ">"
                + " ".repeat(25)
                + "]  1MB/2MB\n\r\u001b[2Kbb: Pulling fs layer\n");
    display.accept(event("aa", Phase.PULLED));
    assertThat(taken())
        .isEqualTo("\u001b[2A\r\u001b[2Kaa: Pull complete\n\r\u001b[2Kbb: Pulling fs layer\n");
    display.end();
    assertThat(taken()).isEmpty();
  }

  @Test
  void aNarrowTerminalHasNoBarAndNoLineThatIsTooLong() {
    TransferDisplay display = display(20);
    display.accept(event("aaaaaaaaaaaa", Phase.LISTED));
    display.accept(downloading("aaaaaaaaaaaa", 1_000_000));
    display.end();
    assertThat(taken()).endsWith("\r\u001b[2Kaaaaaaaaaaaa: Downl\n").doesNotContain("=");
  }

  @Test
  void whatIsUnpackedWhileItComesIsSaidToCome() {
    TransferDisplay display = display(80);
    display.accept(downloading("aa", 1_500_000));
    display.accept(new TransferEvent("aa", Phase.EXTRACTING, "", 500_000, 2_000_000));
    display.end();
    assertThat(taken()).contains("aa: Downloading  1.5MB/2MB").doesNotContain("Extracting");
    display.accept(event("aa", Phase.DOWNLOADED));
    display.accept(new TransferEvent("aa", Phase.EXTRACTING, "", 1_900_000, 2_000_000));
    display.end();
    assertThat(taken()).contains("aa: Extracting  1.9MB/2MB");
  }
}
