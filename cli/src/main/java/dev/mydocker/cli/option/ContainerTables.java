package dev.mydocker.cli.option;

import static dev.mydocker.cli.option.Option.NONE;
import static dev.mydocker.cli.option.Option.flag;
import static dev.mydocker.cli.option.Option.many;
import static dev.mydocker.cli.option.Option.one;
import static dev.mydocker.cli.option.Option.unsupported;
import static dev.mydocker.cli.option.Option.unsupportedFlag;

import dev.mydocker.cli.option.Command.Operand;

/** The tables of the commands on containers, apart from {@code run} and {@code create}. */
final class ContainerTables {
  private static final String CONTAINERS = "CONTAINER [CONTAINER...]";

  static final String FORMAT_HELP =
      """
      Format output using a custom template:
      'table':            Print output in table format with column headers (default)
      'table TEMPLATE':   Print output in table format using the given Go template
      'json':             Print in JSON format
      'TEMPLATE':         Print output using the given Go template\
      """;

  static final String INSPECT_FORMAT_HELP =
      """
      Format output using a custom template:
      'json':             Print in JSON format
      'TEMPLATE':         Print output using the given Go template\
      """;

  private ContainerTables() {}

  static Command start() {
    return Command.of(
            Verb.START,
            "[OPTIONS] " + CONTAINERS,
            flag("attach", 'a', "Attach STDOUT/STDERR and forward signals"),
            unsupported("checkpoint", NONE),
            unsupported("checkpoint-dir", NONE),
            RunTable.keys(),
            RunTable.explain(),
            RunTable.explainFormat(),
            RunTable.dryRun(),
            flag("interactive", 'i', "Attach container's STDIN"))
        .operandsFrom(1, Operand.STOPPED)
        .names("container start", "start");
  }

  static Command stop() {
    return stopping(Verb.STOP).names("container stop", "stop");
  }

  static Command rename() {
    return Command.of(Verb.RENAME, "CONTAINER NEW_NAME")
        .operands(2, 2, Operand.CONTAINER)
        .names("container rename", "rename");
  }

  static Command restart() {
    return stopping(Verb.RESTART).names("container restart", "restart");
  }

  private static Command stopping(Verb verb) {
    return Command.of(
            verb,
            "[OPTIONS] " + CONTAINERS,
            RunTable.explain(),
            RunTable.explainFormat(),
            RunTable.dryRun(),
            one("signal", 's', Kind.SIGNAL, "Signal to send to the container"),
            one("timeout", 't', Kind.INTEGER, "Seconds to wait before killing the container")
                .alias("time"))
        .operandsFrom(1, Operand.RUNNING);
  }

  static Command kill() {
    return Command.of(
            Verb.KILL,
            "[OPTIONS] " + CONTAINERS,
            one("signal", 's', Kind.SIGNAL, "Signal to send to the container"))
        .operandsFrom(1, Operand.RUNNING)
        .names("container kill", "kill");
  }

  static Command rm() {
    return Command.of(
            Verb.RM,
            "[OPTIONS] " + CONTAINERS,
            flag("force", 'f', "Force the removal of a running container (uses SIGKILL)"),
            unsupportedFlag("link", 'l'),
            flag("volumes", 'v', "Remove anonymous volumes associated with the container"))
        .operandsFrom(1, Operand.CONTAINER)
        .names("container rm", "container remove", "rm");
  }

  static Command ps() {
    return Command.of(
            Verb.PS,
            "[OPTIONS]",
            flag("all", 'a', "Show all containers (default shows just running)"),
            many("filter", 'f', Kind.FILTER, "Filter output based on conditions provided")
                .choices("name=", "status=", "label=", "id="),
            one("format", NONE, Kind.TEXT, FORMAT_HELP).choices("json", "table"),
            one("last", 'n', Kind.INTEGER, "Show n last created containers (includes all states)")
                .fallback("-1"),
            flag("latest", 'l', "Show the latest created container (includes all states)"),
            flag("no-trunc", NONE, "Don't truncate output"),
            flag("quiet", 'q', "Only display container IDs"),
            flag("size", 's', "Display total file sizes"))
        .names("container ls", "container list", "container ps", "ps");
  }

  static Command logs() {
    return Command.of(
            Verb.LOGS,
            "[OPTIONS] CONTAINER",
            unsupportedFlag("details", NONE),
            flag("follow", 'f', "Follow log output"),
            one(
                "since",
                NONE,
                Kind.TIME,
                "Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g."
                    + " \"42m\" for 42 minutes)"),
            one("tail", 'n', Kind.LINES, "Number of lines to show from the end of the logs")
                .fallback("all"),
            flag("timestamps", 't', "Show timestamps"),
            one(
                "until",
                NONE,
                Kind.TIME,
                "Show logs before a timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g."
                    + " \"42m\" for 42 minutes)"))
        .operands(1, 1, Operand.CONTAINER)
        .names("container logs", "logs");
  }

  static Command exec() {
    return Command.of(
            Verb.EXEC,
            "[OPTIONS] CONTAINER COMMAND [ARG...]",
            flag("detach", 'd', "Detached mode: run command in the background"),
            RunTable.keys(),
            many("env", 'e', Kind.ENVIRONMENT, "Set environment variables"),
            many("env-file", NONE, Kind.FILE, "Read in a file of environment variables"),
            RunTable.explain(),
            RunTable.explainFormat(),
            RunTable.dryRun(),
            flag("interactive", 'i', "Keep STDIN open even if not attached"),
            flag("privileged", NONE, "Give extended privileges to the command"),
            flag("tty", 't', "Allocate a pseudo-TTY"),
            one("user", 'u', Kind.TEXT, "Username or UID (format: <name|uid>[:<group|gid>])"),
            one("workdir", 'w', Kind.WORKDIR, "Working directory inside the container"))
        .operandsFrom(2, Operand.RUNNING)
        .optionsFirst()
        .names("container exec", "exec");
  }

  static Command attach() {
    return Command.of(
            Verb.ATTACH,
            "[OPTIONS] CONTAINER",
            RunTable.keys(),
            flag("no-stdin", NONE, "Do not attach STDIN"),
            flag("sig-proxy", NONE, "Proxy all received signals to the process").fallback("true"))
        .operands(1, 1, Operand.RUNNING)
        .names("container attach", "attach");
  }

  static Command waiting() {
    return Command.of(Verb.WAIT, CONTAINERS)
        .operandsFrom(1, Operand.CONTAINER)
        .names("container wait", "wait");
  }

  static Command healthcheckRun() {
    return Command.of(Verb.HEALTHCHECK_RUN, "CONTAINER").operands(1, 1, Operand.RUNNING);
  }

  static Command pause() {
    return Command.of(Verb.PAUSE, CONTAINERS)
        .operandsFrom(1, Operand.RUNNING)
        .names("container pause", "pause");
  }

  static Command unpause() {
    return Command.of(Verb.UNPAUSE, CONTAINERS)
        .operandsFrom(1, Operand.RUNNING)
        .names("container unpause", "unpause");
  }

  static Command inspect() {
    return Command.of(
            Verb.INSPECT,
            "[OPTIONS] NAME|ID [NAME|ID...]",
            one("format", 'f', Kind.TEXT, INSPECT_FORMAT_HELP).choices("json"),
            flag("size", 's', "Display total file sizes if the type is container"),
            one(
                    "type",
                    NONE,
                    Kind.TEXT,
                    "Only inspect objects of the given type; oci is a container's OCI configuration")
                .choices("container", "image", "oci"))
        .operandsFrom(1, Operand.OBJECT)
        .names("container inspect", "image inspect", "inspect");
  }

  static Command commit() {
    return Command.of(
            Verb.COMMIT,
            "[OPTIONS] CONTAINER [REPOSITORY[:TAG]|FILE]",
            one(
                "author",
                'a',
                Kind.TEXT,
                "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")"),
            many("change", 'c', Kind.TEXT, "Apply Dockerfile instruction to the created image"),
            one("message", 'm', Kind.TEXT, "Commit message"),
            flag("pause", 'p', "Pause container during commit").fallback("true"))
        .operands(1, 2, Operand.CONTAINER)
        .names("container commit", "commit");
  }

  static Command export() {
    return Command.of(
            Verb.EXPORT,
            "[OPTIONS] CONTAINER",
            one("output", 'o', Kind.FILE, "Write to a file, instead of STDOUT"))
        .operands(1, 1, Operand.CONTAINER)
        .names("container export", "export");
  }
}
