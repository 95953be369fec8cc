# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Eight processes of the module that reset the same 40 instances at the same time, over real sockets."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import Running, running
from tests.simulator.world import OPERATED

from .processes import CONNECTION, environment

MODULE = "ansible_collections.tencent.cloud.plugins.modules.cvm_reset_instances"
PROCESSES = 8
INSTANCES = 40
IDS = [f"ins-g{number:07}" for number in range(INSTANCES)]
IMAGE = "img-pmqg1cw7"
RESET_SECONDS = 2.0
SHORT = 0.2
"""Seconds of a reset that is over before a rival sends: the service's refusal then hides no second one."""
PATIENCE = 240.0
"""Real seconds after which a process is given up."""


@pytest.fixture(params=[RESET_SECONDS])
def simulator(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A simulator with instances that somebody has operated before."""
    with running(idle_exit=600) as simulator:
        simulator.faults([])
        simulator.world(
            {
                "extends": "builtin",
                "generate": {"count": INSTANCES},
                "reset_seconds": request.param,
                "rate_limits": False,
                "lag_seconds": 0.5,
                "tag_lag_seconds": 0.5,
                "instance_defaults": OPERATED,
            }
        )
        yield simulator


@contextmanager
def started(collection: Path, options: dict[str, Any], folder: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """So many processes of the module with the same options; none is left behind."""
    arguments = folder / "arguments.json"
    arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}), encoding="utf-8")
    processes = []
    try:
        for number in range(PROCESSES):
            with (
                arguments.open(encoding="utf-8") as given,
                (folder / f"{number}.json").open("w", encoding="utf-8") as out,
            ):
                processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", MODULE],
                        env={**environment(collection), "ANSIBLE_REMOTE_TEMP": str(folder)},
                        cwd=folder,
                        stdin=given,
                        stdout=out,
                        stderr=subprocess.STDOUT,
                        text=True,
                    )
                )
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def results(collection: Path, simulator: Running, folder: Path, **options: Any) -> list[dict[str, Any]]:
    """What each of the processes reports."""
    whole = {
        **CONNECTION,
        "endpoint": simulator.url,
        "instances": [{"instance_id": one} for one in IDS],
        "image_id": IMAGE,
        "login_settings": {"key_ids": ["skey-b4vakk62"]},
        "wait_interval": 1,
        "settle_seconds": 305,
        "skip_refused": True,
        **options,
    }
    with started(collection, whole, folder) as processes:
        for process in processes:
            process.wait(PATIENCE)
    return [json.loads((folder / f"{number}.json").read_text(encoding="utf-8")) for number in range(PROCESSES)]


def accepted(simulator: Running) -> dict[str, set[str]]:
    """The RequestIds of the resets that were accepted, by instance."""
    ids: dict[str, set[str]] = {one: set() for one in IDS}
    for call in simulator.state()["calls"]:
        if call["action"] == "ResetInstance" and call["accepted"]:
            ids[call["instance_id"]].add(call["request_id"])
    return ids


def check_truth(told: list[dict[str, Any]], truth: dict[str, set[str]]) -> None:
    """Hold each report against what was accepted."""
    for report in told:
        assert [one["instance_id"] for one in report["results"]] == IDS
        assert bool(report.get("failed")) is any(not _ok(one) for one in report["results"])
        counts = Counter(one["outcome"] for one in report["results"])
        assert report["summary"]["outcomes"] == counts
        for one in report["results"]:
            if one["outcome"] in ("done", "accepted", "failed"):
                assert one["request_id"] in truth[one["instance_id"]], one
            assert one["outcome"] in ("done", "unchanged", "refused", "unknown"), one
            assert one["outcome"] != "refused" or not one["changed"], one


def _ok(one: dict[str, Any]) -> bool:
    return one["outcome"] in ("done", "unchanged")


@pytest.mark.parametrize("simulator", [SHORT], indirect=True)
def test_of_eight_runs_with_one_key_each_instance_is_reset_by_one(
    collection: Path, simulator: Running, tmp_path: Path
) -> None:
    options = {"policy": "once", "idempotency_key": "CHG-1"}
    told = results(collection, simulator, tmp_path, **options)
    truth = accepted(simulator)
    check_truth(told, truth)
    assert max(map(len, truth.values())) == 1
    senders = Counter(one["instance_id"] for report in told for one in report["results"] if one["submissions"])
    assert set(senders) >= {one for one, ids in truth.items() if ids}
    for one in IDS:
        outcomes = {
            result["outcome"] for report in told for result in report["results"] if result["instance_id"] == one
        }
        # A claim that took too long on a busy machine counts for nothing, and then nobody resets.
        assert ("done" in outcomes) is bool(truth[one]), (one, outcomes)
        assert outcomes <= {"done", "unchanged", "refused"}, (one, outcomes)
    assert sum(map(len, truth.values())) >= INSTANCES // 2


def test_of_eight_runs_without_a_key_none_sends_into_the_reset_of_another(
    collection: Path, simulator: Running, tmp_path: Path
) -> None:
    told = results(collection, simulator, tmp_path, wait_timeout=100)
    truth = accepted(simulator)
    check_truth(told, truth)
    assert all(1 <= len(ids) <= PROCESSES for ids in truth.values())
    told_ids = {one["request_id"] for report in told for one in report["results"] if one["request_id"]}
    assert told_ids == set().union(*truth.values())
    outcomes = Counter(one["outcome"] for report in told for one in report["results"])
    # A reset that is followed by another one at once may be missed.
    assert outcomes["done"] > outcomes["unknown"]
    busy = [call for call in simulator.state()["calls"] if "InProgress" in str(call["code"])]
    refused = [one for report in told for one in report["results"] if "running on the instance" in str(one["problems"])]
    assert busy or refused
