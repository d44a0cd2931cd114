package dev.mydocker.cli.option;

import static dev.mydocker.cli.option.Option.NONE;
import static dev.mydocker.cli.option.Option.one;

import dev.mydocker.cli.option.Command.Operand;

/** The table of {@code mydocker-oci update}. */
final class OciUpdateTable {
  private OciUpdateTable() {}

  static Command update() {
    return Command.of(
            OciTables.PROGRAM,
            "update",
            "[OPTIONS] CONTAINER",
            one("blkio-weight", NONE, Kind.INTEGER, "Block IO weight, 10 to 1000"),
            one("cpu-burst", NONE, Kind.INTEGER, "Microseconds beyond the quota"),
            one("cpu-idle", NONE, Kind.INTEGER, "1 to run only when nothing else does"),
            one("cpu-period", NONE, Kind.INTEGER, "Period in microseconds"),
            one("cpu-quota", NONE, Kind.INTEGER, "Microseconds in each period"),
            one("cpu-rt-period", NONE, Kind.INTEGER, "Period of realtime in microseconds"),
            one("cpu-rt-runtime", NONE, Kind.INTEGER, "Microseconds of realtime in each period"),
            one("cpu-share", NONE, Kind.INTEGER, "Share of processor time"),
            one("cpuset-cpus", NONE, Kind.TEXT, "Processors to use"),
            one("cpuset-mems", NONE, Kind.TEXT, "Memory nodes to use"),
            one("kernel-memory", NONE, Kind.TEXT, "Accepted; kernels have no such limit any more"),
            one("kernel-memory-tcp", NONE, Kind.TEXT, "Memory of TCP buffers"),
            one("memory", NONE, Kind.BYTES, "Memory in bytes"),
            one("memory-reservation", NONE, Kind.BYTES, "Memory below which none is reclaimed"),
            one("memory-swap", NONE, Kind.TEXT, "Memory and swap in bytes, -1 for no limit"),
            one("pids-limit", NONE, Kind.INTEGER, "Processes and threads, -1 for no limit"),
            one("resources", 'r', Kind.TEXT, "File with linux.resources as JSON, - for stdin"))
        .operands(1, 1, Operand.NONE);
  }
}
