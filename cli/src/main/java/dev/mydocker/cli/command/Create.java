package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.option.DefaultImage;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import java.util.List;
import java.util.Optional;

/** {@code create}: makes a container and prints its id. */
final class Create {
  private Create() {}

  static int run(Call call) {
    ContainerSpec spec = spec(call, false);
    CidFile file = CidFile.claim(call);
    try {
      Container container = call.engine().create(spec);
      file.write(container);
      call.out().println(container.id());
      return 0;
    } finally {
      file.close();
    }
  }

  /**
   * What was asked for: the image, the default image, or a root file system, and the command.
   *
   * @param detached whether a container of a root file system without any command shows that it
   *     lives, as in the tutorial that has neither verb nor command
   */
  static ContainerSpec spec(Call call, boolean detached) {
    SpecOptions options = SpecOptions.of(call);
    List<String> words = call.operands();
    Optional<String> rootfs = options.rootfs();
    ContainerSpec base;
    if (rootfs.isPresent()) {
      base = ContainerSpec.ofRootfs(rootfs.get());
      if (words.isEmpty() && detached && !call.arguments().given("entrypoint")) {
        words = DefaultImage.idleCommand();
      }
    } else if (isDefaultImageMeant(call, words.get(0))) {
      call.err().println(DefaultImage.notice(words.get(0)));
      base = ContainerSpec.of(DefaultImage.NAME);
    } else {
      base = ContainerSpec.of(words.get(0));
      words = words.subList(1, words.size());
    }
    return options.applyTo(words.isEmpty() ? base : base.command(words));
  }

  private static boolean isDefaultImageMeant(Call call, String word) {
    return DefaultImage.isMeantBy(word, name -> LocalImages.has(call, name));
  }
}
