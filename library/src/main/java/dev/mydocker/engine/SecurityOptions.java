package dev.mydocker.engine;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container may do beyond or below the defaults, which are Docker's.
 *
 * @param privileged whether it may do almost everything that the host's root may
 * @param capabilitiesAdded names as in capabilities(7), with or without CAP_, or ALL
 * @param capabilitiesDropped names, or ALL
 * @param seccomp the text of a profile in Docker's or OCI's JSON, {@link #UNCONFINED} for no
 *     filter, null for the default profile
 * @param appArmor the name of a loaded profile, {@link #UNCONFINED} for none, null for the default
 * @param noNewPrivileges whether execve may never give more privileges (prctl(2))
 */
public record SecurityOptions(
    boolean privileged,
    List<String> capabilitiesAdded,
    List<String> capabilitiesDropped,
    @Nullable String seccomp,
    @Nullable String appArmor,
    boolean noNewPrivileges) {
  /** What switches a protection off. */
  public static final String UNCONFINED = "unconfined";

  /** The defaults. */
  public static final SecurityOptions DEFAULT =
      new SecurityOptions(false, List.of(), List.of(), null, null, false);

  /** Copies the lists. */
  public SecurityOptions {
    capabilitiesAdded = List.copyOf(capabilitiesAdded);
    capabilitiesDropped = List.copyOf(capabilitiesDropped);
    if (seccomp != null && seccomp.isBlank()) {
      throw MydockerException.of(
          Category.INVALID, "invalid seccomp profile", "", "it is empty", "use seccomp=unconfined");
    }
  }
}
