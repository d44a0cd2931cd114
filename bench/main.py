"""Started by bench/run inside its namespaces: sets up, checks, measures, reports."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import amounts
import isolation
import measure
from engines import (
    Bundle,
    Crun,
    Docker,
    Engine,
    Hello,
    Mydocker,
    Place,
    Podman,
    Runc,
    UsualHello,
    docker_config,
    make_rootfs,
)
from library import Library
from runtimes import DockerOci, MydockerOci, PodmanOci, PodmanRunc, Runtime

ENGINES: dict[str, type[Engine]] = {
    engine.name: engine
    for engine in (
        Hello,
        UsualHello,
        Mydocker,
        Library,
        Docker,
        DockerOci,
        Podman,
        PodmanRunc,
        PodmanOci,
        Crun,
        Runc,
        MydockerOci,
        Runtime,
    )
}

CONTAINERS = 10
PARALLEL = 64
ROWS = {
    "run": "`run --rm busybox true`",
    "parallel": f"{PARALLEL} of them at once, the whole batch",
    "ps": f"`ps` with {CONTAINERS} running containers",
    "exec": "`exec c0 true`",
    "logs": "`logs c0`, ten lines",
    "inspect": "`inspect c0`",
    "life": "`create`, `start` and `delete` of `true`, by a runtime",
}
# Those that take no container beside.
ALONE = ("run", "parallel", "life")
# Measured only when --rows names them: each takes a minute or more.
AMOUNTS = {
    "memory": "Memory of a detached container, after 100 MB of logs and ten attaches",
    "attached": "Memory while attached: `run -it`",
    "throughput": "`yes` in a container that is logged",
    "import": "`import` of a root file system of 200 MB",
    "exchange": "`import`, `save` and `load` of an image of 200 MB",
    "pull": "`pull -q` of an image of 200 MB in three layers, from a registry on loopback",
    "many": "500 containers at once",
    "runtime-memory": "Memory of `create`, and of what it leaves",
}


def version(argv: list[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    return (done.stdout or done.stderr).strip().splitlines()[0]


def machine() -> str:
    memory = next(
        int(line.split()[1]) // 1024
        for line in Path("/proc/meminfo").read_text().splitlines()
        if line.startswith("MemTotal")
    )
    return (
        f"{os.cpu_count()} cores, {memory} MB, Linux {platform.release()}, "
        f"load {os.getloadavg()[0]:.1f} at the start"
    )


def commands_of(row: str, engines: list[Engine]) -> dict[Engine, list[list[str]]]:
    made = {}
    for engine in engines:
        if row == "run":
            argvs = [engine.run("true")]
        elif row == "life":
            argvs = [engine.life("true")]
        elif row == "parallel":
            argvs = [engine.run("true", number=number) for number in range(PARALLEL)]
        elif row == "ps":
            argvs = [engine.ps()]
        elif row == "exec":
            argvs = [engine.exec("c0", "true")]
        elif row == "logs":
            argvs = [engine.logs("c0")]
        else:
            argvs = [engine.inspect("c0")]
        if argvs[0] is not None:
            made[engine] = argvs
    return made


def start_containers(engine: Engine) -> None:
    engine.start("c0", "sh", "-c", "for i in 0 1 2 3 4 5 6 7 8 9; do echo line $i; done; sleep 9999")
    for number in range(1, CONTAINERS):
        engine.start(f"c{number}", "sleep", "9999")


def run(options: argparse.Namespace, engines: list[Engine], out) -> int:
    names = [engine.name for engine in engines]
    contained = [engine for engine in engines if not isinstance(engine, Hello)]

    found = {}
    for number, engine in enumerate(contained):
        found[engine.name] = isolation.inspect(engine, number)
    print("## Isolation, as the kernel reports it\n\n" + isolation.table(found), file=out)
    wrong = isolation.differences(found)
    if wrong:
        print("bench: the engines do not isolate equally:\n  " + "\n  ".join(wrong), file=sys.stderr)
        return 1

    rows = [row for row in ROWS if not options.rows or row in options.rows.split(",")]
    with open(options.out / "samples.jsonl", "w", encoding="utf-8") as raw:
        started = False
        for row in rows:
            if row not in ALONE and not started:
                print("\n## Memory of a detached container\n", file=out)
                for engine in contained:
                    before = measure.private_kilobytes()
                    start_containers(engine)
                    time.sleep(1)
                    each = (measure.private_kilobytes() - before) / CONTAINERS
                    print(f"- {engine.name}: {each:.0f} KB private, outside the container", file=out)
                started = True
            rounds = max(1, options.rounds // 4) if row == "parallel" else options.rounds
            samples = measure.measure(row, commands_of(row, engines), rounds, raw)
            print(f"\n## {ROWS[row]}\n\n" + measure.table(samples, names), file=out, flush=True)
    for row, title in AMOUNTS.items():
        if row in options.rows.split(","):
            found_amounts = amounts.report(row, engines, options.work, options.rounds)
            print(f"\n## {title}\n\n{found_amounts}", file=out, flush=True)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--checkout", type=Path, required=True)
    parser.add_argument("--cgroup", required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--engines", required=True)
    parser.add_argument("--rows", required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()

    measure.take_short_slices()
    place = Place(options.work, options.checkout, options.cgroup)
    make_rootfs(place.rootfs)
    names = ["hello", "hello-usual", *options.engines.split(",")]
    engines = [ENGINES[name](place) for name in names]
    docker = next((engine for engine in engines if type(engine) is Docker), None)
    needs_config = any(isinstance(engine, Bundle) for engine in engines)
    lender = docker or (Docker(place) if needs_config else None)

    begun: list[Engine] = [docker] if docker is not None else []
    try:
        if lender is not None:
            lender.set_up()
        if needs_config:
            docker_config(lender, place)
        if lender is not docker:
            lender.tear_down()
        for engine in engines:
            if engine is not docker:
                begun.append(engine)
                engine.set_up()
        with open(options.out / "report.md", "w", encoding="utf-8") as out:
            print(f"{machine()}; {options.rounds} rounds\n", file=out)
            for name, argv in {
                "docker": ["/usr/bin/docker", "--version"],
                "podman": ["/usr/bin/podman", "--version"],
                "crun": ["/usr/bin/crun", "--version"],
                "runc": ["/usr/sbin/runc", "--version"],
            }.items():
                if name in names:
                    print(f"- {version(argv)}", file=out)
            print(file=out)
            status = run(options, engines, out)
        print((options.out / "report.md").read_text())
        return status
    finally:
        for engine in begun:
            engine.tear_down()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RuntimeError as failure:
        print(f"bench: {failure}", file=sys.stderr)
        sys.exit(1)
