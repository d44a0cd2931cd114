package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.Fields;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.json.JsonRecord;
import dev.mydocker.oci.json.ObjectReader;
import dev.mydocker.oci.json.ObjectWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What runs in a container, {@code process}; also the document that {@code exec} takes.
 *
 * @param terminal whether it gets a pseudoterminal
 * @param consoleSize the terminal's size
 * @param user whom it runs as
 * @param args the command, looked up along PATH, and its arguments; empty if there is no command
 * @param env its environment, NAME=value
 * @param cwd its working directory, absolute
 * @param capabilities its capabilities; null leaves them as they are
 * @param rlimits its limits
 * @param noNewPrivileges whether execve may never give it privileges (prctl(2))
 * @param apparmorProfile its AppArmor profile
 * @param selinuxLabel its SELinux label
 * @param oomScoreAdj its oom_score_adj, see proc(5)
 * @param scheduler its scheduling policy
 * @param ioPriority its I/O priority
 * @param execCpuAffinity the processors an exec may run on
 * @param rest members without a component
 */
public record ProcessSpec(
    boolean terminal,
    @Nullable ConsoleSize consoleSize,
    UserSpec user,
    List<String> args,
    List<String> env,
    String cwd,
    @Nullable LinuxCapabilities capabilities,
    List<Rlimit> rlimits,
    boolean noNewPrivileges,
    @Nullable String apparmorProfile,
    @Nullable String selinuxLabel,
    @Nullable Integer oomScoreAdj,
    @Nullable Scheduler scheduler,
    @Nullable IoPriority ioPriority,
    @Nullable ExecCpuAffinity execCpuAffinity,
    JsonObject rest)
    implements JsonRecord {
  /** Copies the collections and checks the working directory and the limits. */
  public ProcessSpec {
    Fields.requireAbsolute("cwd", cwd);
    args = List.copyOf(args);
    env = List.copyOf(env);
    rlimits = List.copyOf(rlimits);
    Fields.require(
        oomScoreAdj == null || oomScoreAdj >= -1000 && oomScoreAdj <= 1000,
        "oomScoreAdj",
        "expected -1000 to 1000");
    for (int i = 1; i < rlimits.size(); i++) {
      String type = rlimits.get(i).type();
      for (Rlimit earlier : rlimits.subList(0, i)) {
        Fields.require(!earlier.type().equals(type), "rlimits[" + i + "]", "a second " + type);
      }
    }
  }

  /**
   * Parses a process document, as {@code exec --process} takes it.
   *
   * @param what where it comes from, for the message
   * @throws dev.mydocker.MydockerException naming the line, or the member that is wrong
   */
  public static ProcessSpec parse(byte[] json, String what) {
    return Json.decode(json, what, ProcessSpec::read);
  }

  /** Makes the record of its object. */
  public static ProcessSpec read(ObjectReader in) {
    return new ProcessSpec(
        in.flag("terminal"),
        in.optionalObject("consoleSize", ConsoleSize::read),
        in.objectOr("user", UserSpec::read, UserSpec.ROOT),
        in.strings("args"),
        in.strings("env"),
        in.string("cwd"),
        in.optionalObject("capabilities", LinuxCapabilities::read),
        in.objects("rlimits", Rlimit::read),
        in.flag("noNewPrivileges"),
        in.optionalString("apparmorProfile"),
        in.optionalString("selinuxLabel"),
        in.optionalInt32("oomScoreAdj"),
        in.optionalObject("scheduler", Scheduler::read),
        in.optionalObject("ioPriority", IoPriority::read),
        in.optionalObject("execCPUAffinity", ExecCpuAffinity::read),
        in.rest());
  }

  @Override
  public JsonObject toJson() {
    return new ObjectWriter()
        .optionalFlag("terminal", terminal)
        .optional("consoleSize", consoleSize)
        .put("user", user)
        .optionalStrings("args", args)
        .optionalStrings("env", env)
        .put("cwd", cwd)
        .optional("capabilities", capabilities)
        .optionalObjects("rlimits", rlimits)
        .optionalFlag("noNewPrivileges", noNewPrivileges)
        .optional("apparmorProfile", apparmorProfile)
        .optional("oomScoreAdj", oomScoreAdj)
        .optional("scheduler", scheduler)
        .optional("selinuxLabel", selinuxLabel)
        .optional("ioPriority", ioPriority)
        .optional("execCPUAffinity", execCpuAffinity)
        .finish(rest);
  }

  /** Returns a builder of a process of root in {@code /}. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that starts from this process. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.terminal = terminal;
    builder.consoleSize = consoleSize;
    builder.user = user;
    builder.args = args;
    builder.env = env;
    builder.cwd = cwd;
    builder.capabilities = capabilities;
    builder.rlimits.addAll(rlimits);
    builder.noNewPrivileges = noNewPrivileges;
    builder.apparmorProfile = apparmorProfile;
    builder.selinuxLabel = selinuxLabel;
    builder.oomScoreAdj = oomScoreAdj;
    builder.scheduler = scheduler;
    builder.ioPriority = ioPriority;
    builder.execCpuAffinity = execCpuAffinity;
    builder.rest = rest;
    return builder;
  }

  /** Collects the parts of a process. */
  public static final class Builder {
    private boolean terminal;
    private @Nullable ConsoleSize consoleSize;
    private UserSpec user = UserSpec.ROOT;
    private List<String> args = List.of();
    private List<String> env = List.of();
    private String cwd = "/";
    private @Nullable LinuxCapabilities capabilities;
    private final List<Rlimit> rlimits = new ArrayList<>();
    private boolean noNewPrivileges;
    private @Nullable String apparmorProfile;
    private @Nullable String selinuxLabel;
    private @Nullable Integer oomScoreAdj;
    private @Nullable Scheduler scheduler;
    private @Nullable IoPriority ioPriority;
    private @Nullable ExecCpuAffinity execCpuAffinity;
    private JsonObject rest = JsonObject.empty();

    private Builder() {}

    /** Sets whether it gets a pseudoterminal. */
    public Builder terminal(boolean value) {
      terminal = value;
      return this;
    }

    /** Sets the terminal's size. */
    public Builder consoleSize(int height, int width) {
      consoleSize = new ConsoleSize(height, width, JsonObject.empty());
      return this;
    }

    /** Sets whom it runs as. */
    public Builder user(UserSpec value) {
      user = value;
      return this;
    }

    /** Sets the command and its arguments. */
    public Builder args(List<String> value) {
      args = value;
      return this;
    }

    /** Sets the environment, NAME=value. */
    public Builder env(List<String> value) {
      env = value;
      return this;
    }

    /** Sets the working directory, absolute. */
    public Builder cwd(String value) {
      cwd = value;
      return this;
    }

    /** Sets the capabilities. */
    public Builder capabilities(@Nullable LinuxCapabilities value) {
      capabilities = value;
      return this;
    }

    /** Adds a limit. */
    public Builder rlimit(Rlimit value) {
      rlimits.add(value);
      return this;
    }

    /** Sets whether execve may never give it privileges. */
    public Builder noNewPrivileges(boolean value) {
      noNewPrivileges = value;
      return this;
    }

    /** Sets the AppArmor profile. */
    public Builder apparmorProfile(@Nullable String value) {
      apparmorProfile = value;
      return this;
    }

    /** Sets the SELinux label. */
    public Builder selinuxLabel(@Nullable String value) {
      selinuxLabel = value;
      return this;
    }

    /** Sets oom_score_adj. */
    public Builder oomScoreAdj(@Nullable Integer value) {
      oomScoreAdj = value;
      return this;
    }

    /** Makes the process. */
    public ProcessSpec build() {
      return new ProcessSpec(
          terminal,
          consoleSize,
          user,
          args,
          env,
          cwd,
          capabilities,
          rlimits,
          noNewPrivileges,
          apparmorProfile,
          selinuxLabel,
          oomScoreAdj,
          scheduler,
          ioPriority,
          execCpuAffinity,
          rest);
    }
  }
}
