package dev.mydocker.cli.option;

import static dev.mydocker.cli.option.Option.NONE;
import static dev.mydocker.cli.option.Option.flag;
import static dev.mydocker.cli.option.Option.many;
import static dev.mydocker.cli.option.Option.one;

import dev.mydocker.cli.option.Command.Operand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables of {@code mydocker-oci}: the commands of runc, and their options. */
public final class OciTables {
  /** The program's name. */
  public static final String PROGRAM = "mydocker-oci";

  /** The commands in alphabetical order. */
  public static final List<String> WORDS =
      List.of(
          "checkpoint",
          "create",
          "delete",
          "events",
          "exec",
          "features",
          "kill",
          "list",
          "pause",
          "ps",
          "restore",
          "resume",
          "run",
          "spec",
          "start",
          "state",
          "update");

  private OciTables() {}

  /** Returns what may stand before the command; the command and all behind it are its operands. */
  public static Command globals() {
    return Command.of(
            PROGRAM,
            "",
            "[OPTIONS] COMMAND [ARG...]",
            one("cgroup-manager", NONE, Kind.TEXT, "Who makes the cgroups: cgroupfs or systemd")
                .fallback("cgroupfs")
                .choices("cgroupfs", "systemd"),
            flag("debug", NONE, "Enable debug logging"),
            one("log", NONE, Kind.TEXT, "File for errors, besides standard error"),
            one("log-format", NONE, Kind.TEXT, "How they are written: text or json")
                .fallback("text")
                .choices("text", "json"),
            one("root", NONE, Kind.TEXT, "Directory for the state of containers")
                .fallback("/run/mydocker-oci"),
            one("rootless", NONE, Kind.TEXT, "Accepted: true, false or auto").fallback("auto"),
            flag("systemd-cgroup", NONE, "Have systemd make the cgroups"),
            flag("version", 'v', "Print version information and quit"))
        .operandsFrom(0, Operand.NONE)
        .optionsFirst();
  }

  /** Returns the table of a command, or null if there is none of this name. */
  public static @Nullable Command of(String word) {
    return switch (word) {
      case "create" -> creating(word, "[OPTIONS] CONTAINER");
      case "run" ->
          creating(
              word,
              "[OPTIONS] CONTAINER",
              flag("detach", 'd', "Return once the container runs"),
              flag("keep", NONE, "Do not delete the container after it has ended"),
              flag("no-subreaper", NONE, "Accepted"));
      case "start", "state", "pause", "resume" -> simple(word, "CONTAINER");
      case "kill" ->
          Command.of(
                  PROGRAM,
                  word,
                  "[OPTIONS] CONTAINER [SIGNAL]",
                  flag("all", 'a', "Send the signal to all processes of the container"))
              .operands(1, 2, Operand.NONE);
      case "delete" ->
          Command.of(
                  PROGRAM,
                  word,
                  "[OPTIONS] CONTAINER",
                  flag("force", 'f', "Kill it if it runs; one that does not exist is no error"))
              .operands(1, 1, Operand.NONE);
      case "exec" -> exec();
      case "ps" ->
          Command.of(
                  PROGRAM,
                  word,
                  "[OPTIONS] CONTAINER [PS OPTIONS]",
                  one("format", 'f', Kind.TEXT, "table or json").fallback("table"))
              .operandsFrom(1, Operand.NONE)
              .optionsFirst();
      case "list" ->
          Command.of(
              PROGRAM,
              word,
              "[OPTIONS]",
              one("format", 'f', Kind.TEXT, "table or json").fallback("table"),
              flag("quiet", 'q', "Print ids only"));
      case "events" ->
          Command.of(
                  PROGRAM,
                  word,
                  "[OPTIONS] CONTAINER",
                  one("interval", NONE, Kind.TEXT, "How often statistics are printed")
                      .fallback("5s"),
                  flag("stats", NONE, "Print the statistics once"))
              .operands(1, 1, Operand.NONE);
      case "features" -> Command.of(PROGRAM, word, "");
      case "spec" ->
          Command.of(
              PROGRAM,
              word,
              "[OPTIONS]",
              one("bundle", 'b', Kind.TEXT, "Directory that gets a config.json"),
              flag("rootless", NONE, "For a user without privileges"));
      case "update" -> OciUpdateTable.update();
      case "checkpoint" -> OciCheckpointTables.checkpoint();
      case "restore" -> creating(word, "[OPTIONS] CONTAINER", OciCheckpointTables.restoring());
      default -> null;
    };
  }

  /** Returns what a command does, in one line. */
  static String summary(String word) {
    return switch (word) {
      case "checkpoint" -> "Save the processes of a container to files";
      case "create" -> "Create a container from a bundle";
      case "delete" -> "Delete a container";
      case "events" -> "Print what a container uses";
      case "exec" -> "Run another process in a container";
      case "features" -> "Print what this runtime can do, as JSON";
      case "kill" -> "Send a signal to a container's first process";
      case "list" -> "List containers";
      case "pause" -> "Hold all processes of a container still";
      case "ps" -> "List the processes of a container";
      case "restore" -> "Start a container from a checkpoint";
      case "resume" -> "Let the processes of a paused container go on";
      case "run" -> "Create and start a container";
      case "spec" -> "Write an example config.json";
      case "start" -> "Start a created container";
      case "state" -> "Print the state of a container";
      case "update" -> "Change the limits of a container";
      default -> "Containers by the OCI runtime specification";
    };
  }

  private static Command simple(String word, String synopsis) {
    return Command.of(PROGRAM, word, synopsis).operands(1, 1, Operand.NONE);
  }

  private static Command creating(String word, String synopsis, Option... more) {
    Option[] common = {
      one("bundle", 'b', Kind.TEXT, "Directory with config.json (default: the current one)"),
      one("config", 'f', Kind.TEXT, "Configuration in place of the bundle's config.json"),
      one("console-socket", NONE, Kind.TEXT, "Socket that gets the terminal's master"),
      one("pid-file", NONE, Kind.TEXT, "File that gets the process id"),
      flag("no-pivot", NONE, "Accepted: the root is always changed by pivot_root(2)"),
      flag("no-new-keyring", NONE, "Stay in the caller's session keyring"),
      one("preserve-fds", NONE, Kind.INTEGER, "How many descriptors behind 2 are passed on")
    };
    Option[] all = new Option[common.length + more.length];
    System.arraycopy(common, 0, all, 0, common.length);
    System.arraycopy(more, 0, all, common.length, more.length);
    return Command.of(PROGRAM, word, synopsis, all).operands(1, 1, Operand.NONE);
  }

  private static Command exec() {
    return Command.of(
            PROGRAM,
            "exec",
            "[OPTIONS] CONTAINER COMMAND [ARG...]",
            many("additional-gids", 'g', Kind.TEXT, "Supplementary groups"),
            one("apparmor", NONE, Kind.TEXT, "AppArmor profile"),
            many("cap", 'c', Kind.TEXT, "Add a capability"),
            many("cgroup", NONE, Kind.TEXT, "Cgroup below the container's: [CONTROLLER:]PATH"),
            one("console-socket", NONE, Kind.TEXT, "Socket that gets the terminal's master"),
            one("cwd", NONE, Kind.TEXT, "Working directory"),
            flag("detach", 'd', "Return once the process runs"),
            many("env", 'e', Kind.TEXT, "Set a variable"),
            flag("ignore-paused", NONE, "Also in a paused container"),
            flag("no-new-privs", NONE, "Forbid new privileges"),
            flag("no-subreaper", NONE, "Accepted"),
            one("pid-file", NONE, Kind.TEXT, "File that gets the process id"),
            one("preserve-fds", NONE, Kind.INTEGER, "How many descriptors behind 2 are passed on"),
            one("process", 'p', Kind.TEXT, "File with the process as JSON"),
            one("process-label", NONE, Kind.TEXT, "SELinux label"),
            flag("tty", 't', "Give it a terminal"),
            one("user", 'u', Kind.TEXT, "UID[:GID]"))
        .operandsFrom(1, Operand.NONE)
        .optionsFirst();
  }
}
