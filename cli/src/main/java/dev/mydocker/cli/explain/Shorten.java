package dev.mydocker.cli.explain;

import java.util.List;

/** Makes calls shorter for people: long ids, and the long paths of descriptors. */
final class Shorten {
  private static final List<String> FLAGS =
      List.of(
          "O_CLOEXEC",
          "OPEN_TREE_CLOEXEC",
          "FSOPEN_CLOEXEC",
          "FSMOUNT_CLOEXEC",
          "SOCK_CLOEXEC",
          "MFD_CLOEXEC");
  private static final int ID = 64;
  private static final int SHORT_ID = 12;
  private static final int LONGEST_NAME = 20;

  private Shorten() {}

  static String all(String call) {
    return names(ids(withoutCloseOnExec(call)));
  }

  private static String withoutCloseOnExec(String call) {
    String shorter = call;
    for (String flag : FLAGS) {
      shorter = shorter.replace("|" + flag, "").replace(", " + flag + ")", ", 0)");
      shorter = shorter.replace(", " + flag + ",", ", 0,");
    }
    return shorter;
  }

  /** Container ids of 64 digits become 12 and an ellipsis. */
  static String ids(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int run = 0;
    for (int i = 0; i <= text.length(); i++) {
      boolean digit = i < text.length() && isHexadecimal(text.charAt(i));
      if (digit) {
        run++;
        continue;
      }
      int from = i - run;
      if (run == ID) {
        out.append(text, from, from + SHORT_ID).append('…');
      } else {
        out.append(text, from, i);
      }
      run = 0;
      if (i < text.length()) {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  private static boolean isHexadecimal(char c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
  }

  /** The paths in {@code 7</a/b/c>} lose their beginning where they are long. */
  private static String names(String call) {
    StringBuilder out = new StringBuilder(call.length());
    boolean quoted = false;
    for (int i = 0; i < call.length(); i++) {
      char c = call.charAt(i);
      out.append(c);
      if (c == '\\' && quoted && i + 1 < call.length()) {
        out.append(call.charAt(++i));
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '<' && !quoted) {
        int end = call.indexOf('>', i);
        if (end > i + 1 + LONGEST_NAME) {
          String name = call.substring(i + 1, end);
          int slash = name.lastIndexOf('/', name.length() - 2);
          out.append(slash > 0 ? "…" + name.substring(slash) : name);
          i = end - 1;
        }
      }
    }
    return out.toString();
  }
}
