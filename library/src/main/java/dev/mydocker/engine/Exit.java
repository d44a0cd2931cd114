package dev.mydocker.engine;

/** How a container, or a process in one, ended. */
public sealed interface Exit {
  /** It ended by itself with an exit code, 0 to 255. */
  record Code(int code) implements Exit {}

  /** A signal ended it; its number as in signal(7). */
  record Signal(int number) implements Exit {}

  /** Nobody saw its end: the machine or the monitor died first. */
  record Unknown(String why) implements Exit {}

  /** The exit code as a shell has it: 128 and the signal's number for a signal; 255 if unknown. */
  default int shellCode() {
    if (this instanceof Code code) {
      return code.code();
    }
    return this instanceof Signal signal ? 128 + signal.number() : 255;
  }

  /** Returns whether it ended by itself with code 0. */
  default boolean succeeded() {
    return this instanceof Code code && code.code() == 0;
  }

  /** The meaning of what a monitor reports. */
  static Exit of(int code, int signal) {
    return signal != 0 ? new Signal(signal) : new Code(code);
  }
}
