package dev.mydocker.runtime.cgroup;

import dev.mydocker.kernel.SegmentBuilder;
import dev.mydocker.kernel.Value;
import dev.mydocker.kernel.Wire;

/**
 * Attaches a program that decides on access to devices, which v2 has in place of v1's lists
 * (bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE).
 */
final class DeviceProgram {
  private static final int BPF_PROG_LOAD = 5;
  private static final int BPF_PROG_ATTACH = 8;
  private static final int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
  private static final int BPF_CGROUP_DEVICE = 6;
  private static final int BPF_F_ALLOW_MULTI = 2;
  private static final int INSTRUCTION = 8;
  private static final int ATTRIBUTES = 64;

  private DeviceProgram() {}

  /**
   * Adds the program, which stays with the cgroup; with ALLOW_MULTI, so that the cgroups above keep
   * their say and one below can have one of its own: a device must then be allowed by all.
   *
   * @param cgroup an open descriptor of the cgroup
   */
  static void attach(CgroupBatch batch, Value cgroup, byte[] program, String path) {
    SegmentBuilder b = batch.builder();
    Value load = b.room(ATTRIBUTES);
    b.store(load, Value.of(BPF_PROG_TYPE_CGROUP_DEVICE), 4);
    b.store(load.plus(4), Value.of(program.length / INSTRUCTION), 4);
    // The two addresses of the structure: instructions and licence, which matters to GPL helpers.
    b.store(load.plus(8), Value.of(b.bytes(program).number()), 8);
    b.store(load.plus(16), Value.of(b.text("Apache-2.0").number()), 8);
    b.operation(Wire.OP_RELOCATE, Value.of(load.number() + 8), Value.of(2));
    Value loaded = b.syscall(Wire.SYS_BPF, Value.of(BPF_PROG_LOAD), load, Value.of(ATTRIBUTES));
    b.ignoringErrors();
    batch.must(loaded, "load the device filter of " + path);
    Value attach = b.room(ATTRIBUTES);
    b.store(attach, cgroup, 4);
    b.store(attach.plus(4), loaded, 4);
    b.store(attach.plus(8), Value.of(BPF_CGROUP_DEVICE), 4);
    b.store(attach.plus(12), Value.of(BPF_F_ALLOW_MULTI), 4);
    Value attached =
        b.syscall(Wire.SYS_BPF, Value.of(BPF_PROG_ATTACH), attach, Value.of(ATTRIBUTES));
    b.ignoringErrors();
    batch.must(attached, "attach the device filter of " + path);
    batch.addClose(loaded);
  }
}
