package dev.mydocker.runtime;

import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.spec.Hook;
import java.util.ArrayList;
import java.util.List;

/**
 * The environment of hooks of the runtime's namespaces: as with runc, one whose configuration gives
 * none has that of whoever called us.
 */
public final class HookEnvironment {
  /** What the launcher puts before the names of variables that java would take options from. */
  public static final String KEPT = "MYDOCKER_KEEP_";

  private static final int LARGEST = 4 << 20;

  private HookEnvironment() {}

  /** The variables that a hook is executed with. */
  static List<String> of(FileWorker files, Hook hook) {
    return hook.env().isEmpty()
        ? variables(files.read(FileWorker.HOST, "/proc/self/environ", LARGEST))
        : hook.env();
  }

  /** Each ends with a zero byte. */
  private static List<String> variables(byte[] environ) {
    List<String> all = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < environ.length; i++) {
      if (environ[i] == 0) {
        String variable = Bytes.decode(environ, from, i);
        all.add(variable.startsWith(KEPT) ? variable.substring(KEPT.length()) : variable);
        from = i + 1;
      }
    }
    return all;
  }
}
