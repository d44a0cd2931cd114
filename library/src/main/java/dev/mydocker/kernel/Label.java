package dev.mydocker.kernel;

/** A place further on in a segment, to jump to; set once by {@link SegmentBuilder#here(Label)}. */
public final class Label {
  int instruction = -1;
}
