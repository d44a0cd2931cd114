package dev.mydocker.cli.command;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.call.Call;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.cli.option.Environment;
import dev.mydocker.cli.option.Specs;
import dev.mydocker.cli.option.Values;
import dev.mydocker.cli.option.VolumeSpec;
import dev.mydocker.engine.Bind;
import dev.mydocker.engine.ByteSize;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.DeviceMapping;
import dev.mydocker.engine.NamespaceMode;
import dev.mydocker.engine.PullPolicy;
import dev.mydocker.engine.SecurityOptions;
import dev.mydocker.engine.TmpfsMount;
import dev.mydocker.engine.Ulimit;
import dev.mydocker.kernel.Bytes;
import dev.mydocker.kernel.SignalNames;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Makes a container's specification of the options of {@code run} and {@code create}. */
final class SpecOptions {
  private final Arguments arguments;
  private final String directory;
  private final Map<String, String> host;
  private final Function<String, byte[]> read;

  /**
   * @param directory what relative paths are relative to
   * @param host the caller's variables
   * @param read reads a file of the host
   */
  SpecOptions(
      Arguments arguments,
      String directory,
      Map<String, String> host,
      Function<String, byte[]> read) {
    this.arguments = arguments;
    this.directory = directory;
    this.host = host;
    this.read = read;
  }

  static SpecOptions of(Call call) {
    return new SpecOptions(
        call.arguments(),
        call.invocation().directory(),
        call.invocation().environment(),
        call::read);
  }

  /** What was named in place of an image, as it was typed: a directory, an archive or an image. */
  Optional<String> inPlaceOfImage() {
    return arguments.value("image").or(() -> arguments.value("rootfs"));
  }

  /** Adds all options to a specification that has its image and command. */
  ContainerSpec applyTo(ContainerSpec base) {
    return security(namespaces(files(limits(process(choice(base))))));
  }

  private ContainerSpec choice(ContainerSpec base) {
    ContainerSpec spec = with(base, "platform", ContainerSpec::platform);
    return arguments.given("pull")
        ? with(
            spec,
            "pull",
            (to, value) -> to.pull(PullPolicy.valueOf(value.toUpperCase(Locale.ROOT))))
        : spec;
  }

  private ContainerSpec process(ContainerSpec base) {
    ContainerSpec spec =
        base.interactive(arguments.flag("interactive"))
            .terminal(arguments.flag("tty"))
            .init(arguments.flag("init"))
            .removeOnExit(arguments.flag("rm"));
    Optional<String> entrypoint = arguments.value("entrypoint");
    if (entrypoint.isPresent()) {
      spec = entrypoint.get().isEmpty() ? spec.entrypoint() : spec.entrypoint(entrypoint.get());
    } else if (arguments.given("entrypoint")) {
      spec = spec.entrypoint();
    }
    List<String> variables = Environment.resolve(arguments, host, read);
    // A bare name is one that the caller does not have either.
    variables.removeIf(variable -> variable.indexOf('=') < 0);
    if (!variables.isEmpty()) {
      spec = spec.env(variables);
    }
    spec = with(spec, "name", ContainerSpec::name);
    spec = with(spec, "workdir", ContainerSpec::workingDirectory);
    spec = with(spec, "user", ContainerSpec::user);
    spec = with(spec, "stop-signal", (to, value) -> to.stopSignal(signal(value)));
    if (arguments.given("stop-timeout")) {
      spec = spec.stopTimeout(Duration.ofSeconds(arguments.integer("stop-timeout", 0)));
    }
    for (String label : arguments.values("label")) {
      Specs.Setting setting = Specs.label(label);
      spec = spec.label(setting.key(), setting.value());
    }
    for (String option : arguments.values("log-opt")) {
      Specs.Setting setting = Specs.logOption(option);
      if (setting.key().equals("max-file")) {
        spec = spec.logMaxFiles((int) Math.min(Values.integer(setting.value()), 1000));
      } else if (!setting.value().equals("-1")) {
        spec = spec.logMaxSize(ByteSize.bytes(Values.decimalBytes(setting.value())));
      }
    }
    return spec;
  }

  private static String signal(String text) {
    if (SignalNames.number(text).isEmpty()) {
      throw new MydockerException(Category.INVALID, "invalid signal: " + text);
    }
    return text;
  }

  private ContainerSpec limits(ContainerSpec base) {
    ContainerSpec spec =
        with(base, "memory", (to, value) -> to.memory(ByteSize.bytes(Values.bytes(value))));
    spec =
        with(
            spec,
            "memory-swap",
            (to, value) -> to.memorySwap(new ByteSize(Values.bytesOrUnlimited(value))));
    spec =
        with(
            spec,
            "memory-reservation",
            (to, value) -> to.memoryReservation(ByteSize.bytes(Values.bytes(value))));
    spec = with(spec, "cpus", (to, value) -> to.cpus(Values.nanoCpus(value) / 1e9));
    spec = with(spec, "cpuset-cpus", ContainerSpec::cpusetCpus);
    spec = with(spec, "cpuset-mems", ContainerSpec::cpusetMems);
    if (arguments.given("cpu-shares")) {
      spec = spec.cpuShares(arguments.integer("cpu-shares", 0));
    }
    if (arguments.given("pids-limit")) {
      spec = spec.pidsLimit(Math.max(arguments.integer("pids-limit", -1), -1));
    }
    for (String text : arguments.values("ulimit")) {
      spec = spec.ulimit(Ulimit.parse(text));
    }
    return spec;
  }

  private ContainerSpec files(ContainerSpec base) {
    ContainerSpec spec = base.readOnlyRoot(arguments.flag("read-only"));
    spec = with(spec, "shm-size", (to, value) -> to.shmSize(ByteSize.bytes(Values.bytes(value))));
    for (String text : arguments.values("volume")) {
      VolumeSpec volume = VolumeSpec.parse(text);
      spec =
          spec.bind(
              new Bind(
                  volume.hostPath(directory),
                  volume.target(),
                  volume.readOnly(),
                  propagation(volume.propagation())));
    }
    for (String text : arguments.values("tmpfs")) {
      Specs.Tmpfs tmpfs = Specs.tmpfs(text);
      spec = spec.tmpfs(new TmpfsMount(tmpfs.path(), tmpfs.options()));
    }
    for (String text : arguments.values("device")) {
      Specs.Device device = Specs.device(text);
      spec =
          spec.device(new DeviceMapping(device.host(), device.container(), device.permissions()));
    }
    return spec;
  }

  private static Bind.Propagation propagation(String word) {
    for (Bind.Propagation propagation : Bind.Propagation.values()) {
      if (propagation.word().equals(word)) {
        return propagation;
      }
    }
    return Bind.Propagation.RPRIVATE;
  }

  private ContainerSpec namespaces(ContainerSpec base) {
    ContainerSpec spec = with(base, "hostname", ContainerSpec::hostname);
    spec = with(spec, "domainname", ContainerSpec::domainname);
    spec = with(spec, "pid", (to, value) -> to.pid(NamespaceMode.parsePid(value)));
    spec = with(spec, "ipc", (to, value) -> to.ipc(NamespaceMode.parseIpc(value)));
    spec = with(spec, "uts", (to, value) -> to.uts(NamespaceMode.parseUts(value)));
    spec = with(spec, "cgroupns", (to, value) -> to.cgroupNamespace(cgroup(value)));
    if (arguments.given("network")) {
      spec = with(spec, "network", (to, value) -> to.network(NamespaceMode.parseNetwork(value)));
    }
    for (String text : arguments.values("add-host")) {
      spec = spec.addHost(text);
    }
    for (String text : arguments.values("dns")) {
      spec = spec.dns(text);
    }
    for (String text : arguments.values("dns-search")) {
      spec = spec.dnsSearch(Values.domain(text));
    }
    return spec;
  }

  private static NamespaceMode cgroup(String text) {
    return text.startsWith("container:")
        ? NamespaceMode.container(text.substring("container:".length()))
        : NamespaceMode.parseCgroup(text);
  }

  private ContainerSpec security(ContainerSpec base) {
    ContainerSpec spec = base.privileged(arguments.flag("privileged"));
    for (String capability : arguments.values("cap-add")) {
      spec = spec.addCapability(capability);
    }
    for (String capability : arguments.values("cap-drop")) {
      spec = spec.dropCapability(capability);
    }
    for (String text : arguments.values("security-opt")) {
      Specs.Setting setting = Specs.securityOption(text);
      if (setting.key().equals("no-new-privileges")) {
        spec = spec.noNewPrivileges(setting.value().equals("true"));
      } else if (setting.key().equals("apparmor")) {
        spec = spec.appArmor(setting.value());
      } else {
        spec =
            spec.seccomp(
                setting.value().equals(SecurityOptions.UNCONFINED)
                    ? SecurityOptions.UNCONFINED
                    : Bytes.decode(read.apply(setting.value())));
      }
    }
    return spec;
  }

  /** How an option's value goes into a specification. */
  private interface Setter {
    ContainerSpec set(ContainerSpec spec, String value);
  }

  private ContainerSpec with(ContainerSpec spec, String option, Setter setter) {
    Optional<String> value = arguments.value(option);
    return value.isPresent() && !value.get().isEmpty() ? setter.set(spec, value.get()) : spec;
  }
}
