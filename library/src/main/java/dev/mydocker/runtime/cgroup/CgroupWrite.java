package dev.mydocker.runtime.cgroup;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limit as the kernel takes it: one write to one file of a cgroup.
 *
 * @param controller whose hierarchy holds the file
 * @param file its name
 * @param value what is written
 * @param what the limit in words, for a message
 * @param elsewhere written instead where this file does not exist, or null
 * @param optional whether it does not matter if no such file exists
 */
record CgroupWrite(
    String controller,
    String file,
    String value,
    String what,
    @Nullable CgroupWrite elsewhere,
    boolean optional) {

  static CgroupWrite of(String controller, String file, String value, String what) {
    return new CgroupWrite(controller, file, value, what, null, false);
  }

  static CgroupWrite of(String controller, String file, long value, String what) {
    return of(controller, file, Long.toString(value), what);
  }

  CgroupWrite or(CgroupWrite other) {
    return new CgroupWrite(controller, file, value, what, other, optional);
  }

  CgroupWrite ifThere() {
    return new CgroupWrite(controller, file, value, what, elsewhere, true);
  }

  /** Adds the write of a number that is given and not 0, which stands for none; -1 is no limit. */
  static void addLimit(
      List<CgroupWrite> to,
      String controller,
      String file,
      @Nullable Long value,
      String unlimited,
      String what) {
    if (value != null && value != 0) {
      to.add(of(controller, file, value < 0 ? unlimited : Long.toString(value), what));
    }
  }

  /** A refusal of a limit before the kernel is asked. */
  static MydockerException invalid(String what, Object value, String problem) {
    return MydockerException.of(Category.INVALID, "set", what + " to " + value, problem);
  }

  /** A refusal of a limit that this version of cgroups does not have. */
  static MydockerException unsupported(String what, String version) {
    return MydockerException.of(
        Category.UNSUPPORTED, "set", what, "cgroup " + version + " does not have it");
  }
}
