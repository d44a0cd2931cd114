package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Programs;
import dev.mydocker.runtime.security.AppArmorProfile;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads the default AppArmor profile where it is needed and not there yet. The kernel takes
 * compiled policy only, so this is the business of the field's compiler, apparmor_parser(8).
 */
final class AppArmor {
  private static final String LOADED = "/sys/kernel/security/apparmor/profiles";
  static final List<String> PARSERS = List.of("/usr/sbin/apparmor_parser", "/sbin/apparmor_parser");
  private static final int LIMIT = 1 << 24;

  private final FileWorker files;

  AppArmor(FileWorker files) {
    this.files = files;
  }

  /**
   * Makes sure that a profile can be entered.
   *
   * @param profile its name, or null for none
   * @param directory a private one, for the profile's text
   */
  void ensure(@Nullable String profile, String directory) {
    if (!AppArmorProfile.NAME.equals(profile) || isLoaded()) {
      return;
    }
    String file = directory + "/apparmor.profile";
    files.replace(FileWorker.HOST, file, Bytes.encode(AppArmorProfile.text()), 0600, false);
    int code =
        Programs.run(files.performer(), List.of(parser(), "--skip-cache", "--replace", file));
    files.unlink(FileWorker.HOST, file);
    if (code != 0) {
      throw MydockerException.of(
          Category.UNSUPPORTED,
          "load the AppArmor profile",
          AppArmorProfile.NAME,
          "apparmor_parser ended with exit code " + code,
          "or run without: --security-opt apparmor=unconfined");
    }
  }

  private boolean isLoaded() {
    if (files.status(FileWorker.HOST, LOADED).isEmpty()) {
      return false;
    }
    String profiles = Bytes.decode(files.read(FileWorker.HOST, LOADED, LIMIT));
    return profiles.startsWith(AppArmorProfile.NAME + " (")
        || profiles.contains("\n" + AppArmorProfile.NAME + " (");
  }

  private String parser() {
    Optional<String> found =
        PARSERS.stream()
            .filter(path -> files.status(FileWorker.HOST, path).isPresent())
            .findFirst();
    return found.orElseThrow(
        () ->
            MydockerException.of(
                Category.UNSUPPORTED,
                "load the AppArmor profile",
                AppArmorProfile.NAME,
                "no apparmor_parser found",
                "install the package apparmor, or use --security-opt apparmor=unconfined"));
  }
}
