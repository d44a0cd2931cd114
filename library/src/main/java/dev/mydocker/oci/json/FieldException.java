package dev.mydocker.oci.json;

import dev.mydocker.MydockerException;

/**
 * A member of a JSON object that has the wrong type or value: {@code args[2]: expected a string,
 * found a number}.
 *
 * <p>It starts where the fault is, with the member's own name, and each {@link ObjectReader} that
 * it passes puts its name in front. So constructors can refuse values without knowing where they
 * come from.
 */
public final class FieldException extends MydockerException {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final String problem;

  /**
   * @param path the member, from the object that is being made
   * @param problem what is wrong with it
   */
  public FieldException(String path, String problem) {
    super(Category.INVALID, path + ": " + problem, "check", path, problem, null);
    this.path = path;
    this.problem = problem;
  }

  /** Returns the same fault as seen from the object that has this one as its member. */
  public FieldException within(String member) {
    FieldException outer = new FieldException(member + "." + path, problem);
    outer.setStackTrace(getStackTrace());
    return outer;
  }
}
