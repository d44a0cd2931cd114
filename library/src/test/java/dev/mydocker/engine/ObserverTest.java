package dev.mydocker.engine;

import static dev.mydocker.engine.TestFiles.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mydocker.engine.RunRecord.ProcessId;
import dev.mydocker.oci.json.JsonObject;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObserverTest {
  private static final ProcessProbe PROBE = new ProcessProbe(WORKER);
  private static final ProcessId SELF = PROBE.identify(ProcessHandle.current().pid());
  private static final ProcessId LATER = new ProcessId(SELF.pid(), SELF.startTime() - 1);
  private static final ContainerRecord CREATED =
      ContainerRecordTest.record(ContainerSpec.of("busybox"));

  private final Observer observer = new Observer(WORKER, _ -> false, Optional::of);

  private static ContainerRecord run(ProcessId init, ProcessId monitor, String boot) {
    return CREATED.running(new RunRecord(init, monitor, boot, 5, "", JsonObject.empty()));
  }

  @Test
  void withoutAStartItIsCreated() {
    assertThat(observer.status(CREATED)).isEqualTo(Status.CREATED);
  }

  @Test
  void runsWhileItsFirstProcessOrItsMonitorDoes() {
    assertThat(observer.status(run(SELF, ProcessId.NONE, PROBE.bootId())))
        .isEqualTo(Status.RUNNING);
    assertThat(observer.status(run(LATER, SELF, PROBE.bootId()))).isEqualTo(Status.RUNNING);
  }

  @Test
  void aFrozenOneIsPaused() {
    assertThat(
            new Observer(WORKER, _ -> true, Optional::of)
                .status(run(SELF, ProcessId.NONE, PROBE.bootId())))
        .isEqualTo(Status.PAUSED);
  }

  @Test
  void oneThatHasEndedIsNotPausedWhoeverFreezesWhatIsLeftOfIt() {
    assertThat(
            new Observer(WORKER, _ -> true, Optional::of).status(run(LATER, SELF, PROBE.bootId())))
        .isEqualTo(Status.RUNNING);
  }

  @Test
  void aLaterProcessOfTheSameNumberIsSomebodyElse() {
    ContainerRecord record = run(LATER, ProcessId.NONE, PROBE.bootId());

    assertThat(observer.status(record)).isEqualTo(Status.EXITED);
    assertThat(observer.end(record).problem()).isEqualTo("its monitor was killed");
  }

  @Test
  void nothingRunsOnAfterAReboot() {
    ContainerInfo info = observer.info(run(SELF, SELF, "another"), "/d");

    assertThat(info.status()).isEqualTo(Status.EXITED);
    assertThat(info.pid()).isZero();
    assertThat(info.exitCode()).isEqualTo(255);
    assertThat(info.finished()).isNull();
    assertThat(info.problem()).isEqualTo("the machine was restarted");
  }

  @Test
  void whatARebootEndedIsTakenCareOfIfItIsToBeGone() {
    assertThat(observer.lostItsMonitor(run(SELF, SELF, "another"))).isFalse();
    ContainerRecord once =
        ContainerRecordTest.record(ContainerSpec.of("busybox").removeOnExit(true));
    RunRecord run = new RunRecord(SELF, SELF, "another", 5, "", JsonObject.empty());
    assertThat(observer.lostItsMonitor(once.running(run))).isTrue();
    assertThat(observer.lostItsMonitor(once)).isFalse();
  }

  @Test
  void theRecordOfItsEndCountsMoreThanAProcess() {
    ContainerRecord record =
        run(SELF, SELF, PROBE.bootId()).withExit(new ExitRecord(137, 9, 7, true, null));

    ContainerInfo info = observer.info(record, "/d");

    assertThat(info.status()).isEqualTo(Status.EXITED);
    assertThat(info.exitCode()).isEqualTo(137);
    assertThat(info.signal()).isEqualTo(9);
    assertThat(info.outOfMemory()).isTrue();
    assertThat(info.finished()).isEqualTo(Instant.ofEpochSecond(0, 7));
  }

  @Test
  void processesAreToldApartByTheirStart() {
    ProcessId init = PROBE.identify(1);

    assertThat(PROBE.isRunning(init)).isTrue();
    assertThat(PROBE.isRunning(new ProcessId(1, init.startTime() + 1))).isFalse();
    assertThat(PROBE.isRunning(ProcessId.NONE)).isFalse();
  }

  @Test
  void saysWhatPeopleMayKnow() {
    ContainerInfo info = observer.info(run(SELF, SELF, PROBE.bootId()), "/d");

    assertThat(info.pid()).isEqualTo(SELF.pid());
    assertThat(info.started()).isEqualTo(Instant.ofEpochSecond(0, 5));
    assertThat(info.shortId()).isEqualTo("0123456789ab");
    assertThat(info.created()).isEqualTo(Instant.parse("2025-02-28T15:09:22.123456789Z"));
  }
}
