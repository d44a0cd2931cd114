package dev.mydocker.image.registry;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** How much of what was sent a peer has not confirmed yet: {@code tx_queue} of proc_net_tcp(5). */
final class SendQueue {
  private static final int HEX = 16;
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int QUEUES = 4;

  private SendQueue() {}

  /** The bytes that a socket has to send or to send again; -1 if that is not known. */
  static long length(Socket socket) {
    String local = port(socket.getLocalPort());
    String remote = port(socket.getPort());
    // The JDK's sockets are of version 6, also where they speak to one of version 4.
    long length = length("/proc/thread-self/net/tcp6", local, remote);
    return length < 0 ? length("/proc/thread-self/net/tcp", local, remote) : length;
  }

  private static String port(int port) {
    String hex = "000" + Integer.toHexString(port).toUpperCase(Locale.ROOT);
    return ":" + hex.substring(hex.length() - 4);
  }

  private static long length(String table, String local, String remote) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(new FileInputStream(table), StandardCharsets.US_ASCII))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.strip().split(" +", QUEUES + 2);
        if (words.length > QUEUES
            && words[LOCAL].endsWith(local)
            && words[REMOTE].endsWith(remote)) {
          return Long.parseLong(words[QUEUES], 0, words[QUEUES].indexOf(':'), HEX);
        }
      }
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      // A kernel without it, or no /proc: then only whole writes count.
      return -1;
    }
    return -1;
  }
}
