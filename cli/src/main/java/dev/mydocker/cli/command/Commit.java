package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.FileTarget;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.engine.CommitOptions;
import dev.mydocker.engine.Container;
import java.io.IOException;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * {@code commit}: makes an image of a container, or, where a path stands for the image's name, as
 * in the tutorials, an archive of its file system.
 */
final class Commit {
  private Commit() {}

  static int run(Call call) {
    Arguments arguments = call.arguments();
    Container container = call.engine().container(call.operands().get(0));
    Optional<String> target = arguments.operand(1);
    if (target.isPresent() && isPath(target.get())) {
      archive(call, container, target.get());
      return 0;
    }
    CommitOptions options =
        new CommitOptions(
            target.orElse(null),
            arguments.value("author").orElse(null),
            arguments.value("message").orElse(null),
            arguments.values("change"),
            arguments.flag("pause"));
    call.out().println(container.commit(options).id());
    return 0;
  }

  /** No image's name begins so. */
  private static boolean isPath(String target) {
    return target.startsWith("/") || target.startsWith("./") || target.startsWith("../");
  }

  private static void archive(Call call, Container container, String target) {
    String path = call.path(target);
    boolean pause = call.arguments().flag("pause");
    try (FileTarget file = FileTarget.open(call.host().files(), path)) {
      if (path.endsWith(".gz") || path.endsWith(".tgz")) {
        GZIPOutputStream packed = new GZIPOutputStream(file, 1 << 16);
        container.commitArchive(packed, pause);
        packed.finish();
      } else {
        container.commitArchive(file, pause);
      }
      file.complete();
    } catch (IOException e) {
      throw MydockerException.of(
          Category.RESOURCE, "write", path, String.valueOf(e.getMessage()), null, e);
    }
  }
}
