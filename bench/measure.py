"""Times whole processes, engine by engine within each round."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import random
import statistics
import struct
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from engines import Engine

# Lets what an engine does after its command has returned not be charged to the next.
PAUSE = 0.05
WARM_UP = 2


def take_short_slices() -> None:
    """Has the scheduler run us, and all that we start, soon after each wake-up (sched_setattr(2)).

    The largest share of a busy machine still waits for the others' slices to end. Kernels before
    6.12 refuse, which makes the measurement noisier and nothing else.
    """
    number = {"x86_64": 314, "aarch64": 274}.get(platform.machine())
    if number is not None:
        nanoseconds = 100_000
        attributes = struct.pack("=IIQiIQQQII", 56, 0, 0, 0, 0, nanoseconds, 0, 0, 0, 0)
        ctypes.CDLL(None).syscall(number, 0, attributes, 0)


@dataclass
class Sample:
    row: str
    engine: str
    round: int
    milliseconds: float
    # Of the command and the children it waited for; daemons and monitors are not in it.
    cpu_milliseconds: float


def time_together(argvs: list[list[str]], env: dict[str, str], errors: Path) -> tuple[float, float]:
    """All at once; from before the first spawn until the last has been reaped."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, str(errors), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
    ]
    errors.unlink(missing_ok=True)
    before = time.perf_counter_ns()
    running = [os.posix_spawn(argv[0], argv, env, file_actions=actions) for argv in argvs]
    cpu, failed = 0.0, 0
    for pid in running:
        _, status, usage = os.wait4(pid, 0)
        cpu += usage.ru_utime + usage.ru_stime
        failed += os.waitstatus_to_exitcode(status) != 0
    after = time.perf_counter_ns()
    if failed:
        raise RuntimeError(f"{' '.join(argvs[0])}: {failed} failed: {errors.read_text().strip()}")
    return (after - before) / 1e6, cpu * 1e3


def measure(row: str, commands: dict[Engine, list[list[str]]], rounds: int, raw) -> list[Sample]:
    """Interleaved, in an order that differs from round to round and is the same every time.

    An engine's commands are one, or several that are started together.
    """
    order = list(commands)
    shuffle = random.Random(row)
    samples = []
    for number in range(-(WARM_UP if rounds > 1 else 1), rounds):
        shuffle.shuffle(order)
        for engine in order:
            time.sleep(PAUSE)
            errors = engine.place.work / "errors"
            argvs = commands[engine]
            elapsed, cpu = engine.perform(argvs) or time_together(argvs, engine.env, errors)
            if number < 0:
                continue
            sample = Sample(row, engine.name, number, round(elapsed, 3), round(cpu, 3))
            samples.append(sample)
            raw.write(json.dumps(asdict(sample)) + "\n")
    raw.flush()
    return samples


def table(samples: list[Sample], names: list[str]) -> str:
    """Medians and their ratios; the milliseconds are of the machine that measured."""
    times = {
        name: [sample.milliseconds for sample in samples if sample.engine == name] for name in names
    }
    medians = {name: statistics.median(values) for name, values in times.items() if values}
    # Runtimes are held against runc where mydocker is not among the engines.
    base = "mydocker" if "mydocker" in medians else "runc"
    lines = [
        f"| | min | median | max | median ÷ {base} | median ÷ hello | median − hello | CPU |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in names:
        if name not in medians:
            lines.append(f"| {name} | | | | | | | |")
            continue
        values = times[name]
        cpu = statistics.median(s.cpu_milliseconds for s in samples if s.engine == name)
        to_base = f"{medians[name] / medians[base]:.2f}" if base in medians else ""
        to_hello, above = "", ""
        if "hello" in medians:
            to_hello = f"{medians[name] / medians['hello']:.2f}"
            above = f"{medians[name] - medians['hello']:+.1f}"
        lines.append(
            f"| {name} | {min(values):.1f} | {medians[name]:.1f} | {max(values):.1f} | {to_base} "
            f"| {to_hello} | {above} | {cpu:.1f} |"
        )
    return "\n".join(lines)


def private_kilobytes() -> int:
    """What all processes outside of containers hold alone."""
    ours = os.readlink("/proc/self/ns/pid")
    total = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{process}/ns/pid") != ours or int(process) == os.getpid():
                continue
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_"))
    return total
