package dev.mydocker.cli.oci;

import dev.mydocker.MydockerException;
import dev.mydocker.cli.option.Arguments;
import dev.mydocker.kernel.FileWorker;
import dev.mydocker.kernel.Linux;
import dev.mydocker.oci.spec.Hooks;
import dev.mydocker.runtime.CallerStreams;
import dev.mydocker.runtime.lifecycle.Create;
import dev.mydocker.runtime.lifecycle.Delete;
import dev.mydocker.runtime.lifecycle.RuntimeContainer;
import dev.mydocker.runtime.lifecycle.Start;
import org.jspecify.annotations.Nullable;

/** {@code create} and {@code run}. */
final class Creating {
  private Creating() {}

  static void create(OciCall call) {
    create(call, null);
  }

  private static RuntimeContainer create(OciCall call, @Nullable Waiter waiter) {
    Create create = new Create(call.root(), wishes(call));
    RuntimeContainer container = create.create(waiter);
    call.warn(create.warnings());
    return container;
  }

  static void start(OciCall call) {
    MydockerException failure = Start.start(call.root(), call.id());
    if (failure != null) {
      call.warn(Delete.delete(call.root(), call.id(), true));
      throw failure;
    }
  }

  static int run(OciCall call) {
    boolean detached = call.arguments().flag("detach");
    Waiter waiter = detached ? null : new Waiter(call.files());
    if (waiter != null) {
      waiter.adopt();
    }
    RuntimeContainer container = create(call, waiter);
    if (waiter != null && call.mayBecome() && startsAlone(container)) {
      become(call, container, waiter, Waiter.START);
    }
    boolean started = false;
    try {
      MydockerException failure = Start.start(call.root(), call.id());
      if (failure != null) {
        throw failure;
      }
      started = true;
    } finally {
      if (!started) {
        call.warn(Delete.delete(call.root(), call.id(), true));
      }
    }
    if (waiter != null && call.mayBecome()) {
      become(call, container, waiter, 0);
    }
    return 0;
  }

  /** Whether a start is nothing but the process's going on; hooks take us. */
  private static boolean startsAlone(RuntimeContainer container) {
    return container.spec().hooks().equals(Hooks.NONE);
  }

  private static void become(
      OciCall call, RuntimeContainer container, Waiter waiter, int starting) {
    int directory =
        call.files()
            .open(FileWorker.HOST, container.directory(), Linux.O_RDONLY | Linux.O_DIRECTORY, 0);
    call.invocation().out().flush();
    waiter.become(
        container.saved().pid(),
        directory,
        starting | (call.arguments().flag("keep") ? 0 : Waiter.CLEAN_UP),
        "exec \"" + container.saved().start().command() + "\"");
  }

  private static Create.Wishes wishes(OciCall call) {
    Arguments arguments = call.arguments();
    @Nullable String typed = call.pathOption("bundle");
    String bundle = typed == null ? call.invocation().directory() : typed;
    int sockets = call.sockets();
    String config = arguments.value("config").orElse("config.json");
    return new Create.Wishes(
        call.id(),
        bundle,
        config.startsWith("/") ? config : bundle + "/" + config,
        call.pathOption("console-socket"),
        call.pathOption("pid-file"),
        streams(call, sockets),
        sockets,
        !arguments.flag("no-new-keyring"),
        systemd(call));
  }

  /**
   * What the process gets of the caller's.
   *
   * @param sockets how many sockets come before what {@code --preserve-fds} passes on
   */
  static CallerStreams streams(OciCall call, int sockets) {
    return new CallerStreams(
        call.invocation().stdin(),
        call.invocation().stdout(),
        call.invocation().stderr(),
        call.passed(sockets));
  }

  /** Whether systemd makes the cgroup. */
  private static boolean systemd(OciCall call) {
    return call.globals().flag("systemd-cgroup")
        || call.globals().value("cgroup-manager").orElse("").equals("systemd");
  }
}
