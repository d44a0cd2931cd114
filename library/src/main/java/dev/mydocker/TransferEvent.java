package dev.mydocker;

/**
 * What an image's way from or to a registry has come to.
 *
 * @param id what it is about: the first digits of a layer's digest, or the image's tag
 * @param phase what is done with it
 * @param detail further words of the phase, or empty
 * @param done how many bytes are through, where the phase counts them
 * @param total how many there will be; 0 where the phase does not count
 */
public record TransferEvent(String id, Phase phase, String detail, long done, long total) {
  /** What is done, with the words that Docker has for it. */
  public enum Phase {
    PULLING("Pulling from"),
    LISTED("Pulling fs layer"),
    WAITING("Waiting"),
    DOWNLOADING("Downloading"),
    RETRYING("Retrying"),
    VERIFYING("Verifying Checksum"),
    DOWNLOADED("Download complete"),
    EXTRACTING("Extracting"),
    PULLED("Pull complete"),
    EXISTS("Already exists"),
    PREPARING("Preparing"),
    PUSHING("Pushing"),
    PUSHED("Pushed"),
    EXISTS_THERE("Layer already exists"),
    MOUNTED("Mounted from");

    private final String words;

    Phase(String words) {
      this.words = words;
    }

    /** The words that a line about it begins with. */
    public String words() {
      return words;
    }

    /** Whether it comes again and again, with more bytes done. */
    public boolean counts() {
      return this == DOWNLOADING || this == EXTRACTING || this == PUSHING;
    }
  }

  /** An event of a phase that does not count. */
  public static TransferEvent of(String id, Phase phase, String detail) {
    return new TransferEvent(id, phase, detail, 0, 0);
  }
}
