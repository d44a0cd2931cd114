"""The life of a container by an OCI runtime's three commands, and the memory that it takes."""

from __future__ import annotations

import os
import resource
import select
import time
from pathlib import Path

# What an engine that is such a runtime has in place of a command line.
LIFE = "life"
HELD = 4


def await_end(pid: int) -> None:
    """Until a process has ended, reaped or not."""
    try:
        opened = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if not select.select([opened], [], [], 20)[0]:
            raise RuntimeError(f"process {pid} does not end")
    finally:
        os.close(opened)


def spend(argv: list[str], env: dict[str, str], errors: Path) -> float:
    """Runs a command to its end; the milliseconds from before its spawn until it was reaped."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, str(errors), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    before = time.perf_counter_ns()
    pid = os.posix_spawn(argv[0], argv, env, file_actions=actions)
    _, status = os.waitpid(pid, 0)
    after = time.perf_counter_ns()
    if status != 0:
        raise RuntimeError(f"{' '.join(argv)}: {errors.read_text().strip()}")
    return (after - before) / 1e6


def create_argv(engine, name: str, *command: str) -> tuple[list[str], Path]:
    """The command line that creates a container, and the file that gets its process's number."""
    bundle = engine.bundle(name, command)
    pid_file = bundle / "pid"
    argv = ["create", "--bundle", str(bundle), "--pid-file", str(pid_file), name]
    return [*engine.base(), *argv], pid_file


def lifetime(engine, *command: str) -> tuple[float, float]:
    """create, start and delete; what lies between, until the command has ended, does not count."""
    errors = engine.place.work / "errors"
    create, pid_file = create_argv(engine, "life", *command)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    elapsed = spend(create, engine.env, errors)
    pid = int(pid_file.read_text())
    elapsed += spend([*engine.base(), "start", "life"], engine.env, errors)
    await_end(pid)
    elapsed += spend([*engine.base(), "delete", "life"], engine.env, errors)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return elapsed, cpu * 1e3


def peak_kilobytes(argv: list[str], env: dict[str, str], work: Path) -> int:
    """The largest resident size of a command or of a process that it waited for."""
    peak = work / "peak"
    # By a small program: a process is charged with what its parent has at the moment of execve(2).
    timed = ["/usr/bin/time", "-f", "%M", "-o", str(peak), *argv]
    spend(timed, env, work / "errors")
    return int(peak.read_text())


def own_kilobytes(pid: int) -> int:
    """What a process holds alone."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_"))


def memory(engine, outside) -> str:
    """Of `create`, of the process that waits for its start, and what stays when the command runs."""
    peaks, waiting, names = [], [], [f"held{number}" for number in range(HELD)]
    before = outside()
    for name in names:
        create, pid_file = create_argv(engine, name, "sleep", "9999")
        peaks.append(peak_kilobytes(create, engine.env, engine.place.work))
        waiting.append(own_kilobytes(int(pid_file.read_text())))
    for name in names:
        spend([*engine.base(), "start", name], engine.env, engine.place.work / "errors")
    stays = (outside() - before) / HELD
    for name in names:
        argv = [*engine.base(), "delete", "--force", name]
        spend(argv, engine.env, engine.place.work / "errors")
    return f"| {engine.name} | {sorted(peaks)[HELD // 2]} | {sorted(waiting)[HELD // 2]} | {stays:.0f} |"


def memory_table(engines, outside) -> str:
    """A line for each engine; the function says what all processes outside of containers hold."""
    lines = [
        "| | peak of `create`, KB | private while created, KB | outside while it runs, KB |",
        "|---|---:|---:|---:|",
    ]
    for engine in engines:
        if engine.life("true") and engine.run("true"):
            lines.append(memory(engine, outside))
    return "\n".join(lines)
