package dev.mydocker.oci.image;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What containers of an image start with, {@code config}; the specification's members and those
 * that Docker added.
 *
 * @param user whom the command runs as: a name or id, perhaps a colon and a group
 * @param exposedPorts such as 80/tcp
 * @param env NAME=value
 * @param entrypoint the start of the command
 * @param cmd the rest of the command, which a user replaces
 * @param volumes directories that hold data of a container
 * @param workingDir the working directory
 * @param labels metadata
 * @param stopSignal the signal that stops it, by name or number
 * @param stopTimeout Docker: how many seconds to wait after it
 * @param healthcheck Docker: how it is found healthy
 * @param onBuild Docker: instructions for builds that start from the image
 * @param shell Docker: what runs commands in shell form
 * @param argsEscaped Docker, deprecated, Windows only
 * @param rest members without a component
 */
public record ContainerConfig(
    @Nullable String user,
    Set<String> exposedPorts,
    List<String> env,
    List<String> entrypoint,
    List<String> cmd,
    Set<String> volumes,
    @Nullable String workingDir,
    Map<String, String> labels,
    @Nullable String stopSignal,
    @Nullable Integer stopTimeout,
    @Nullable Healthcheck healthcheck,
    List<String> onBuild,
    List<String> shell,
    boolean argsEscaped,
    JsonObject rest)
    implements JsonRecord {
  /** Of an image that says nothing. */
  public static final ContainerConfig EMPTY = builder().build();

  /** Copies the collections. */
  public ContainerConfig {
    exposedPorts = copy(exposedPorts);
    env = List.copyOf(env);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    volumes = copy(volumes);
    labels = Fields.copy(labels);
    onBuild = List.copyOf(onBuild);
    shell = List.copyOf(shell);
  }

  /**
   * Parses the object.
   *
   * @param what where it comes from, for the message
   * @throws dev.mydocker.MydockerException naming the line, or the member that is wrong
   */
  public static ContainerConfig parse(byte[] json, String what) {
    return Json.decode(json, what, ContainerConfig::read);
  }

  /** Makes the record of its object. */
  public static ContainerConfig read(ObjectReader in) {
    return new ContainerConfig(
        in.optionalString("User"),
        in.names("ExposedPorts"),
        in.strings("Env"),
        in.strings("Entrypoint"),
        in.strings("Cmd"),
        in.names("Volumes"),
        in.optionalString("WorkingDir"),
        in.stringMap("Labels"),
        in.optionalString("StopSignal"),
        in.optionalInt32("StopTimeout"),
        in.optionalObject("Healthcheck", Healthcheck::read),
        in.strings("OnBuild"),
        in.strings("Shell"),
        in.flag("ArgsEscaped"),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optional("User", user)
        .optionalNames("ExposedPorts", exposedPorts)
        .optionalStrings("Env", env)
        .optionalStrings("Entrypoint", entrypoint)
        .optionalStrings("Cmd", cmd)
        .optional("Healthcheck", healthcheck)
        .optionalFlag("ArgsEscaped", argsEscaped)
        .optionalNames("Volumes", volumes)
        .optional("WorkingDir", workingDir)
        .optionalStrings("OnBuild", onBuild)
        .optionalStringMap("Labels", labels)
        .optional("StopSignal", stopSignal)
        .optional("StopTimeout", stopTimeout)
        .optionalStrings("Shell", shell)
        .finish(rest);
  }

  /** Returns a builder of an empty configuration. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that starts from this configuration. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.user = user;
    builder.exposedPorts.addAll(exposedPorts);
    builder.env = env;
    builder.entrypoint = entrypoint;
    builder.cmd = cmd;
    builder.volumes.addAll(volumes);
    builder.workingDir = workingDir;
    builder.labels.putAll(labels);
    builder.stopSignal = stopSignal;
    builder.stopTimeout = stopTimeout;
    builder.healthcheck = healthcheck;
    builder.onBuild = onBuild;
    builder.shell = shell;
    builder.argsEscaped = argsEscaped;
    builder.rest = rest;
    return builder;
  }

  private static Set<String> copy(Set<String> names) {
    return names.isEmpty() ? Set.of() : Collections.unmodifiableSet(new LinkedHashSet<>(names));
  }

  /** Collects the parts of a configuration. */
  public static final class Builder {
    private @Nullable String user;
    private final Set<String> exposedPorts = new LinkedHashSet<>();
    private List<String> env = List.of();
    private List<String> entrypoint = List.of();
    private List<String> cmd = List.of();
    private final Set<String> volumes = new LinkedHashSet<>();
    private @Nullable String workingDir;
    private final Map<String, String> labels = new LinkedHashMap<>();
    private @Nullable String stopSignal;
    private @Nullable Integer stopTimeout;
    private @Nullable Healthcheck healthcheck;
    private List<String> onBuild = List.of();
    private List<String> shell = List.of();
    private boolean argsEscaped;
    private JsonObject rest = JsonObject.empty();

    private Builder() {}

    /** Sets whom the command runs as. */
    public Builder user(@Nullable String value) {
      user = value;
      return this;
    }

    /** Adds a port, such as 80/tcp. */
    public Builder exposedPort(String value) {
      exposedPorts.add(value);
      return this;
    }

    /** Sets the environment, NAME=value. */
    public Builder env(List<String> value) {
      env = value;
      return this;
    }

    /** Sets the start of the command. */
    public Builder entrypoint(List<String> value) {
      entrypoint = value;
      return this;
    }

    /** Sets the rest of the command. */
    public Builder cmd(List<String> value) {
      cmd = value;
      return this;
    }

    /** Adds a directory that holds data of a container. */
    public Builder volume(String value) {
      volumes.add(value);
      return this;
    }

    /** Sets the working directory. */
    public Builder workingDir(@Nullable String value) {
      workingDir = value;
      return this;
    }

    /** Sets one label. */
    public Builder label(String key, String value) {
      labels.put(key, value);
      return this;
    }

    /** Sets the signal that stops it. */
    public Builder stopSignal(@Nullable String value) {
      stopSignal = value;
      return this;
    }

    /** Sets how many seconds to wait after the stop signal. */
    public Builder stopTimeout(@Nullable Integer value) {
      stopTimeout = value;
      return this;
    }

    /** Sets how it is found healthy. */
    public Builder healthcheck(@Nullable Healthcheck value) {
      healthcheck = value;
      return this;
    }

    /** Sets the instructions for builds that start from the image. */
    public Builder onBuild(List<String> value) {
      onBuild = value;
      return this;
    }

    /** Sets what runs commands in shell form. */
    public Builder shell(List<String> value) {
      shell = value;
      return this;
    }

    /** Makes the configuration. */
    public ContainerConfig build() {
      return new ContainerConfig(
          user,
          exposedPorts,
          env,
          entrypoint,
          cmd,
          volumes,
          workingDir,
          labels,
          stopSignal,
          stopTimeout,
          healthcheck,
          onBuild,
          shell,
          argsEscaped,
          rest);
    }
  }
}
