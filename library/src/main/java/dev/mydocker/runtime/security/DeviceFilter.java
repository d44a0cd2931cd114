package dev.mydocker.runtime.security;

import dev.mydocker.MydockerException;
import dev.mydocker.MydockerException.Category;
import dev.mydocker.oci.spec.LinuxDeviceCgroup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Translates the device rules of an OCI configuration for the kernel: to an eBPF program for cgroup
 * v2, to lines for {@code devices.allow} and {@code devices.deny} of v1.
 *
 * <p>For each access that is asked for (read, write, mknod) the last rule counts that matches the
 * device and has that access; it is granted if every access is. Without a rule nothing is granted.
 * For rules in the order in which people write them this is what v1 does.
 */
public final class DeviceFilter {
  private static final int MKNOD = 1;
  private static final int READ = 2;
  private static final int WRITE = 4;
  private static final int ALL = MKNOD | READ | WRITE;

  private static final int BLOCK = 1;
  private static final int CHARACTER = 2;

  // struct bpf_cgroup_dev_ctx of linux/bpf.h: access_type (access << 16 | type), major, minor
  private static final int ACCESS_TYPE_OFFSET = 0;
  private static final int MAJOR_OFFSET = 4;
  private static final int MINOR_OFFSET = 8;

  private static final int RESULT = 0;
  private static final int CONTEXT = 1;
  private static final int TYPE = 2;
  private static final int PENDING = 3;
  private static final int MAJOR = 4;
  private static final int MINOR = 5;

  private static final int LOAD_WORD = 0x61;
  private static final int MOVE_REGISTER = 0xBC;
  private static final int MOVE = 0xB4;
  private static final int AND = 0x54;
  private static final int SHIFT_RIGHT = 0x74;
  // Compares of 32 bits: immediate operands of 64-bit ones are extended by their sign.
  private static final int JUMP_IF_NOT_EQUAL = 0x56;
  private static final int JUMP_IF_SET = 0x46;
  private static final int JUMP = 0x05;
  private static final int EXIT = 0x95;

  private final List<byte[]> instructions = new ArrayList<>();

  private DeviceFilter() {}

  /**
   * Returns a program of type BPF_PROG_TYPE_CGROUP_DEVICE (kernel 4.15) for {@code rules}: {@code
   * struct bpf_insn} after another, little-endian. It returns 1 to grant and 0 to deny.
   *
   * @throws MydockerException if a device number is none
   */
  public static byte[] program(List<LinuxDeviceCgroup> rules) {
    DeviceFilter filter = new DeviceFilter();
    filter.add(LOAD_WORD, PENDING, CONTEXT, ACCESS_TYPE_OFFSET, 0);
    filter.add(MOVE_REGISTER, TYPE, PENDING, 0, 0);
    filter.add(AND, TYPE, 0, 0, 0xFFFF);
    filter.add(SHIFT_RIGHT, PENDING, 0, 0, 16);
    filter.add(LOAD_WORD, MAJOR, CONTEXT, MAJOR_OFFSET, 0);
    filter.add(LOAD_WORD, MINOR, CONTEXT, MINOR_OFFSET, 0);
    boolean open = true;
    for (int i = rules.size() - 1; i >= 0 && open; i--) {
      open = filter.rule(rules.get(i));
    }
    // The verifier refuses what cannot be reached.
    if (open) {
      filter.exit(0);
    }
    return filter.bytes();
  }

  /**
   * Returns what to write to the files of cgroup v1, in this order.
   *
   * <p>v1 keeps one default and a list of exceptions to it. So a rule that takes something back
   * from an earlier one with a wildcard is lost there, unless it takes all of it back.
   *
   * @throws MydockerException if a device number is none
   */
  public static List<Line> lines(List<LinuxDeviceCgroup> rules) {
    List<Line> lines = new ArrayList<>();
    for (LinuxDeviceCgroup rule : rules) {
      String numbers = number(rule.major(), "*") + ":" + number(rule.minor(), "*");
      String access = letters(access(rule));
      String type = rule.type() == null ? "a" : rule.type();
      if (!type.equals("a")) {
        lines.add(new Line(rule.allow(), type + " " + numbers + " " + access));
      } else if (numbers.equals("*:*") && access.equals("rwm")) {
        lines.add(new Line(rule.allow(), "a *:* rwm"));
      } else {
        // After an a, the kernel ignores everything else and takes all devices.
        lines.add(new Line(rule.allow(), "b " + numbers + " " + access));
        lines.add(new Line(rule.allow(), "c " + numbers + " " + access));
      }
    }
    return lines;
  }

  /**
   * A line for cgroup v1.
   *
   * @param allow whether it is for {@code devices.allow} or for {@code devices.deny}
   * @param text such as {@code c 1:3 rwm}
   */
  public record Line(boolean allow, String text) {}

  /** Adds a rule, and returns whether anything is left for the rules before it. */
  private boolean rule(LinuxDeviceCgroup rule) {
    int access = access(rule);
    List<int[]> tests = new ArrayList<>();
    if (rule.type() != null && !rule.type().equals("a")) {
      tests.add(new int[] {TYPE, rule.type().equals("b") ? BLOCK : CHARACTER});
    }
    addNumber(tests, MAJOR, rule.major());
    addNumber(tests, MINOR, rule.minor());
    boolean all = access == ALL;
    int left = tests.size() + (all ? 2 : 4);
    for (int[] test : tests) {
      add(JUMP_IF_NOT_EQUAL, test[0], 0, --left, test[1]);
    }
    if (!all && rule.allow()) {
      add(AND, PENDING, 0, 0, ALL & ~access);
      add(JUMP_IF_NOT_EQUAL, PENDING, 0, 2, 0);
    } else if (!all) {
      add(JUMP_IF_SET, PENDING, 0, 1, access);
      add(JUMP, 0, 0, 2, 0);
    }
    exit(rule.allow() ? 1 : 0);
    return !all || !tests.isEmpty();
  }

  private static void addNumber(List<int[]> tests, int register, @Nullable Long number) {
    String checked = number(number, "");
    if (!checked.isEmpty()) {
      tests.add(new int[] {register, Integer.parseUnsignedInt(checked)});
    }
  }

  /** A device number in digits, or {@code wildcard} for all. */
  private static String number(@Nullable Long number, String wildcard) {
    if (number == null || number == -1) {
      return wildcard;
    }
    if (number < 0 || number > 0xFFFF_FFFFL) {
      throw MydockerException.of(
          Category.INVALID, "make device filter", "", number + " is no device number");
    }
    return Long.toString(number);
  }

  private static int access(LinuxDeviceCgroup rule) {
    if (rule.access() == null) {
      return ALL;
    }
    int access = 0;
    for (int i = 0; i < rule.access().length(); i++) {
      access |=
          switch (rule.access().charAt(i)) {
            case 'r' -> READ;
            case 'w' -> WRITE;
            default -> MKNOD;
          };
    }
    return access;
  }

  private static String letters(int access) {
    return ((access & READ) != 0 ? "r" : "")
        + ((access & WRITE) != 0 ? "w" : "")
        + ((access & MKNOD) != 0 ? "m" : "");
  }

  private void exit(int result) {
    add(MOVE, RESULT, 0, 0, result);
    add(EXIT, 0, 0, 0, 0);
  }

  private void add(int code, int destination, int source, int offset, int immediate) {
    instructions.add(
        new byte[] {
          (byte) code,
          (byte) (source << 4 | destination),
          (byte) offset,
          (byte) (offset >> 8),
          (byte) immediate,
          (byte) (immediate >> 8),
          (byte) (immediate >> 16),
          (byte) (immediate >> 24)
        });
  }

  private byte[] bytes() {
    byte[] bytes = new byte[instructions.size() * 8];
    for (int i = 0; i < instructions.size(); i++) {
      System.arraycopy(instructions.get(i), 0, bytes, i * 8, 8);
    }
    return bytes;
  }
}
