# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long `ansible-inventory --list` takes for many instances: measured and printed, never asserted."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.simulator import running

REGIONS = ("ap-guangzhou", "ap-shanghai", "ap-beijing", "ap-singapore", "ap-tokyo", "eu-frankfurt", "ap-hongkong")
KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDsimulator", "TENCENTCLOUD_SECRET_KEY": "simulator-secret-key"}
GROUPED = {
    "keyed_groups": [{"prefix": "role", "key": "cvm_tags.role"}, {"prefix": "region", "key": "cvm_region"}],
    "compose": {"instance_id": "cvm_instance_id"},
}


def seconds(file: Path, options: Mapping[str, Any]) -> tuple[float, int]:
    """How long one run takes, and how many hosts it finds."""
    file.write_text(yaml.safe_dump(dict(options)), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(file), "--list"]
    began = time.perf_counter()
    ended = subprocess.run(command, env={**os.environ, **KEYS}, capture_output=True, text=True, check=True)
    return time.perf_counter() - began, len(json.loads(ended.stdout)["_meta"]["hostvars"])


def main() -> None:
    """Measure each kind of run and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_500)
    parser.add_argument("--regions", type=int, default=5)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    regions = list(REGIONS[: asked.regions])
    generate = {"count": asked.count, "regions": regions, "tags": {"role": ["web", "db", "batch"]}}
    # By itself: the instances of the built-in world would be counted, too.
    world = {"rate_limits": False, "lag_seconds": 0, "generate": generate}
    with running(world) as simulator, tempfile.TemporaryDirectory() as folder:
        plain = {"plugin": "tencent.cloud.cvm", "endpoint": simulator.url, "regions": regions}
        cached = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": f"{folder}/cache"}
        kinds = {"plain": plain, "one region": {**plain, "regions": regions[:1]}, "with groups": {**plain, **GROUPED}}
        file = Path(folder, "cvm.yml")
        seconds(file, {**plain, **cached})
        for kind, options in {**kinds, "from the cache": {**plain, **cached}}.items():
            runs = [seconds(file, options) for _run in range(asked.runs)]
            times = [took for took, _hosts in runs]
            print(f"{kind:15} {runs[0][1]:5} hosts  median {statistics.median(times):.2f} s  best {min(times):.2f} s")


if __name__ == "__main__":
    main()
