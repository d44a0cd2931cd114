package dev.mydocker.engine;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The test's side of native/test/fault/fault.c: who is at which step, and who is to be held. */
final class FaultPage {
  static final int ENGINE = 0;
  static final int MONITOR = 1;
  static final int CHILD = 2;
  static final int CHILD_BEFORE = 3;

  private static final int COUNT = 0;
  private static final int STOP = 8;
  private static final int STATE = 16;
  private static final int ROLE = 20;
  private static final int PIDS = 24;
  private static final int REACHED = 1;
  private static final int GO = 2;
  private static final long NEVER = -1;

  private final MappedByteBuffer page;

  FaultPage(Path file) throws IOException {
    Files.write(file, new byte[4096]);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      page = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096);
    }
    page.order(ByteOrder.LITTLE_ENDIAN);
    release();
  }

  /** Begins to count, and holds whoever comes to step {@code stop}. */
  void arm(long stop) {
    for (int role = ENGINE; role <= CHILD_BEFORE; role++) {
      setPid(role, 0);
    }
    page.putInt(STATE, 0);
    page.putLong(COUNT, 0);
    page.putLong(STOP, stop);
  }

  /** Holds nobody any more. */
  void release() {
    page.putLong(STOP, NEVER);
    page.putInt(STATE, GO);
  }

  long count() {
    return page.getLong(COUNT);
  }

  int role() {
    return page.getInt(ROLE);
  }

  void setPid(int role, long pid) {
    page.putInt(PIDS + 4 * role, (int) pid);
  }

  long pid(int role) {
    return page.getInt(PIDS + 4 * role);
  }

  /** Waits until somebody is held, or the operation has ended without that. */
  boolean isReached(Thread operation) {
    while (page.getInt(STATE) != REACHED) {
      if (!operation.isAlive()) {
        return page.getInt(STATE) == REACHED;
      }
      LockSupport.parkNanos(Duration.ofNanos(100_000).toNanos());
    }
    return true;
  }

  /** Kills processes with SIGKILL and returns when they have ended. */
  List<Long> kill(int... roles) {
    List<Long> killed = new ArrayList<>();
    for (int role : roles) {
      long pid = pid(role);
      if (pid > 0 && isAlive(pid)) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        killed.add(pid);
      }
    }
    for (long pid : killed) {
      while (isAlive(pid)) {
        LockSupport.parkNanos(100_000);
      }
    }
    return killed;
  }

  /** Whether a process is there; zombies are not. */
  static boolean isAlive(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }
}
