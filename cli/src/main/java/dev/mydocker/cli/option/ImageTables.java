package dev.mydocker.cli.option;

import static dev.mydocker.cli.option.Option.NONE;
import static dev.mydocker.cli.option.Option.flag;
import static dev.mydocker.cli.option.Option.many;
import static dev.mydocker.cli.option.Option.one;
import static dev.mydocker.cli.option.Option.unsupported;
import static dev.mydocker.cli.option.Option.unsupportedFlag;

import dev.mydocker.cli.option.Command.Operand;

/** The tables of the commands on images, and of those about mydocker itself. */
final class ImageTables {
  static final String PLATFORM_HELP = "Take the image for this platform, such as linux/arm64";

  private ImageTables() {}

  static Command images() {
    return Command.of(
            Verb.IMAGES,
            "[OPTIONS] [REPOSITORY[:TAG]]",
            flag("all", 'a', "Show all images (default hides intermediate images)"),
            flag("digests", NONE, "Show digests"),
            many("filter", 'f', Kind.FILTER, "Filter output based on conditions provided")
                .choices("before=", "dangling=", "label=", "reference=", "since=", "until="),
            one("format", NONE, Kind.TEXT, ContainerTables.FORMAT_HELP).choices("json", "table"),
            flag("no-trunc", NONE, "Don't truncate output"),
            flag("quiet", 'q', "Only show image IDs"),
            unsupportedFlag("tree", NONE))
        .operands(0, 1, Operand.IMAGE)
        .names("image ls", "image list", "images");
  }

  static Command rmi() {
    return Command.of(
            Verb.RMI,
            "[OPTIONS] IMAGE [IMAGE...]",
            flag("force", 'f', "Force removal of the image"),
            flag("no-prune", NONE, "Do not delete untagged parents"),
            unsupported("platform", NONE))
        .operandsFrom(1, Operand.IMAGE)
        .names("image rm", "image remove", "rmi");
  }

  static Command pull() {
    return Command.of(
            Verb.PULL,
            "[OPTIONS] NAME[:TAG|@DIGEST]",
            flag("all-tags", 'a', "Download all tagged images in the repository"),
            unsupportedFlag("disable-content-trust", NONE),
            one("platform", NONE, Kind.TEXT, PLATFORM_HELP),
            flag("quiet", 'q', "Suppress verbose output"))
        .operands(1, 1, Operand.IMAGE)
        .names("image pull", "pull");
  }

  static Command push() {
    return Command.of(
            Verb.PUSH,
            "[OPTIONS] NAME[:TAG]",
            flag("all-tags", 'a', "Push all tags of an image to the repository"),
            unsupportedFlag("disable-content-trust", NONE),
            unsupported("platform", NONE),
            flag("quiet", 'q', "Suppress verbose output"))
        .operands(1, 1, Operand.IMAGE)
        .names("image push", "push");
  }

  static Command login() {
    return Command.of(
            Verb.LOGIN,
            "[OPTIONS] [SERVER]",
            one("password", 'p', Kind.TEXT, "Password"),
            flag("password-stdin", NONE, "Take the password from stdin"),
            one("username", 'u', Kind.TEXT, "Username"))
        .operands(0, 1, Operand.NONE);
  }

  static Command logout() {
    return Command.of(Verb.LOGOUT, "[SERVER]").operands(0, 1, Operand.NONE);
  }

  static Command search() {
    return Command.of(
            Verb.SEARCH,
            "[OPTIONS] TERM",
            many("filter", 'f', Kind.FILTER, "Filter output based on conditions provided")
                .choices("is-automated=", "is-official=", "stars="),
            one("format", NONE, Kind.TEXT, ContainerTables.FORMAT_HELP).choices("json", "table"),
            one("limit", NONE, Kind.INTEGER, "Max number of search results"),
            flag("no-trunc", NONE, "Don't truncate output"))
        .operands(1, 1, Operand.NONE);
  }

  static Command tag() {
    return Command.of(Verb.TAG, "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]")
        .operands(2, 2, Operand.IMAGE)
        .names("image tag", "tag");
  }

  static Command importing() {
    return Command.of(
            Verb.IMPORT,
            "[OPTIONS] FILE|DIRECTORY|- [REPOSITORY[:TAG]]",
            many("change", 'c', Kind.TEXT, "Apply Dockerfile instruction to the created image"),
            one("message", 'm', Kind.TEXT, "Set commit message for imported image"),
            unsupported("platform", NONE))
        .operands(1, 2, Operand.FILE)
        .names("image import", "import");
  }

  static Command prune() {
    return Command.of(
        Verb.IMAGE_PRUNE,
        "[OPTIONS]",
        flag("all", 'a', "Remove all unused images, not just dangling ones"),
        many("filter", NONE, Kind.FILTER, "Provide filter values (e.g. \"until=24h\")")
            .choices("label=", "label!=", "until="),
        flag("force", 'f', "Do not prompt for confirmation"));
  }

  static Command diskUsage() {
    return Command.of(
        Verb.SYSTEM_DF,
        "[OPTIONS]",
        one("format", NONE, Kind.TEXT, ContainerTables.FORMAT_HELP).choices("json", "table"),
        flag("verbose", 'v', "Show detailed information on space usage"));
  }

  static Command load() {
    return Command.of(
            Verb.LOAD,
            "[OPTIONS]",
            one("input", 'i', Kind.TEXT, "Read from an archive or directory, instead of STDIN"),
            unsupported("platform", NONE),
            flag("quiet", 'q', "Suppress the load output"))
        .names("image load", "load");
  }

  static Command save() {
    return Command.of(
            Verb.SAVE,
            "[OPTIONS] IMAGE [IMAGE...]",
            one(
                    "format",
                    NONE,
                    Kind.TEXT,
                    "What to write: docker-archive (default), oci-archive or oci-dir")
                .choices("docker-archive", "oci-archive", "oci-dir"),
            one("output", 'o', Kind.TEXT, "Write to a file or directory, instead of STDOUT"),
            unsupported("platform", NONE))
        .operandsFrom(1, Operand.IMAGE)
        .names("image save", "save");
  }

  static Command history() {
    return Command.of(
            Verb.HISTORY,
            "[OPTIONS] IMAGE",
            one("format", NONE, Kind.TEXT, ContainerTables.FORMAT_HELP).choices("json", "table"),
            flag("human", 'H', "Print sizes and dates in human readable format").fallback("true"),
            flag("no-trunc", NONE, "Don't truncate output"),
            unsupported("platform", NONE),
            flag("quiet", 'q', "Only show image IDs"))
        .operands(1, 1, Operand.IMAGE)
        .names("image history", "history");
  }

  static Command version() {
    return Command.of(Verb.VERSION, "[OPTIONS]", format());
  }

  static Command info() {
    return Command.of(Verb.INFO, "[OPTIONS]", format()).names("system info", "info");
  }

  static Command doctor() {
    return Command.of(
        Verb.DOCTOR,
        "[OPTIONS]",
        one("format", 'f', Kind.TEXT, "Format output: 'json', or text (default)").choices("json"),
        flag("repair", NONE, "Remove what was left behind, and say what"));
  }

  private static Option format() {
    return one("format", 'f', Kind.TEXT, ContainerTables.INSPECT_FORMAT_HELP).choices("json");
  }

  static Command help() {
    return Command.of(Verb.HELP, "[COMMAND]").operands(0, 2, Operand.COMMAND);
  }

  static Command completion() {
    return Command.of(Verb.COMPLETION, "bash|zsh|fish").operands(1, 1, Operand.SHELL);
  }
}
