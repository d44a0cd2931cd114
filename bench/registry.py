"""A registry on loopback with an image in it, and how long it takes to bring that from there."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import socket
import subprocess
import tarfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from engines import DockerLike, Engine, call

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYERS = 3


class Registry:
    """Debian's docker-registry."""

    def __init__(self, work: Path):
        self.directory = work / "registry"
        self.directory.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = self.directory / "config.yml"
        config.write_text(
            "version: 0.1\nlog: {level: error}\n"
            f"storage: {{filesystem: {{rootdirectory: {self.directory}/data}}}}\n"
            f"http: {{addr: 127.0.0.1:{self.port}}}\n"
        )
        with open(self.directory / "log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                ["/usr/bin/docker-registry", "serve", str(config)], stdout=log, stderr=log
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("docker-registry does not start") from None
                time.sleep(0.05)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.directory)

    def ask(self, method: str, url: str, body: bytes = b"", kind: str = "") -> str:
        whole = urllib.parse.urljoin(f"http://127.0.0.1:{self.port}/v2/bench/", url)
        request = urllib.request.Request(whole, body, method=method)
        request.add_header("Content-Type", kind or "application/octet-stream")
        with urllib.request.urlopen(request) as answer:
            return answer.headers.get("Location", "")

    def blob(self, content: bytes, kind: str) -> dict[str, object]:
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        place = self.ask("POST", "blobs/uploads/")
        separator = "&" if "?" in place else "?"
        self.ask("PUT", f"{place}{separator}digest={digest}", content)
        return {"mediaType": kind, "digest": digest, "size": len(content)}

    def put(self, archive: Path) -> str:
        """An image with the files of an archive, in layers of about the same size; its name."""
        whole = os.path.getsize(archive)
        layers, diff_ids = [], []
        with tarfile.open(archive) as source:
            members = iter(source.getmembers())
            for number in range(LAYERS):
                part = archive.with_suffix(".part")
                with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as target:
                    for member in members:
                        content = source.extractfile(member) if member.isreg() else None
                        target.addfile(member, content)
                        if number < LAYERS - 1 and target.offset > whole / LAYERS:
                            break
                plain = part.read_bytes()
                part.unlink()
                diff_ids.append("sha256:" + hashlib.sha256(plain).hexdigest())
                layers.append(self.blob(gzip.compress(plain, 6), LAYER))
        config = {
            "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine],
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.blob(json.dumps(config).encode(), CONFIG),
            "layers": layers,
        }
        self.ask("PUT", "manifests/1", json.dumps(manifest).encode(), MANIFEST)
        return f"localhost:{self.port}/bench:1"


def pull_times(engines: list[Engine], archive: Path, rounds: int) -> dict[str, list[float]]:
    """From a registry on loopback to an image that containers can be made of."""
    registry = Registry(archive.parent)
    times: dict[str, list[float]] = {}
    try:
        name = registry.put(archive)
        archive.unlink()
        for number in range(-1, rounds):
            for engine in engines:
                if type(engine).__name__ not in ("Mydocker", "Docker", "Podman"):
                    continue
                assert isinstance(engine, DockerLike)
                insecure = ["--tls-verify=false"] if engine.name == "podman" else []
                os.sync()
                begin = time.monotonic()
                call([*engine.base(), "pull", "-q", *insecure, name], engine.env)
                if number >= 0:
                    times.setdefault(engine.name, []).append(time.monotonic() - begin)
                call([*engine.base(), "rmi", "-f", name], engine.env)
    finally:
        registry.close()
    return times
