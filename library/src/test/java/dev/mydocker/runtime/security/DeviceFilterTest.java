package dev.mydocker.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.oci.json.JsonObject;
import dev.mydocker.oci.spec.LinuxDeviceCgroup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceFilterTest {
  private static final int MKNOD = 1;
  private static final int READ = 2;
  private static final int WRITE = 4;

  @ParameterizedTest
  @CsvSource({
    "c, 1, 3, rw, true", // null
    "c, 1, 3, rwm, true",
    "c, 1, 7, w, true", // full
    "c, 1, 11, r, false", // kmsg
    "c, 1, 11, m, true",
    "c, 1, 1, r, false", // mem
    "b, 8, 0, r, false", // sda
    "b, 8, 0, rm, false",
    "b, 8, 0, m, true",
    "c, 5, 0, rw, true", // tty
    "c, 5, 1, rw, true", // console
    "c, 5, 2, rw, true", // ptmx
    "c, 136, 0, rw, true", // pts
    "c, 136, 1000, rw, true",
    "b, 136, 0, r, false",
    "c, 10, 200, rw, false", // net/tun
    "c, 10, 229, rw, false", // fuse
    "c, 1, 3, '', true",
    "b, 1, 3, '', true", // test for existence: some rule has to match
  })
  void theDefaultRulesAreDockers(char type, int major, int minor, String access, boolean granted) {
    assertThat(run(DefaultDevices.RULES, type, major, minor, bits(access))).isEqualTo(granted);
  }

  @Test
  void theLastRuleCountsForEachAccess() {
    List<LinuxDeviceCgroup> rules =
        List.of(
            LinuxDeviceCgroup.denyAll(),
            LinuxDeviceCgroup.allow("c", 10L, 229L, "r"),
            LinuxDeviceCgroup.allow("c", 10L, 229L, "w"),
            deny("c", 10L, null, "m"),
            LinuxDeviceCgroup.allow("b", null, null, "rwm"),
            deny("b", 8L, 0L, "w"));

    assertThat(run(rules, 'c', 10, 229, READ | WRITE)).isTrue();
    assertThat(run(rules, 'c', 10, 229, READ | MKNOD)).isFalse();
    assertThat(run(rules, 'b', 8, 1, READ | WRITE)).isTrue();
    assertThat(run(rules, 'b', 8, 0, READ)).isTrue();
    assertThat(run(rules, 'b', 8, 0, READ | WRITE)).isFalse();
  }

  @Test
  void withoutARuleNothingIsGranted() {
    assertThat(run(List.of(), 'c', 1, 3, READ)).isFalse();
    assertThat(run(DefaultDevices.PRIVILEGED_RULES, 'b', 8, 0, READ | WRITE)).isTrue();
  }

  @Test
  void randomRulesDoWhatTheySay() {
    Random random = new Random(20261122);
    for (int round = 0; round < 500; round++) {
      List<LinuxDeviceCgroup> rules = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        rules.add(randomRule(random));
      }
      byte[] program = DeviceFilter.program(rules);
      for (char type : new char[] {'b', 'c'}) {
        for (long major : new long[] {0, 1, 2, 0xFFFF_FFFFL}) {
          for (int minor = 0; minor < 3; minor++) {
            for (int access = 1; access < 8; access++) {
              assertThat(run(program, type, (int) major, minor, access))
                  .as("round %s: %s %s:%s %s by %s", round, type, major, minor, access, rules)
                  .isEqualTo(expected(rules, type, major, minor, access));
            }
          }
        }
      }
    }
  }

  private static LinuxDeviceCgroup randomRule(Random random) {
    @Nullable String[] types = {"a", "b", "c", null};
    @Nullable Long[] numbers = {null, -1L, 0L, 1L, 2L, 0xFFFF_FFFFL};
    @Nullable String[] accesses = {"rwm", "r", "w", "m", "rw", "mr", null};
    return new LinuxDeviceCgroup(
        random.nextBoolean(),
        types[random.nextInt(types.length)],
        numbers[random.nextInt(numbers.length)],
        numbers[random.nextInt(numbers.length)],
        accesses[random.nextInt(accesses.length)],
        JsonObject.empty());
  }

  private static boolean expected(
      List<LinuxDeviceCgroup> rules, char type, long major, long minor, int access) {
    for (int bit = 1; bit <= WRITE; bit <<= 1) {
      boolean granted = false;
      for (LinuxDeviceCgroup rule : rules) {
        boolean matches =
            (rule.type() == null || rule.type().equals("a") || rule.type().charAt(0) == type)
                && (rule.major() == null || rule.major() == -1 || rule.major() == major)
                && (rule.minor() == null || rule.minor() == -1 || rule.minor() == minor)
                && (bits(rule.access() == null ? "rwm" : rule.access()) & bit) != 0;
        granted = matches ? rule.allow() : granted;
      }
      if ((access & bit) != 0 && !granted) {
        return false;
      }
    }
    return true;
  }

  @Test
  void rulesBecomeLinesForTheFirstVersionOfCgroups() {
    assertThat(DeviceFilter.lines(DefaultDevices.RULES))
        .extracting(line -> (line.allow() ? "allow " : "deny ") + line.text())
        .startsWith("deny a *:* rwm", "allow c *:* m", "allow b *:* m", "allow c 1:3 rwm")
        .endsWith("allow c 136:* rwm");
    assertThat(
            DeviceFilter.lines(
                List.of(LinuxDeviceCgroup.allow("a", 5L, -1L, "mw"), deny("b", 8L, 0L, "w"))))
        .extracting(DeviceFilter.Line::text)
        .containsExactly("b 5:* wm", "c 5:* wm", "b 8:0 w");
  }

  @Test
  void aNumberThatIsNoneIsRefused() {
    assertThatThrownBy(
            () -> DeviceFilter.program(List.of(LinuxDeviceCgroup.allow("c", -2L, 0L, "r"))))
        .hasMessage("make device filter: -2 is no device number");
    assertThatThrownBy(
            () -> DeviceFilter.lines(List.of(LinuxDeviceCgroup.allow("c", 0L, 1L << 32, "r"))))
        .hasMessage("make device filter: 4294967296 is no device number");
  }

  private static LinuxDeviceCgroup deny(
      String type, @Nullable Long major, @Nullable Long minor, String access) {
    return new LinuxDeviceCgroup(false, type, major, minor, access, JsonObject.empty());
  }

  private static int bits(String access) {
    return (access.contains("r") ? READ : 0)
        | (access.contains("w") ? WRITE : 0)
        | (access.contains("m") ? MKNOD : 0);
  }

  private static boolean run(
      List<LinuxDeviceCgroup> rules, char type, int major, int minor, int access) {
    return run(DeviceFilter.program(rules), type, major, minor, access);
  }

  /** Runs the program as the kernel does, as far as it uses the kernel's instructions. */
  private static boolean run(byte[] program, char type, int major, int minor, int access) {
    ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    int[] context = {access << 16 | (type == 'b' ? 1 : 2), major, minor};
    int[] registers = new int[11];
    int at = 0;
    while (true) {
      int operation = code.get(at * 8) & 0xFF;
      int destination = code.get(at * 8 + 1) & 0xF;
      int source = code.get(at * 8 + 1) >> 4;
      int offset = code.getShort(at * 8 + 2);
      int immediate = code.getInt(at * 8 + 4);
      at++;
      switch (operation) {
        case 0x61 -> registers[destination] = context[offset / 4];
        case 0xBC -> registers[destination] = registers[source];
        case 0xB4 -> registers[destination] = immediate;
        case 0x54 -> registers[destination] &= immediate;
        case 0x74 -> registers[destination] >>>= immediate;
        case 0x56 -> at += registers[destination] != immediate ? offset : 0;
        case 0x46 -> at += (registers[destination] & immediate) != 0 ? offset : 0;
        case 0x05 -> at += offset;
        case 0x95 -> {
          return registers[0] != 0;
        }
        default -> throw new AssertionError("operation " + operation);
      }
    }
  }
}
