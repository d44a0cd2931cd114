package dev.mydocker.runtime.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What is done with each unsigned 32-bit number, such as a system call's: a label for each range.
 * Becomes a search tree of compares.
 */
final class NumberRanges {
  private static final long END = 1L << 32;

  /** More compares in a row save instructions, and cost those that come last. */
  private static final int MAX_EXCEPTIONS = 4;

  private final TreeMap<Long, Integer> labels = new TreeMap<>();

  /** Gives all numbers {@code label}. */
  NumberRanges(int label) {
    labels.put(0L, label);
  }

  /** Gives the numbers of {@code from} to {@code last} another label, if there are any. */
  void set(long from, long last, int label) {
    if (from < 0 || last < from) {
      return;
    }
    if (last + 1 < END) {
      labels.put(last + 1, Objects.requireNonNull(labels.floorEntry(last + 1)).getValue());
    }
    labels.subMap(from, last + 1).clear();
    labels.put(from, label);
  }

  /** Emits the tree that looks at A, and returns where it starts. */
  int emit(FilterAssembler assembler) {
    List<Leaf> leaves = leaves();
    return emit(assembler, leaves, 0, leaves.size() - 1);
  }

  private static int emit(FilterAssembler assembler, List<Leaf> leaves, int first, int last) {
    if (first == last) {
      return leaves.get(first).emit(assembler);
    }
    int middle = (first + last + 1) / 2;
    int right = emit(assembler, leaves, middle, last);
    int left = emit(assembler, leaves, first, middle - 1);
    return assembler.jump(FilterAssembler.JGE, (int) leaves.get(middle).start, right, left);
  }

  private List<Leaf> leaves() {
    List<Long> starts = new ArrayList<>();
    List<Integer> values = new ArrayList<>();
    for (Map.Entry<Long, Integer> range : labels.entrySet()) {
      if (values.isEmpty() || !values.getLast().equals(range.getValue())) {
        starts.add(range.getKey());
        values.add(range.getValue());
      }
    }
    List<Leaf> leaves = new ArrayList<>();
    for (int i = 0; i < starts.size(); i++) {
      Leaf leaf = new Leaf(starts.get(i), values.get(i), new ArrayList<>());
      while (i + 2 < starts.size()
          && starts.get(i + 1) + 1 == starts.get(i + 2)
          && values.get(i + 2) == leaf.label
          && leaf.exceptions.size() < MAX_EXCEPTIONS) {
        leaf.exceptions.add(new Single(starts.get(i + 1), values.get(i + 1)));
        i += 2;
      }
      leaves.add(leaf);
    }
    return leaves;
  }

  private record Single(long number, int label) {}

  /** A range of one label but for single numbers: each of them costs one compare instead of two. */
  private record Leaf(long start, int label, List<Single> exceptions) {
    int emit(FilterAssembler assembler) {
      int next = label;
      for (int i = exceptions.size() - 1; i >= 0; i--) {
        Single exception = exceptions.get(i);
        next = assembler.jump(FilterAssembler.JEQ, (int) exception.number, exception.label, next);
      }
      return next;
    }
  }
}
