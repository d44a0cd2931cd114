package dev.mydocker.image;

/** An archive or a directory of images, by the names of what is in it. */
interface ImageContents {
  /** The archive's or directory's name, for messages. */
  String what();

  /** Whether there is a file of that name. */
  boolean has(String name);

  /**
   * A file's content: metadata.
   *
   * @throws dev.mydocker.MydockerException if there is no such file, or it is too large for that
   */
  byte[] document(String name);

  /**
   * A file as a layer; the same one each time.
   *
   * @throws dev.mydocker.MydockerException if there is no such file, or it is no layer
   */
  StagedLayer layer(String name);
}
