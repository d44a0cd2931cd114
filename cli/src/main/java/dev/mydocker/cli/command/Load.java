package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.DescriptorInput;
import dev.mydocker.engine.LoadedImage;
import java.util.List;

/** {@code load}: takes in images from an archive, a directory or standard input. */
final class Load {
  private Load() {}

  static int run(Call call) {
    String source = call.arguments().value("input").orElse("");
    int stdin = call.invocation().stdin();
    if (source.isEmpty() && call.isTerminal(stdin)) {
      throw new MydockerException(
          Category.INVALID,
          "requested load from stdin, but stdin is a terminal",
          "use the -i flag or redirect");
    }
    List<LoadedImage> images =
        source.isEmpty()
            ? call.engine().images().load(new DescriptorInput(call.host().files(), stdin))
            : call.engine().images().loadPath(call.path(source));
    for (LoadedImage image : images) {
      if (image.names().isEmpty()) {
        call.out().println("Loaded image ID: " + image.id());
      }
      for (String name : image.names()) {
        call.out().println("Loaded image: " + name);
      }
    }
    return 0;
  }
}
