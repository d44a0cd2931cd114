package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.call.DescriptorInput;
import dev.mydocker.engine.ImageInfo;
import dev.mydocker.engine.ImportOptions;

/** {@code import}: makes an image of an archive, of a directory, or of standard input. */
final class Import {
  private Import() {}

  static int run(Call call) {
    String source = call.operands().get(0);
    ImportOptions options =
        new ImportOptions(
            call.arguments().operand(1).orElse(null),
            call.arguments().values("change"),
            call.arguments().value("message").orElse(null));
    if (source.startsWith("http://") || source.startsWith("https://")) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "import",
          source,
          "addresses are not supported yet",
          "pipe it: curl -L " + source + " | mydocker import -");
    }
    ImageInfo image =
        source.equals("-")
            ? call.engine()
                .images()
                .importArchive(
                    new DescriptorInput(call.host().files(), call.invocation().stdin()), options)
            : call.engine().images().importPath(call.path(source), options);
    call.out().println(image.id());
    return 0;
  }
}
