package dev.mydocker.cli.option;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** When {@code run} names no image at all, as tutorials type it: {@code run -ti /bin/sh}. */
public final class DefaultImage {
  /** The image such a command runs in. */
  public static final String NAME = "busybox";

  /**
   * Commands of busybox that people type first. None is, or ever was, the name of an official image
   * of Docker's: {@code run httpd} stays Docker's httpd, and {@code run busybox} the image.
   */
  static final Set<String> EVERYDAY =
      Set.of(
          "arch",
          "ash",
          "awk",
          "base64",
          "basename",
          "bc",
          "cal",
          "cat",
          "chmod",
          "chown",
          "clear",
          "cmp",
          "cp",
          "cut",
          "date",
          "dd",
          "df",
          "diff",
          "dirname",
          "dmesg",
          "du",
          "echo",
          "egrep",
          "env",
          "expr",
          "factor",
          "false",
          "fgrep",
          "find",
          "fold",
          "free",
          "grep",
          "groups",
          "gunzip",
          "gzip",
          "head",
          "hexdump",
          "hostid",
          "hostname",
          "id",
          "ifconfig",
          "ip",
          "kill",
          "killall",
          "last",
          "less",
          "ln",
          "ls",
          "lsof",
          "lzcat",
          "md5sum",
          "mkdir",
          "mkfifo",
          "mknod",
          "mktemp",
          "more",
          "mount",
          "mv",
          "nc",
          "netstat",
          "nice",
          "nl",
          "nohup",
          "nproc",
          "nslookup",
          "od",
          "paste",
          "pgrep",
          "pidof",
          "ping",
          "ping6",
          "pkill",
          "printenv",
          "printf",
          "ps",
          "pwd",
          "readlink",
          "realpath",
          "rev",
          "rm",
          "rmdir",
          "route",
          "sed",
          "seq",
          "sh",
          "sha1sum",
          "sha256sum",
          "sha512sum",
          "shuf",
          "sleep",
          "sort",
          "split",
          "stat",
          "strings",
          "stty",
          "sync",
          "sysctl",
          "tac",
          "tail",
          "tar",
          "tee",
          "telnet",
          "test",
          "time",
          "timeout",
          "top",
          "touch",
          "tr",
          "traceroute",
          "true",
          "truncate",
          "tty",
          "umount",
          "uname",
          "uniq",
          "unshare",
          "uptime",
          "usleep",
          "vi",
          "watch",
          "wc",
          "wget",
          "which",
          "who",
          "whoami",
          "xargs",
          "xxd",
          "yes",
          "zcat");

  private DefaultImage() {}

  /**
   * Returns whether the first word behind the options is a command to run in the default image
   * rather than an image: it names no local image, and is an absolute path or one of busybox's
   * everyday commands.
   */
  public static boolean isMeantBy(String word, Predicate<String> namesLocalImage) {
    return (word.startsWith("/") || EVERYDAY.contains(word)) && !namesLocalImage.test(word);
  }

  /** Returns the line on standard error that says which image was chosen. */
  public static String notice(String word) {
    return "mydocker: " + word + " names no image; running it in " + NAME;
  }

  /**
   * Returns what a detached container runs that was given a root file system but no command: as in
   * the tutorial, its process id and the date every two seconds.
   */
  public static List<String> idleCommand() {
    return List.of("/bin/sh", "-c", "while :; do echo \"$$ $(date)\"; sleep 2; done");
  }
}
