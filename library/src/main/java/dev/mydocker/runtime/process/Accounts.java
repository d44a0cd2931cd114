package dev.mydocker.runtime.process;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.spec.UserSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The users and groups of a container's /etc/passwd and /etc/group (passwd(5), group(5)), and what
 * {@code --user} means by them. Both files are the image's word and are read as hostile text.
 *
 * @param passwd the content of /etc/passwd; empty where there is none
 * @param group the content of /etc/group; empty where there is none
 */
public record Accounts(String passwd, String group) {
  private static final long LARGEST = 0xFFFFFFFFL;

  /**
   * Who a process runs as.
   *
   * @param home the home directory, {@code /} where the file names none
   */
  public record Identity(UserSpec user, String home) {}

  /**
   * Finds who {@code user} is, as Docker does: {@code name|uid[:group|gid]}. A uid without an entry
   * is taken as it is, with group 0; a name without one is an error. Without a group, the groups
   * that list the user are added.
   *
   * @throws MydockerException if a name is unknown or an id out of range
   */
  public Identity identify(String user) {
    int colon = user.indexOf(':');
    String name = colon < 0 ? user : user.substring(0, colon);
    String groupName = colon < 0 ? null : user.substring(colon + 1);
    String[] entry = name.isEmpty() ? find(passwd, 2, 2, "0") : findUser(name);
    long uid;
    long gid = 0;
    String home = "/";
    if (entry != null) {
      uid = number(entry[2]);
      gid = number(entry[3]);
      home = entry.length > 5 && entry[5].startsWith("/") ? entry[5] : "/";
      name = entry[0];
    } else if (name.isEmpty()) {
      uid = 0;
    } else {
      uid = number(name);
    }
    if (uid < 0 || uid > LARGEST - 1) {
      throw unknown("user", name);
    }
    if (groupName != null && !groupName.isEmpty()) {
      gid = groupId(groupName);
      return new Identity(UserSpec.of(uid, gid, List.of()), home);
    }
    return new Identity(UserSpec.of(uid, gid, groupsOf(name, gid)), home);
  }

  /** The home directory of a uid, {@code /} where the file names none. */
  public String home(long uid) {
    String[] entry = find(passwd, 2, 2, Long.toString(uid));
    return entry != null && entry.length > 5 && entry[5].startsWith("/") ? entry[5] : "/";
  }

  private String @Nullable [] findUser(String name) {
    String[] entry = find(passwd, 2, 0, name);
    return entry != null || number(name) < 0 ? entry : find(passwd, 2, 2, name);
  }

  private long groupId(String name) {
    String[] entry = find(group, 1, 0, name);
    long gid = number(entry != null ? entry[2] : name);
    if (gid < 0 || gid > LARGEST - 1) {
      throw unknown("group", name);
    }
    return gid;
  }

  private List<Long> groupsOf(String user, long primary) {
    List<Long> groups = new ArrayList<>();
    for (String line : lines(group)) {
      if (line.endsWith(":")) {
        // No members, as most groups.
        continue;
      }
      String[] fields = line.split(":", -1);
      if (fields.length < 4 || number(fields[2]) < 0 || number(fields[2]) == primary) {
        continue;
      }
      for (String member : fields[3].split(",", -1)) {
        if (member.equals(user) && !groups.contains(number(fields[2]))) {
          groups.add(number(fields[2]));
        }
      }
    }
    return groups;
  }

  /** The first line with that field, of those that have ids: two in passwd, one in group. */
  private static String @Nullable [] find(String text, int ids, int field, String value) {
    for (String line : lines(text)) {
      String[] fields = line.split(":", -1);
      if (fields.length > 1 + ids
          && fields[field].equals(value)
          && isId(fields[2])
          && isId(fields[1 + ids])) {
        return fields;
      }
    }
    return null;
  }

  private static boolean isId(String text) {
    long id = number(text);
    return id >= 0 && id < LARGEST;
  }

  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    for (int from = 0; from < text.length(); ) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? text.length() : end;
      if (end > from && text.charAt(from) != '#') {
        lines.add(text.substring(from, end));
      }
      from = end + 1;
    }
    return lines;
  }

  /** A decimal number of at most ten digits, or -1. */
  private static long number(String text) {
    if (text.isEmpty() || text.length() > 10) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = 10 * number + c - '0';
    }
    return number;
  }

  private static MydockerException unknown(String kind, String name) {
    return MydockerException.of(
        Category.INVALID,
        "find",
        kind + " " + name,
        "no matching entry in the container's "
            + (kind.equals("user") ? "/etc/passwd" : "/etc/group"),
        "use a numeric id, or a name that the image knows");
  }
}
