# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an inventory of many instances costs beside a loop on the vendor's SDK and a static file of the same hosts.

It is measured and printed, never asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.simulator import running

REGIONS = ("ap-guangzhou", "ap-shanghai", "ap-beijing", "ap-singapore", "ap-tokyo", "eu-frankfurt", "ap-hongkong")
KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDsimulator", "TENCENTCLOUD_SECRET_KEY": "simulator-secret-key"}
GROUPED = {
    "keyed_groups": [{"prefix": "role", "key": "cvm_tags.role"}, {"prefix": "region", "key": "cvm_region"}],
    "compose": {"zone": "cvm_placement.zone", "instance_id": "cvm_instance_id"},
}
FEW = {"variables": ["instance_id", "instance_state", "tags"]}

SDK, STATIC = "loop on the SDK", "static file (JSON)"
LISTED = ("ansible-inventory", "--list")
READ = ("ansible", "all", "--list-hosts")


class Measured(NamedTuple):
    """What one case has cost: seconds of CPU, user and system, the best of some runs.

    Attributes:
        listed: with all variables printed.
        read: with the names of the hosts printed; the same for what is no inventory.
    """

    case: str
    hosts: int
    listed: float
    read: float


class Bench:
    """Runs commands on inventories of so many instances."""

    def __init__(self, folder: Path, url: str, regions: Sequence[str], runs: int) -> None:
        self.folder = folder
        self.url = url
        self.regions = regions
        self.runs = runs
        self.environment = {**os.environ, **KEYS, "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}

    def cost(self, *command: str) -> tuple[float, str]:
        """Seconds of CPU of a process and those it has waited for, the best of the runs, and what it printed."""
        return min((self._once(command) for _run in range(self.runs)), key=lambda run: run[0])

    def measured(self, case: str, file: Path) -> Measured:
        """What a file of an inventory costs."""
        listed, printed = self.cost(_script(LISTED[0]), "-i", str(file), *LISTED[1:])
        read, _names = self.cost(_script(READ[0]), "-i", str(file), *READ[1:])
        return Measured(case, len(json.loads(printed)["_meta"]["hostvars"]), listed, read)

    def plugin(self, name: str, options: Mapping[str, Any] | None = None) -> Path:
        """A file of the plugin in a folder of its own."""
        basics = {"plugin": "tencent.cloud.cvm", "endpoint": self.url, "regions": list(self.regions)}
        return self._written(name, "cvm.yml", yaml.safe_dump({**basics, "connect_with": "private", **(options or {})}))

    def static(self) -> tuple[Path, Path]:
        """The hosts and variables that the plugin finds as files, in JSON and in YAML."""
        _seconds, printed = self._once((_script(LISTED[0]), "-i", str(self.plugin("source")), *LISTED[1:]))
        listed = json.loads(printed, object_hook=_untagged)["_meta"]["hostvars"]
        hosts = {"all": {"hosts": listed}}
        written = yaml.dump(hosts, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))
        return self._written("json", "hosts.json", json.dumps(hosts)), self._written("yaml", "hosts.yml", written)

    def by_sdk(self) -> Measured:
        """What the loop costs."""
        host = self.url.removeprefix("http://")
        took, printed = self.cost(sys.executable, "-m", "tests.benchmarks.listed_by_sdk", host, *self.regions)
        return Measured(SDK, len(json.loads(printed)), took, took)

    def _written(self, folder: str, name: str, text: str) -> Path:
        path = self.folder / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def _once(self, command: Sequence[str]) -> tuple[float, str]:
        output = self.folder / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(command, env=self.environment, stdout=file, stderr=subprocess.DEVNULL)
            _pid, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: it ended with {process.returncode}.")
        return used.ru_utime + used.ru_stime, output.read_text(encoding="utf-8")


def cases(bench: Bench, *, with_yaml: bool) -> Iterable[Measured]:
    """Each case, measured."""
    cached = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(bench.folder / "cache")}
    as_json, as_yaml = bench.static()
    yield bench.by_sdk()
    yield bench.measured(STATIC, as_json)
    if with_yaml:
        yield bench.measured("static file (YAML)", as_yaml)
    yield bench.measured("plugin", bench.plugin("plain"))
    from_cache = bench.plugin("cached", cached)
    bench.measured("", from_cache)
    yield bench.measured("from the cache", from_cache)
    yield bench.measured("groups and compose", bench.plugin("grouped", GROUPED))
    yield bench.measured("the same, cached", bench.plugin("grouped-cached", {**GROUPED, **cached}))
    yield bench.measured("few variables", bench.plugin("few", FEW))
    yield bench.measured("the same, cached", bench.plugin("few-cached", {**FEW, **cached}))


def table(rows: Iterable[Measured]) -> Iterable[str]:
    """A line for each case, as soon as it was measured, with ratios to the loop and to the static file."""
    yield f"{'':20} {'hosts':>6}  {'listed':>8} {'/SDK':>6} {'/static':>8}  {'read':>8} {'/SDK':>6} {'/static':>8}"
    known: dict[str, Measured] = {}
    for row in rows:
        known.setdefault(row.case, row)
        sdk, static = known[SDK], known.get(STATIC, row)
        yield (
            f"{row.case:20} {row.hosts:6}"
            f"  {row.listed:6.2f} s {row.listed / sdk.listed:6.1f} {row.listed / static.listed:8.2f}"
            f"  {row.read:6.2f} s {row.read / sdk.read:6.1f} {row.read / static.read:8.2f}"
        )


def main() -> None:
    """Measure every case for each number of instances."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[2_500, 10_000])
    parser.add_argument("--regions", type=int, default=5)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--yaml", action="store_true", help="measure a static file in YAML, too, which takes long")
    parser.add_argument("--json", action="store_true", help="print an object for each case instead of a table")
    asked = parser.parse_args()
    regions = REGIONS[: asked.regions]
    for count in asked.counts:
        generate = {"count": count, "regions": list(regions), "tags": {"role": ["web", "db", "batch"]}}
        # By itself: the instances of the built-in world would be counted, too.
        world = {"rate_limits": False, "lag_seconds": 0, "generate": generate}
        with running(world, idle_exit=3_600) as simulator, tempfile.TemporaryDirectory() as folder:
            rows = cases(Bench(Path(folder), simulator.url, regions, asked.runs), with_yaml=asked.yaml)
            lines = (json.dumps(row._asdict()) for row in rows) if asked.json else table(rows)
            for line in lines:
                print(line, flush=True)


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _untagged(value: dict[str, Any]) -> Any:
    """`ansible-inventory` marks a text that is no template."""
    return value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else value


if __name__ == "__main__":
    main()
