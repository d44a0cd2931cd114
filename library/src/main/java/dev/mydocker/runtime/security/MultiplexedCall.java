package dev.mydocker.runtime.security;

import dev.mydocker.oci.spec.SeccompArg;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The second way into a system call of 32-bit x86: through socketcall(2) or ipc(2), whose first
 * argument says which call is meant (linux/net.h, linux/ipc.h).
 *
 * @param number the number of socketcall or ipc
 * @param condition holds if the call is meant
 */
record MultiplexedCall(int number, SeccompArg condition) {
  private static final int SOCKETCALL = 102;
  private static final int IPC = 117;
  private static final long INT = 0xFFFF_FFFFL;

  /** Above these bits stands the version of ipc(2)'s interface. */
  private static final long IPC_CALL = 0xFFFF;

  private static final List<String> SOCKET_CALLS =
      List.of(
          "socket",
          "bind",
          "connect",
          "listen",
          "accept",
          "getsockname",
          "getpeername",
          "socketpair",
          "send",
          "recv",
          "sendto",
          "recvfrom",
          "shutdown",
          "setsockopt",
          "getsockopt",
          "sendmsg",
          "recvmsg",
          "accept4",
          "recvmmsg",
          "sendmmsg");

  /** Returns the second way into the call of that name, or null if there is none. */
  static @Nullable MultiplexedCall of(String name) {
    int socketCall = SOCKET_CALLS.indexOf(name) + 1;
    if (socketCall > 0) {
      return new MultiplexedCall(SOCKETCALL, SeccompArg.masked(0, INT, socketCall));
    }
    int ipc =
        switch (name) {
          case "semop" -> 1;
          case "semget" -> 2;
          case "semctl" -> 3;
          case "semtimedop" -> 4;
          case "msgsnd" -> 11;
          case "msgrcv" -> 12;
          case "msgget" -> 13;
          case "msgctl" -> 14;
          case "shmat" -> 21;
          case "shmdt" -> 22;
          case "shmget" -> 23;
          case "shmctl" -> 24;
          default -> 0;
        };
    return ipc == 0 ? null : new MultiplexedCall(IPC, SeccompArg.masked(0, IPC_CALL, ipc));
  }
}
