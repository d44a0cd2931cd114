package dev.mydocker.runtime.security;

import dev.mydocker.oci.spec.SeccompArg;
import dev.mydocker.oci.spec.SeccompOperator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Emits what looks at the arguments of a call: 64-bit compares on a machine of 32 bits.
 *
 * <p>Where registers have 32 bits, the upper halves of the values are ignored, as libseccomp does,
 * so that a profile's 2^64-1 is minus one there too.
 */
final class ConditionEmitter {
  private static final int ARGUMENTS_OFFSET = 16;
  private static final int ARGUMENT_SIZE = 8;
  private static final long LOW = 0xFFFF_FFFFL;

  private final FilterAssembler assembler;
  private final boolean wide;
  private final int fallback;
  private final List<Emitted> emitted = new ArrayList<>();

  /**
   * @param wide whether registers have 64 bits
   * @param fallback where to go if no rule applies
   */
  ConditionEmitter(FilterAssembler assembler, boolean wide, int fallback) {
    this.assembler = assembler;
    this.wide = wide;
    this.fallback = fallback;
  }

  /** Emits the decision of one call by its rules, and returns where it starts. */
  int emit(List<SeccompRule> rules) {
    for (SeccompRule rule : rules) {
      if (rule.args().isEmpty()) {
        return assembler.returning(rule.result());
      }
    }
    for (Emitted block : emitted) {
      if (block.rules.equals(rules)) {
        return block.label;
      }
    }
    int label = ranges(rules);
    if (label < 0) {
      label = oneByOne(rules);
    }
    emitted.add(new Emitted(rules, label));
    return label;
  }

  private int oneByOne(List<SeccompRule> rules) {
    int next = fallback;
    for (SeccompRule rule : rules.reversed()) {
      int met = assembler.returning(rule.result());
      for (SeccompArg arg : rule.args().reversed()) {
        met = compare(arg, met, next);
      }
      next = met;
    }
    return next;
  }

  /** Emits one condition. */
  private int compare(SeccompArg arg, int yes, int no) {
    int high = (int) (arg.value() >>> 32);
    int low = (int) arg.value();
    return switch (arg.op()) {
      case EQUAL -> equal(arg.index(), -1, high, -1, low, yes, no);
      case NOT_EQUAL -> equal(arg.index(), -1, high, -1, low, no, yes);
      case MASKED_EQUAL -> {
        long datum = arg.valueTwo() & arg.value();
        yield equal(arg.index(), high, (int) (datum >>> 32), low, (int) datum, yes, no);
      }
      case GREATER -> above(arg.index(), FilterAssembler.JGT, high, low, yes, no);
      case GREATER_OR_EQUAL -> above(arg.index(), FilterAssembler.JGE, high, low, yes, no);
      case LESS -> above(arg.index(), FilterAssembler.JGE, high, low, no, yes);
      case LESS_OR_EQUAL -> above(arg.index(), FilterAssembler.JGT, high, low, no, yes);
    };
  }

  private int equal(int index, int highMask, int high, int lowMask, int low, int yes, int no) {
    if (!wide) {
      return half(lowOffset(index), lowMask, low, yes, no);
    }
    return half(
        highOffset(index), highMask, high, half(lowOffset(index), lowMask, low, yes, no), no);
  }

  /** {@code (A & mask) == value} for one half; nothing where the mask leaves nothing. */
  private int half(int offset, int mask, int value, int yes, int no) {
    if (mask == 0 || yes == no) {
      return yes;
    }
    if (mask == -1) {
      return assembler.load(offset, assembler.jump(FilterAssembler.JEQ, value, yes, no));
    }
    if (value == 0) {
      return assembler.load(offset, assembler.jump(FilterAssembler.JSET, mask, no, yes));
    }
    int compare = assembler.jump(FilterAssembler.JEQ, value, yes, no);
    return assembler.load(offset, assembler.and(mask, compare));
  }

  /** {@code argument > value} or {@code argument >= value}, by the condition for the lower half. */
  private int above(int index, int condition, int high, int low, int yes, int no) {
    if (yes == no) {
      return yes;
    }
    int lower = assembler.load(lowOffset(index), assembler.jump(condition, low, yes, no));
    if (!wide) {
      return lower;
    }
    int same = assembler.jump(FilterAssembler.JEQ, high, lower, high == 0 ? yes : no);
    int upper = high == 0 ? same : assembler.jump(FilterAssembler.JGT, high, yes, same);
    return assembler.load(highOffset(index), upper);
  }

  /**
   * Emits a search tree if all rules look at the lower half of the same argument, and agree on
   * whether the upper half must be zero. That is how lists of allowed values are written.
   *
   * @return where it starts, or -1 if the rules are not like that
   */
  private int ranges(List<SeccompRule> rules) {
    int index = rules.getFirst().args().getFirst().index();
    NumberRanges ranges = new NumberRanges(fallback);
    boolean upperZero = false;
    for (int i = rules.size() - 1; i >= 0; i--) {
      SeccompRule rule = rules.get(i);
      SeccompArg arg = rule.args().getFirst();
      Range range = rule.args().size() == 1 && arg.index() == index ? range(arg) : null;
      if (range == null || i < rules.size() - 1 && range.upperZero != upperZero) {
        return -1;
      }
      upperZero = range.upperZero;
      // The first rule that holds wins, so it is the last one to be drawn.
      ranges.set(range.first, range.last, assembler.returning(rule.result()));
    }
    int tree = assembler.load(lowOffset(index), ranges.emit(assembler));
    return upperZero
        ? assembler.load(highOffset(index), assembler.jump(FilterAssembler.JEQ, 0, tree, fallback))
        : tree;
  }

  /** The values of the lower half for which a condition holds, if they are one range. */
  private @Nullable Range range(SeccompArg arg) {
    long value = wide ? arg.value() : arg.value() & LOW;
    if (arg.op() == SeccompOperator.MASKED_EQUAL) {
      long free = ~value & LOW;
      long first = arg.valueTwo() & value;
      return value >>> 32 == 0 && (free & (free + 1)) == 0
          ? new Range(first, first | free, false)
          : null;
    }
    if (value >>> 32 != 0) {
      return null;
    }
    return switch (arg.op()) {
      case EQUAL -> new Range(value, value, wide);
      case LESS -> value == 0 ? null : new Range(0, value - 1, wide);
      case LESS_OR_EQUAL -> new Range(0, value, wide);
      case GREATER -> wide || value == LOW ? null : new Range(value + 1, LOW, false);
      case GREATER_OR_EQUAL -> wide ? null : new Range(value, LOW, false);
      case NOT_EQUAL, MASKED_EQUAL -> null;
    };
  }

  private static int lowOffset(int index) {
    return ARGUMENTS_OFFSET + ARGUMENT_SIZE * index;
  }

  private static int highOffset(int index) {
    return lowOffset(index) + ARGUMENT_SIZE / 2;
  }

  private record Range(long first, long last, boolean upperZero) {}

  /** What has been emitted, so that calls with the same rules share it. */
  private record Emitted(List<SeccompRule> rules, int label) {}
}
