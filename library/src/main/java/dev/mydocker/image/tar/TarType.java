package dev.mydocker.image.tar;

/** What an entry of an archive is. */
public enum TarType {
  FILE('0'),
  HARD_LINK('1'),
  SYMBOLIC_LINK('2'),
  CHARACTER_DEVICE('3'),
  BLOCK_DEVICE('4'),
  DIRECTORY('5'),
  FIFO('6');

  private final char flag;

  TarType(char flag) {
    this.flag = flag;
  }

  /** The letter that stands for it in a header. */
  char flag() {
    return flag;
  }

  /** Whether it is a device node. */
  public boolean isDevice() {
    return this == CHARACTER_DEVICE || this == BLOCK_DEVICE;
  }
}
