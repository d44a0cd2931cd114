package dev.mydocker.oci.spec;

import dev.mydocker.oci.json.FieldException;

/** What a seccomp filter does with a system call, see seccomp(2). */
public enum SeccompAction {
  /** Kills the thread; an old name of KILL_THREAD. */
  KILL("SCMP_ACT_KILL"),
  /** Kills the process. */
  KILL_PROCESS("SCMP_ACT_KILL_PROCESS"),
  /** Kills the thread. */
  KILL_THREAD("SCMP_ACT_KILL_THREAD"),
  /** Sends SIGSYS. */
  TRAP("SCMP_ACT_TRAP"),
  /** Fails the call with an error number. */
  ERRNO("SCMP_ACT_ERRNO"),
  /** Asks a tracer, with the error number as its message. */
  TRACE("SCMP_ACT_TRACE"),
  /** Lets the call through. */
  ALLOW("SCMP_ACT_ALLOW"),
  /** Lets the call through and logs it. */
  LOG("SCMP_ACT_LOG"),
  /** Asks the listener. */
  NOTIFY("SCMP_ACT_NOTIFY");

  private final String word;

  SeccompAction(String word) {
    this.word = word;
  }

  /** Returns its name in {@code config.json}. */
  public String word() {
    return word;
  }

  /** Returns the action that is called {@code word} in member {@code name}. */
  static SeccompAction of(String name, String word) {
    for (SeccompAction action : values()) {
      if (action.word.equals(word)) {
        return action;
      }
    }
    throw new FieldException(name, "unknown seccomp action \"" + word + "\"");
  }
}
