package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.Failure;
import java.util.List;

/** {@code rmi}: takes names from images, and removes those without any. */
final class Rmi {
  private Rmi() {}

  static int run(Call call) {
    boolean force = call.arguments().flag("force");
    boolean prune = !call.arguments().flag("no-prune");
    return Each.operand(
        call,
        name -> {
          List<String> done;
          try {
            done = call.engine().images().remove(name, force, prune);
          } catch (MydockerException e) {
            if (!force || e.category() != Category.NOT_FOUND) {
              throw e;
            }
            // Docker's --force: an image that is not there is no failure.
            call.err().println(Failure.line(e));
            return;
          }
          for (String line : done) {
            call.out().println(line);
          }
        },
        1);
  }
}
