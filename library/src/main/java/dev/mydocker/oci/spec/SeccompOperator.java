package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.FieldException;

/** How a seccomp filter compares an argument, always without a sign. */
public enum SeccompOperator {
  /** {@code argument != value}. */
  NOT_EQUAL("SCMP_CMP_NE"),
  /** {@code argument < value}. */
  LESS("SCMP_CMP_LT"),
  /** {@code argument <= value}. */
  LESS_OR_EQUAL("SCMP_CMP_LE"),
  /** {@code argument == value}. */
  EQUAL("SCMP_CMP_EQ"),
  /** {@code argument >= value}. */
  GREATER_OR_EQUAL("SCMP_CMP_GE"),
  /** {@code argument > value}. */
  GREATER("SCMP_CMP_GT"),
  /** {@code (argument & value) == valueTwo}. */
  MASKED_EQUAL("SCMP_CMP_MASKED_EQ");

  private final String word;

  SeccompOperator(String word) {
    this.word = word;
  }

  /** Returns its name in {@code config.json}. */
  public String word() {
    return word;
  }

  /** Returns the operator that is called {@code word}. */
  static SeccompOperator of(String word) {
    for (SeccompOperator operator : values()) {
      if (operator.word.equals(word)) {
        return operator;
      }
    }
    throw new FieldException("op", "unknown seccomp operator \"" + word + "\"");
  }
}
