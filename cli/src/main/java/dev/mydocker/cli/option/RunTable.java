package dev.mydocker.cli.option;

import static dev.mydocker.cli.option.Option.NONE;
import static dev.mydocker.cli.option.Option.flag;
import static dev.mydocker.cli.option.Option.later;
import static dev.mydocker.cli.option.Option.many;
import static dev.mydocker.cli.option.Option.one;
import static dev.mydocker.cli.option.Option.unsupported;
import static dev.mydocker.cli.option.Option.unsupportedFlag;

import dev.mydocker.cli.option.Command.Operand;
import java.util.ArrayList;
import java.util.List;

/** The tables of {@code run} and {@code create}, which share most of their rows. */
final class RunTable {
  private static final String SYNOPSIS = "[OPTIONS] IMAGE [COMMAND] [ARG...]";

  private RunTable() {}

  static Command run() {
    List<Option> rows = new ArrayList<>(List.of(shared()));
    rows.add(flag("detach", 'd', "Run container in background and print container ID"));
    rows.add(flag("rm", NONE, "Automatically remove the container when it exits"));
    rows.add(flag("sig-proxy", NONE, "Proxy received signals to the process").fallback("true"));
    rows.add(keys());
    return command(Verb.RUN, rows).names("container run", "run");
  }

  static Command create() {
    List<Option> rows = new ArrayList<>(List.of(shared()));
    rows.add(flag("rm", NONE, "Automatically remove the container when it exits"));
    return command(Verb.CREATE, rows).names("container create", "create");
  }

  private static Command command(Verb verb, List<Option> rows) {
    return Command.of(verb, SYNOPSIS, rows.toArray(new Option[0]))
        .operandsFrom(1, Operand.IMAGE)
        .operandReplacedBy("image", "rootfs")
        .optionsFirst();
  }

  static Option explain() {
    return flag("explain", NONE, "Tell each step that is performed, and why, on STDERR");
  }

  static Option dryRun() {
    return flag("dry-run", NONE, "Tell the steps on STDOUT, and perform none");
  }

  static Option explainFormat() {
    return one("format", NONE, Kind.TEXT, "How steps are told: text or json")
        .choices("text", "json");
  }

  static Option keys() {
    return one(
        "detach-keys", NONE, Kind.KEYS, "Override the key sequence for detaching a container");
  }

  private static Option[] shared() {
    return new Option[] {
      // What a start of a container is mostly given comes first: rows are looked up in order.
      flag("interactive", 'i', "Keep STDIN open even if not attached"),
      flag("tty", 't', "Allocate a pseudo-TTY"),
      one("name", NONE, Kind.NAME, "Assign a name to the container").singleDash("name"),
      many("env", 'e', Kind.ENVIRONMENT, "Set environment variables"),
      many("env-file", NONE, Kind.FILE, "Read in a file of environment variables"),
      many("volume", 'v', Kind.VOLUME, "Bind mount a host directory or file"),
      one("memory", 'm', Kind.BYTES, "Memory limit"),
      one("workdir", 'w', Kind.WORKDIR, "Working directory inside the container"),
      one("user", 'u', Kind.TEXT, "Username or UID (format: <name|uid>[:<group|gid>])"),
      one("hostname", 'h', Kind.HOSTNAME, "Container host name"),
      one("entrypoint", NONE, Kind.TEXT, "Overwrite the default ENTRYPOINT of the image"),
      one("network", NONE, Kind.NETWORK, "Network of the container: none, host or container:NAME")
          .alias("net")
          .singleDash("net")
          .choices("none", "host", "container:")
          .fallback("none"),
      one(
              "image",
              NONE,
              Kind.FILE,
              "Use a directory, an archive or a local image as root file system; no IMAGE is given"
                  + " then")
          .singleDash("image"),
      one("rootfs", NONE, Kind.FILE, "Use a directory as root file system; no IMAGE is given then"),
      many("add-host", NONE, Kind.HOST, "Add a custom host-to-IP mapping (host:ip)"),
      many("cap-add", NONE, Kind.CAPABILITY, "Add Linux capabilities"),
      many("cap-drop", NONE, Kind.CAPABILITY, "Drop Linux capabilities"),
      namespace("cgroupns", "Cgroup namespace to use: host, private or container:NAME"),
      one("cidfile", NONE, Kind.FILE, "Write the container ID to the file"),
      many("attach", 'a', Kind.STREAM, "Attach to STDIN, STDOUT or STDERR")
          .choices("stdin", "stdout", "stderr"),
      one("cpu-shares", 'c', Kind.INTEGER, "CPU shares (relative weight)").singleDash("cpushare"),
      one("cpus", NONE, Kind.CPUS, "Number of CPUs"),
      one("cpuset-cpus", NONE, Kind.CPUSET, "CPUs in which to allow execution (0-3, 0,1)")
          .singleDash("cpuset"),
      one("cpuset-mems", NONE, Kind.CPUSET, "MEMs in which to allow execution (0-3, 0,1)"),
      many("device", NONE, Kind.DEVICE, "Add a host device to the container"),
      many("dns", NONE, Kind.ADDRESS, "Set custom DNS servers"),
      many("dns-search", NONE, Kind.DOMAIN, "Set custom DNS search domains"),
      one("domainname", NONE, Kind.HOSTNAME, "Container NIS domain name"),
      flag(
          "init",
          NONE,
          "Run an init inside the container that forwards signals and reaps processes"),
      namespace("ipc", "IPC mode to use: host, private or container:NAME"),
      many("label", 'l', Kind.LABEL, "Set meta data on a container"),
      many("log-opt", NONE, Kind.LOG_OPTION, "Log options: max-size=SIZE, max-file=NUMBER"),
      one("memory-reservation", NONE, Kind.BYTES, "Memory soft limit"),
      one(
          "memory-swap",
          NONE,
          Kind.BYTES_OR_UNLIMITED,
          "Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
      namespace("pid", "PID namespace to use: host, private or container:NAME"),
      one("pids-limit", NONE, Kind.INTEGER, "Tune container pids limit (set -1 for unlimited)"),
      one("platform", NONE, Kind.TEXT, ImageTables.PLATFORM_HELP),
      flag("privileged", NONE, "Give extended privileges to this container"),
      one("pull", NONE, Kind.PULL, "Pull image before running: always, missing or never")
          .fallback("missing")
          .choices("always", "missing", "never"),
      flag("quiet", 'q', "Suppress the pull output"),
      flag("read-only", NONE, "Mount the container's root filesystem as read only"),
      many(
              "security-opt",
              NONE,
              Kind.SECURITY,
              "Security options: no-new-privileges, seccomp=FILE, apparmor=PROFILE, or =unconfined")
          .choices(
              "no-new-privileges",
              "seccomp=unconfined",
              "seccomp=",
              "apparmor=unconfined",
              "apparmor="),
      one("shm-size", NONE, Kind.BYTES, "Size of /dev/shm"),
      one("stop-signal", NONE, Kind.SIGNAL, "Signal to stop the container"),
      one("stop-timeout", NONE, Kind.INTEGER, "Timeout (in seconds) to stop a container"),
      many("tmpfs", NONE, Kind.TMPFS, "Mount a tmpfs directory"),
      many("ulimit", NONE, Kind.ULIMIT, "Ulimit options"),
      explain(),
      explainFormat(),
      dryRun(),
      namespace("uts", "UTS namespace to use: host, private or container:NAME"),
      one("restart", NONE, Kind.RESTART, "Restart policy").hidden().choices("no"),
      // Docker's that wait for a later release.
      later(
          "publish",
          'p',
          "flag -p, --publish is not supported by mydocker yet: publishing ports comes with"
              + " networks; --network host shares the host's ports"),
      unsupportedFlag("publish-all", 'P'),
      unsupported("health-cmd", NONE),
      unsupported("health-interval", NONE),
      unsupported("health-retries", NONE),
      unsupported("health-start-interval", NONE),
      unsupported("health-start-period", NONE),
      unsupported("health-timeout", NONE),
      unsupportedFlag("no-healthcheck", NONE),
      unsupported("annotation", NONE),
      unsupported("blkio-weight", NONE),
      unsupported("blkio-weight-device", NONE),
      unsupported("cgroup-parent", NONE),
      unsupported("cpu-count", NONE),
      unsupported("cpu-percent", NONE),
      unsupported("cpu-period", NONE),
      unsupported("cpu-quota", NONE),
      unsupported("cpu-rt-period", NONE),
      unsupported("cpu-rt-runtime", NONE),
      unsupported("device-cgroup-rule", NONE),
      unsupported("device-read-bps", NONE),
      unsupported("device-read-iops", NONE),
      unsupported("device-write-bps", NONE),
      unsupported("device-write-iops", NONE),
      unsupportedFlag("disable-content-trust", NONE),
      unsupported("dns-option", NONE).alias("dns-opt"),
      unsupported("expose", NONE),
      unsupported("gpus", NONE),
      unsupported("group-add", NONE),
      unsupported("io-maxbandwidth", NONE),
      unsupported("io-maxiops", NONE),
      unsupported("ip", NONE),
      unsupported("ip6", NONE),
      unsupported("isolation", NONE),
      unsupported("kernel-memory", NONE),
      unsupported("label-file", NONE),
      unsupported("link", NONE),
      unsupported("link-local-ip", NONE),
      unsupported("log-driver", NONE),
      unsupported("mac-address", NONE),
      unsupported("memory-swappiness", NONE),
      unsupported("mount", NONE),
      unsupported("network-alias", NONE).alias("net-alias"),
      unsupportedFlag("oom-kill-disable", NONE),
      unsupported("oom-score-adj", NONE),
      unsupported("runtime", NONE),
      unsupported("storage-opt", NONE),
      unsupported("sysctl", NONE),
      unsupportedFlag("use-api-socket", NONE),
      unsupported("userns", NONE),
      unsupported("volume-driver", NONE),
      unsupported("volumes-from", NONE),
    };
  }

  private static Option namespace(String name, String help) {
    return one(name, NONE, Kind.NAMESPACE, help).choices("host", "private", "container:");
  }
}
