package dev.mydocker.cli.format;

/**
 * A piece of a template.
 *
 * @param kind what it is
 * @param text its text; of a string literal the text it stands for
 * @param position where it begins in the template
 * @param apart whether a blank is before it, which makes {@code .A .B} two operands and {@code
 *     .A.B} one
 */
record TemplateToken(Kind kind, String text, int position, boolean apart) {
  enum Kind {
    /** Text between actions. */
    TEXT,
    /** An action's beginning. */
    OPEN,
    /** An action's end. */
    CLOSE,
    /** A word such as {@code range} or a function's name. */
    WORD,
    /** A field, without its dot. */
    FIELD,
    /** A dot alone. */
    DOT,
    /** A variable, without its dollar. */
    VARIABLE,
    /** A string or character literal. */
    STRING,
    /** A number literal. */
    NUMBER,
    /** One of {@code | ( ) , = :=}. */
    SIGN,
    /** The template's end. */
    END
  }

  boolean is(Kind wanted, String word) {
    return kind == wanted && text.equals(word);
  }
}
