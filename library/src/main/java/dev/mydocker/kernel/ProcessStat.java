package dev.mydocker.kernel;

import java.util.Optional;

/**
 * What is looked at of /proc/PID/stat (proc_pid_stat(5)). A process is who it was if its number and
 * its start time are the same, and the machine's boot.
 *
 * @param state a letter: R, S, Z and so on
 * @param parent its parent's number
 * @param startTime clock ticks from boot to its start
 */
public record ProcessStat(char state, long parent, long startTime) {
  /** The second field, a name in brackets of at most 64 bytes, may hold anything. */
  private static final int LONGEST_START = 90;

  private static final int STATE = 3;
  private static final int START_TIME = 22;

  /** Looks at a process; nothing if there is none of this number. */
  public static Optional<ProcessStat> of(FileWorker files, long pid) {
    return files.readIfThere(FileWorker.HOST, file(pid)).map(ProcessStat::parse);
  }

  /** The file that this is read from. */
  public static String file(long pid) {
    return "/proc/" + pid + "/stat";
  }

  /** Whether it has ended, and only waits for its parent to hear of it. */
  public boolean hasEnded() {
    return state == 'Z' || state == 'X';
  }

  /**
   * Reads what is in the {@link #file}.
   *
   * @param line all of it, or so much that it has the first 22 fields
   */
  public static ProcessStat parse(byte[] line) {
    int at = Math.min(line.length, LONGEST_START) - 1;
    while (line[at] != ')') {
      at--;
    }
    char state = (char) line[at + 2];
    long parent = number(line, at + 4);
    for (int field = STATE - 1; field < START_TIME; field++) {
      at++;
      while (line[at] != ' ') {
        at++;
      }
    }
    return new ProcessStat(state, parent, number(line, at + 1));
  }

  private static long number(byte[] line, int from) {
    long number = 0;
    for (int at = from; line[at] >= '0' && line[at] <= '9'; at++) {
      number = 10 * number + line[at] - '0';
    }
    return number;
  }
}
