package dev.mydocker.cli.option;

import static dev.mydocker.cli.option.Option.NONE;
import static dev.mydocker.cli.option.Option.flag;
import static dev.mydocker.cli.option.Option.many;
import static dev.mydocker.cli.option.Option.one;

import dev.mydocker.cli.option.Command.Operand;

/**
 * The tables of {@code mydocker-oci checkpoint} and {@code restore}: with runc's options, so that
 * what is refused is the command, and not the option that somebody gave first.
 */
final class OciCheckpointTables {
  private OciCheckpointTables() {}

  static Command checkpoint() {
    return Command.of(
            OciTables.PROGRAM,
            "checkpoint",
            "[OPTIONS] CONTAINER",
            one("image-path", NONE, Kind.TEXT, "Directory for the images"),
            one("work-path", NONE, Kind.TEXT, "Directory for logs and other files"),
            one("parent-path", NONE, Kind.TEXT, "Directory of a checkpoint before this one"),
            flag("leave-running", NONE, "Leave the process running"),
            flag("tcp-established", NONE, "With open TCP connections"),
            flag("tcp-skip-in-flight", NONE, "Without TCP connections that are being made"),
            flag("link-remap", NONE, "With files that were removed but are open"),
            flag("ext-unix-sk", NONE, "With unix sockets of others"),
            flag("shell-job", NONE, "With a terminal of the caller's"),
            flag("lazy-pages", NONE, "Memory is brought by userfaultfd"),
            one("status-fd", NONE, Kind.INTEGER, "Descriptor that is told when that is ready"),
            one("page-server", NONE, Kind.TEXT, "ADDRESS:PORT of a page server"),
            flag("file-locks", NONE, "With file locks"),
            flag("pre-dump", NONE, "Memory only"),
            one("manage-cgroups-mode", NONE, Kind.TEXT, "soft, full, strict or ignore"),
            many("empty-ns", NONE, Kind.TEXT, "Namespace that is created and not restored"),
            flag("auto-dedup", NONE, "Without memory that is the same as in the parent"))
        .operands(1, 1, Operand.NONE);
  }

  /** Those of {@code restore} that {@code create} does not have. */
  static Option[] restoring() {
    return new Option[] {
      flag("detach", 'd', "Return once the container runs"),
      one("image-path", NONE, Kind.TEXT, "Directory with the images"),
      one("work-path", NONE, Kind.TEXT, "Directory for logs and other files"),
      flag("tcp-established", NONE, "With open TCP connections"),
      flag("ext-unix-sk", NONE, "With unix sockets of others"),
      flag("shell-job", NONE, "With a terminal of the caller's"),
      flag("file-locks", NONE, "With file locks"),
      one("manage-cgroups-mode", NONE, Kind.TEXT, "soft, full, strict or ignore"),
      flag("no-subreaper", NONE, "Accepted"),
      many("empty-ns", NONE, Kind.TEXT, "Namespace that is created and not restored"),
      flag("auto-dedup", NONE, "Memory that was restored is removed from the images"),
      flag("lazy-pages", NONE, "Memory is brought by userfaultfd"),
      one("lsm-profile", NONE, Kind.TEXT, "Profile for the restored processes"),
      one("lsm-mount-context", NONE, Kind.TEXT, "Label for the restored mounts")
    };
  }
}
