package dev.mydocker.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IsolationTest {
  @Test
  void thePathsAreDockers() {
    assertThat(Isolation.maskedPaths())
        .contains("/proc/kcore", "/proc/interrupts", "/sys/firmware")
        .hasSize(12)
        .doesNotHaveDuplicates();
    assertThat(Isolation.READ_ONLY_PATHS)
        .containsExactly("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");
  }

  @Test
  void thermalThrottlingIsMaskedForEveryProcessor() {
    assertThat(Isolation.maskedPaths(2))
        .startsWith(Isolation.maskedPaths().toArray(new String[0]))
        .endsWith(
            "/sys/devices/system/cpu/cpu0/thermal_throttle",
            "/sys/devices/system/cpu/cpu1/thermal_throttle");
  }
}
