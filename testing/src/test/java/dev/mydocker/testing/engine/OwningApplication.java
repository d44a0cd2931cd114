package dev.mydocker.testing.engine;

import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Status;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** An application that owns containers, as a program of its own: it can be killed. */
final class OwningApplication {
  private OwningApplication() {}

  /**
   * Starts containers, prints the pids of their processes and monitors, and waits to be killed, or
   * for the end of its input.
   *
   * @param arguments the number of containers; the user of their commands; their cgroup parent
   */
  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    int count = Integer.parseInt(arguments[0]);
    ContainerSpec spec =
        ContainerSpec.of("busybox", "sh", "-c", "exec sleep 1000 # " + arguments[1])
            .user(arguments[1])
            .cgroupParent(arguments[2])
            .ownedByThisProcess();
    try (Engine engine = Engine.open()) {
      // One that has never run, and one that has stopped: nobody watches over these.
      engine.create(spec.name("never-run"));
      Container stopped = engine.start(spec.name("stopped"));
      stopped.kill(9);
      stopped.await();
      if (count > 2) {
        engine.start(spec.name("paused")).pause();
      }
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Container>> started = new ArrayList<>();
        for (int i = 0; i < count - 1; i++) {
          started.add(threads.submit(() -> engine.start(spec)));
        }
        for (Future<Container> each : started) {
          each.get();
        }
      }
      engine.list().stream()
          .filter(info -> info.status() != Status.CREATED && info.status() != Status.EXITED)
          .forEach(info -> out.println(info.pid() + " " + parent(info.pid())));
      out.println("ready");
      out.flush();
      awaitEnd();
    }
  }

  private static void awaitEnd() throws IOException {
    while (System.in.read() >= 0) {
      // Nobody writes.
    }
  }

  private static long parent(long pid) {
    return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow().pid();
  }
}
