package dev.mydocker.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Says what a test class or method cannot do without. Where it is missing the test is skipped with
 * the reason, or fails if {@code MYDOCKER_MUST_WORK=1} is set, as in CI: there a skip hides a
 * fault.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(RequiresCondition.class)
public @interface Requires {
  /** Properties of the machine. */
  Need[] value() default {};

  /** Programs on the PATH, each named as its Debian package is, or as {@code program=package}. */
  String[] tools() default {};
}
