package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.oci.json.Json;
import dev.mydocker.oci.spec.LinuxCapabilities;
import dev.mydocker.oci.spec.ProcessSpec;
import dev.mydocker.oci.spec.UserSpec;
import dev.mydocker.runtime.lifecycle.Exec;
import dev.mydocker.runtime.lifecycle.RuntimeContainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code exec}. */
final class ExecProcess {
  private static final int LIMIT = 1 << 24;
  private static final long LARGEST_ID = 0xFFFFFFFFL;

  private ExecProcess() {}

  static int exec(OciCall call) {
    Arguments arguments = call.arguments();
    RuntimeContainer container = call.container();
    ProcessSpec process = process(call, container);
    boolean detached = arguments.flag("detach");
    Waiter waiter = detached ? null : new Waiter(call.files());
    if (waiter != null) {
      waiter.adopt();
    }
    Exec exec =
        new Exec(
            container,
            new Exec.Wishes(
                process,
                call.pathOption("console-socket"),
                call.pathOption("pid-file"),
                Creating.streams(call, 0),
                false,
                arguments.values("cgroup"),
                arguments.flag("ignore-paused")));
    long pid = exec.run(waiter);
    call.warn(exec.warnings());
    if (waiter != null && call.mayBecome()) {
      call.invocation().out().flush();
      waiter.become(pid, -1, 0, "");
    }
    return 0;
  }

  private static ProcessSpec process(OciCall call, RuntimeContainer container) {
    Arguments arguments = call.arguments();
    String file = call.pathOption("process");
    List<String> words = arguments.operands().subList(1, arguments.operands().size());
    if (file != null) {
      byte[] text = call.files().read(FileWorker.HOST, file, LIMIT);
      return Json.decode(text, file, ProcessSpec::read);
    }
    if (words.isEmpty()) {
      throw new MydockerException(
          Category.INVALID, "exec in container " + call.id() + ": process args cannot be empty");
    }
    ProcessSpec own = container.spec().process();
    ProcessSpec.Builder builder =
        (own == null ? ProcessSpec.builder() : own.toBuilder())
            .args(words)
            .terminal(arguments.flag("tty"));
    arguments.value("cwd").ifPresent(builder::cwd);
    builder.env(merged(own == null ? List.of() : own.env(), arguments.values("env")));
    if (arguments.flag("no-new-privs")) {
      builder.noNewPrivileges(true);
    }
    arguments.value("apparmor").ifPresent(builder::apparmorProfile);
    builder.user(user(arguments, own == null ? UserSpec.ROOT : own.user()));
    List<String> added = arguments.values("cap");
    if (!added.isEmpty()) {
      builder.capabilities(more(own == null ? null : own.capabilities(), added));
    }
    return builder.build();
  }

  /** An environment in which each variable is there once, with the value that was said last. */
  private static List<String> merged(List<String> own, List<String> added) {
    if (added.isEmpty()) {
      return own;
    }
    Map<String, String> all = new LinkedHashMap<>();
    for (List<String> some : List.of(own, added)) {
      for (String variable : some) {
        int equals = variable.indexOf('=');
        all.put(equals < 0 ? variable : variable.substring(0, equals), variable);
      }
    }
    return List.copyOf(all.values());
  }

  /** As runc: what is added is in all sets but the inheritable and the ambient one. */
  private static LinuxCapabilities more(@Nullable LinuxCapabilities own, List<String> added) {
    LinuxCapabilities base = own == null ? LinuxCapabilities.NONE : own;
    return new LinuxCapabilities(
        joined(base.bounding(), added),
        joined(base.effective(), added),
        base.inheritable(),
        joined(base.permitted(), added),
        base.ambient(),
        base.rest());
  }

  private static List<String> joined(List<String> some, List<String> more) {
    List<String> all = new ArrayList<>(some);
    for (String each : more) {
      if (!all.contains(each)) {
        all.add(each);
      }
    }
    return all;
  }

  private static UserSpec user(Arguments arguments, UserSpec own) {
    Optional<String> typed = arguments.value("user").filter(text -> !text.isEmpty());
    List<Long> groups = new ArrayList<>();
    for (String each : arguments.values("additional-gids")) {
      groups.add(id(each));
    }
    if (typed.isEmpty()) {
      groups.addAll(0, own.additionalGids());
      return new UserSpec(own.uid(), own.gid(), own.umask(), groups, own.rest());
    }
    String text = typed.get();
    int colon = text.indexOf(':');
    long uid = id(colon < 0 ? text : text.substring(0, colon));
    long gid = colon < 0 ? own.gid() : id(text.substring(colon + 1));
    return new UserSpec(uid, gid, own.umask(), groups, own.rest());
  }

  private static long id(String text) {
    try {
      long id = Long.parseLong(text);
      if (id >= 0 && id <= LARGEST_ID) {
        return id;
      }
    } catch (NumberFormatException e) {
      throw new MydockerException(
          Category.INVALID, "exec: \"" + text + "\" is no user or group id", null, e);
    }
    throw new MydockerException(Category.INVALID, "exec: \"" + text + "\" is no user or group id");
  }
}
