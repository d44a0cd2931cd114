package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;

/** The images that are here. */
final class LocalImages {
  private LocalImages() {}

  /** Whether a word names one; a word that can name none, such as a path, does not. */
  static boolean has(Call call, String word) {
    try {
      return !word.startsWith("/") && call.engine().images().exists(word);
    } catch (MydockerException e) {
      if (e.category() == Category.INVALID) {
        return false;
      }
      throw e;
    }
  }

  /** How many there are. */
  static int count(Call call) {
    return call.engine().images().list().size();
  }
}
