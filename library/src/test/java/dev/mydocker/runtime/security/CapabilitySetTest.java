package dev.mydocker.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mydocker.MydockerException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapabilitySetTest {
  @Test
  void theDefaultIsWhatDockerGives() {
    // CapBnd of docker run busybox grep Cap /proc/self/status
    assertThat(CapabilitySet.DEFAULT.mask()).isEqualTo(0x00000000a80425fbL);
    assertThat(CapabilitySet.DEFAULT.names())
        .hasSize(14)
        .startsWith("CAP_CHOWN", "CAP_DAC_OVERRIDE")
        .endsWith("CAP_SETFCAP");
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', 0xa80425fb",
    "NET_ADMIN, '', 0xa80435fb",
    "cap_net_admin, '', 0xa80435fb",
    "CAP_NET_ADMIN Sys_Ptrace, '', 0xa80c35fb",
    "'', MKNOD, 0xa00425fb",
    "'', ALL, 0",
    "'', cap_all, 0",
    "NET_RAW CHOWN, ALL, 0x2001",
    "ALL, '', 0x1ffffffffff",
    "ALL, SYS_ADMIN, 0x1ffffdfffff",
    "ALL, ALL, 0x1ffffffffff",
    "MKNOD, MKNOD, 0xa80425fb",
    "BPF, KILL, 0x80a80425db",
    "CHECKPOINT_RESTORE, '', 0x100a80425fb"
  })
  void flagsChangeTheDefaultAsInDocker(String add, String drop, String mask) {
    assertThat(CapabilitySet.DEFAULT.adjusted(words(add), words(drop), CapabilitySet.ALL).mask())
        .isEqualTo(Long.decode(mask));
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "NETADMIN, did you mean NET_ADMIN?",
    "SYS_PTRAC, did you mean SYS_PTRACE?",
    "cap_chwon, did you mean CHOWN?",
    "frobnicate, capabilities(7) lists them; ALL stands for all of them",
    "'', capabilities(7) lists them; ALL stands for all of them"
  })
  void anUnknownNameIsRefusedWithTheNearestOne(String name, String suggestion) {
    assertThatThrownBy(
            () -> CapabilitySet.NONE.adjusted(List.of(name), List.of(), CapabilitySet.ALL))
        .isInstanceOfSatisfying(
            MydockerException.class,
            e -> {
              assertThat(e.category()).isEqualTo(MydockerException.Category.INVALID);
              assertThat(e).hasMessage("parse --cap-add " + name + ": no such capability");
              assertThat(e.suggestion()).contains(suggestion);
            });
  }

  @Test
  void aCapabilityThatTheKernelDoesNotHaveIsRefused() {
    assertThatThrownBy(
            () ->
                CapabilitySet.DEFAULT.adjusted(
                    List.of("CHECKPOINT_RESTORE"), List.of(), CapabilitySet.upTo(39)))
        .hasMessage("add capability CAP_CHECKPOINT_RESTORE: not available here");
  }

  @Test
  void everyNameHasItsNumber() {
    for (Capability capability : Capability.values()) {
      assertThat(Capability.of(capability.number())).isEqualTo(capability);
      assertThat(Capability.parse("parse", capability.capName())).isEqualTo(capability);
    }
    assertThat(Capability.of(41)).isNull();
    assertThat(Capability.of(-1)).isNull();
    assertThat(Capability.MAC_ADMIN.number()).isEqualTo(33);
    assertThat(Capability.CHECKPOINT_RESTORE.number()).isEqualTo(40);
  }

  @Test
  void setsAreReadFromMasksAndNames() {
    CapabilitySet set = CapabilitySet.parse("parse config.json", List.of("CAP_KILL", "CAP_BPF"));
    assertThat(set)
        .isEqualTo(CapabilitySet.ofMask(1L << 5 | 1L << 39))
        .hasToString("CAP_KILL,CAP_BPF");
    assertThat(set.minus(CapabilitySet.of(Capability.BPF)).names()).containsExactly("CAP_KILL");
    assertThat(set.and(CapabilitySet.DEFAULT).names()).containsExactly("CAP_KILL");
    assertThat(CapabilitySet.ALL.containsAll(set)).isTrue();
    assertThat(set.containsAll(CapabilitySet.ALL)).isFalse();
    assertThat(CapabilitySet.NONE.isEmpty()).isTrue();
    assertThat(CapabilitySet.upTo(40)).isEqualTo(CapabilitySet.ALL);
    assertThat(CapabilitySet.upTo(63).mask()).isEqualTo(-1L);
  }
}
