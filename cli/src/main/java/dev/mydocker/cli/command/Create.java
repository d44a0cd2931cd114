package dev.mydocker.cli.command;

import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.option.DefaultImage;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.kernel.FileWorker;
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
    Optional<String> given = options.inPlaceOfImage();
    ContainerSpec base;
    if (given.isPresent() && isImage(call, given.get())) {
      base = ContainerSpec.of(given.get());
    } else if (given.isPresent()) {
      base = ContainerSpec.ofRootfs(call.path(given.get()));
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

  /** Whether {@code -image} names an image: no file of the host, and one that is here. */
  private static boolean isImage(Call call, String given) {
    return call.arguments().given("image")
        && !given.startsWith("/")
        && !given.startsWith(".")
        && call.host().files().statusFollowing(FileWorker.HOST, call.path(given)).isEmpty()
        && (given.equals(DefaultImage.NAME) || LocalImages.has(call, given));
  }

  private static boolean isDefaultImageMeant(Call call, String word) {
    return DefaultImage.isMeantBy(word, name -> LocalImages.has(call, name));
  }
}
