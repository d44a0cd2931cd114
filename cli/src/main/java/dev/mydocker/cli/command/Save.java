package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.FileTarget;
import dev.mydocker.cli.call.OutputStreams;
import dev.mydocker.engine.ArchiveFormat;
import java.util.List;

/** {@code save}: writes images as an archive or a directory. */
final class Save {
  private Save() {}

  static int run(Call call) {
    String target = call.arguments().value("output").orElse("");
    String format = call.arguments().value("format").orElse("docker-archive");
    List<String> names = call.operands();
    switch (format) {
      case "docker-archive" -> archive(call, names, ArchiveFormat.DOCKER, target);
      case "oci-archive" -> archive(call, names, ArchiveFormat.OCI, target);
      case "oci-dir" -> {
        if (target.isEmpty()) {
          throw new MydockerException(
              Category.INVALID, "save as a directory: no directory is named", "name it with -o");
        }
        call.engine().images().saveDirectory(names, call.path(target));
      }
      default ->
          throw new MydockerException(
              Category.INVALID,
              "unknown format " + format,
              "there are docker-archive, oci-archive and oci-dir");
    }
    return 0;
  }

  private static void archive(Call call, List<String> names, ArchiveFormat format, String target) {
    if (!target.isEmpty()) {
      try (FileTarget file = FileTarget.open(call.host().files(), call.path(target))) {
        call.engine().images().save(names, format, file);
        file.complete();
      }
      return;
    }
    OutputStreams.refuseTerminal(call);
    call.engine().images().save(names, format, OutputStreams.of(call.out()));
  }
}
