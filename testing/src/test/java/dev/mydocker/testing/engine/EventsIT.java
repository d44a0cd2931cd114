package dev.mydocker.testing.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.engine.Container;
import dev.mydocker.engine.ContainerSpec;
import dev.mydocker.engine.Engine;
import dev.mydocker.engine.Event;
import dev.mydocker.engine.Event.Action;
import dev.mydocker.engine.Events;
import dev.mydocker.engine.Exit;
import dev.mydocker.engine.StateDirectory;
import dev.mydocker.testkit.Need;
import dev.mydocker.testkit.Requires;
import dev.mydocker.testkit.Sandbox;
import dev.mydocker.testkit.SandboxExtension;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever listens hears what happens to containers, whoever does it. */
@Requires({Need.ROOT, Need.BUSYBOX, Need.OVERLAY})
@ExtendWith(SandboxExtension.class)
class EventsIT {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final Sandbox sandbox;

  EventsIT(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  private Engine open() {
    return Engine.open(StateDirectory.of(sandbox.environment()));
  }

  private ContainerSpec spec(String... command) {
    return ContainerSpec.of("busybox", command).cgroupParent(sandbox.cgroupParent());
  }

  private static List<Event> take(Events events, int count) {
    List<Event> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(events.next(LONG).orElseThrow(() -> new AssertionError("only " + taken)));
    }
    return taken;
  }

  @Test
  void aWholeLifeIsToldInItsOrder() {
    try (Engine engine = open()) {
      engine.create(spec("true").name("before")).remove(false);
      try (Events events = engine.events()) {
        Container container = engine.start(spec("sleep", "1000").name("watched"));
        container.exec("echo", "hi");
        container.rename("renamed");
        container.rename("watched");
        container.pause();
        container.unpause();
        container.stop(Duration.ZERO);
        container.remove(false);
        List<Event> told = take(events, 13);
        assertThat(told)
            .extracting(Event::action)
            .containsExactly(
                Action.CREATE,
                Action.START,
                Action.EXEC_CREATE,
                Action.EXEC_START,
                Action.EXEC_DIE,
                Action.RENAME,
                Action.RENAME,
                Action.PAUSE,
                Action.UNPAUSE,
                Action.KILL,
                Action.DIE,
                Action.STOP,
                Action.DESTROY);
        assertThat(told).extracting(Event::id).containsOnly(container.id());
        assertThat(told.get(5).name()).isEqualTo("renamed");
        assertThat(told.get(5).detail()).isEqualTo("watched");
        assertThat(told.getLast().name()).isEqualTo("watched");
        assertThat(told.get(2).detail()).isEqualTo("echo hi");
        assertThat(told.get(9).detail()).isEqualTo("15");
        assertThat(told.get(10).exit()).isEqualTo(new Exit.Signal(9));
        assertThat(events.next(SHORT)).isEmpty();
      }
    }
  }

  @Test
  void whatTheCommandLineDoesIsToldAndTheEndWithoutAnyEngine() {
    try (Engine engine = open();
        Events events = engine.events()) {
      sandbox.mydocker("run", "--rm", "--name", "brief", "busybox", "sh", "-c", "exit 3").run();
      List<Event> told = take(events, 4);
      assertThat(told)
          .extracting(Event::action)
          .containsExactly(Action.CREATE, Action.START, Action.DIE, Action.DESTROY);
      assertThat(told.get(2).exit()).isEqualTo(new Exit.Code(3));
      assertThat(told.get(2).time()).isAfter(told.get(1).time());
    }
  }

  @Test
  void theEndOfWhatExecStartedIsToldWithItsExitCode() {
    try (Engine engine = open()) {
      Container container = engine.start(spec("sleep", "1000").name("watched"));
      try (Events events = engine.events()) {
        assertThat(sandbox.mydocker("exec", "watched", "sh", "-c", "exit 7").run().exit())
            .isEqualTo(7);
        List<Event> told = take(events, 3);
        assertThat(told)
            .extracting(Event::action)
            .containsExactly(Action.EXEC_CREATE, Action.EXEC_START, Action.EXEC_DIE);
        assertThat(told.get(0).detail()).isEqualTo("sh -c exit 7");
        assertThat(told.get(2).exit()).isEqualTo(new Exit.Code(7));
        assertThat(told.get(2).name()).isEqualTo("watched");
        assertThat(told.get(0).exec()).hasSize(64);
        assertThat(told).extracting(Event::exec).containsOnly(told.get(0).exec());

        assertThat(sandbox.mydocker("exec", "watched", "missing").run().exit()).isEqualTo(127);
        sandbox.mydocker("exec", "-d", "watched", "sleep", "1000").run();
        container.kill(9);
        List<Event> then = take(events, 6);
        assertThat(then.get(0).detail()).isEqualTo("missing");
        assertThat(then.get(0).exec()).isNotEqualTo(told.get(0).exec());
        assertThat(then)
            .extracting(Event::action)
            .startsWith(Action.EXEC_CREATE, Action.EXEC_CREATE, Action.EXEC_START)
            .contains(Action.KILL, Action.DIE, Action.EXEC_DIE);
        Event end =
            then.stream().filter(e -> e.action() == Action.EXEC_DIE).findFirst().orElseThrow();
        assertThat(end.exit()).isEqualTo(new Exit.Signal(9));
        assertThat(end.exec()).isEqualTo(then.get(2).exec());
      }
      container.remove(false);
    }
  }

  @Test
  void theEndOfWhatIsKilledForItsCallersSakeIsTold() throws Exception {
    try (Engine engine = open()) {
      Container container = engine.start(spec("sleep", "1000"));
      try (Events events = engine.events()) {
        Thread thread = Thread.startVirtualThread(() -> container.exec("sleep", "1000"));
        assertThat(take(events, 2))
            .extracting(Event::action)
            .containsExactly(Action.EXEC_CREATE, Action.EXEC_START);
        thread.interrupt();
        thread.join();
        Event end = take(events, 1).getFirst();
        assertThat(end.action()).isEqualTo(Action.EXEC_DIE);
        assertThat(end.exit()).isEqualTo(new Exit.Signal(9));
        assertThat(events.next(SHORT)).isEmpty();
      }
      container.remove(true);
    }
  }

  @Test
  void nothingIsMissedWhenTheFileIsChanged() throws Exception {
    try (Engine engine = open();
        Events events = engine.events()) {
      Container container = engine.create(spec("true"));
      // As long as it may become: the next one who writes begins another.
      byte[] noise = new byte[1 << 20];
      Files.write(sandbox.root().resolve("events"), noise, StandardOpenOption.APPEND);
      container.remove(false);
      engine.create(spec("true")).remove(false);
      assertThat(take(events, 4))
          .extracting(Event::action)
          .containsExactly(Action.CREATE, Action.DESTROY, Action.CREATE, Action.DESTROY);
      assertThat(sandbox.root().resolve("events.1")).exists();
    }
  }

  @Test
  void aListenerIsInterrupted() throws Exception {
    try (Engine engine = open()) {
      CompletableFuture<Category> result = new CompletableFuture<>();
      Thread thread =
          Thread.startVirtualThread(
              () -> {
                try (Events events = engine.events()) {
                  events.next();
                } catch (MydockerException e) {
                  result.complete(e.category());
                }
              });
      thread.interrupt();
      assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(Category.INTERRUPTED);
    }
  }
}
