# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role without a login: regions and accounts, a slice of a job, a password in a vault, backups that grow old."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.harness import Ansible, Run
from tests.simulator import Running, running
from tests.simulator.world import OPERATED

from .role.servers import ROLE, SOON, prefixed

PASSWORD = "New-Password-7"
REGIONS = ("ap-guangzhou", "ap-shanghai")
IDS = [f"ins-g{index:07}" for index in range(4)]
SLICE = IDS[:2]
OWN_IMAGE = {"ImageType": "PRIVATE_IMAGE", "ImageSource": "CREATE_IMAGE", "ImageCreator": "100000000001"}
IMAGES = {
    "img-old00000": {**OWN_IMAGE, "ImageName": f"reset-{IDS[0]}-old", "CreatedTime": "2020-01-01T00:00:00Z"},
    "img-young000": {**OWN_IMAGE, "ImageName": f"reset-{IDS[0]}-young", "CreatedTime": "2999-01-01T00:00:00Z"},
    "img-foreign0": {**OWN_IMAGE, "ImageName": "reset-by-hand", "CreatedTime": "2020-01-01T00:00:00Z"},
}
WORLD = {
    "extends": "builtin",
    "rate_limits": False,
    "instance_defaults": OPERATED,
    "generate": {"count": len(IDS), "regions": list(REGIONS)},
    "images": IMAGES,
    "image_seconds": 0.2,
    "snapshot_seconds": 0.2,
}


@pytest.fixture
def simulator() -> Iterator[Running]:
    """Instances that are in two regions in turn."""
    with running(WORLD, reset_seconds=0.2, lag_seconds=0) as one:
        yield one


def carry(
    folder: Path, simulator: Running, *arguments: str, defaults: Mapping[str, Any] | None = None, **options: Any
) -> Run:
    """Run the role for all instances.

    Args:
        defaults: options of the API's connection beside the endpoint; otherwise the region of the host.
        options: variables of the role.
    """
    variables = {
        "image_id": "img-pmqg1cw7",
        "login_settings": {"password": PASSWORD},
        "login": False,
        "confirm": IDS,
        "wait_interval": 0.1,
        "report_dir": "",
        "state_dir": str(folder / "state"),
        **options,
    }
    hosts = {
        one: {"cvm_instance_id": one, "cvm_region": REGIONS[index % 2], "profile_of_host": f"profile{index}"}
        for index, one in enumerate(IDS)
    }
    group = {"endpoint": simulator.url, **({"region": "{{ cvm_region }}"} if defaults is None else defaults)}
    play = {
        "hosts": "all",
        "gather_facts": False,
        "module_defaults": {"group/tencent.cloud.all": group, **SOON},
        "roles": [ROLE],
    }
    inventory = {"all": {"hosts": hosts, "vars": prefixed(variables)}}
    (folder / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    (folder / "site.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    return Ansible(folder, simulator).command("ansible-playbook", "-i", "hosts.yml", "site.yml", *arguments)


@pytest.fixture
def _open_umask() -> Iterator[None]:
    """One by which all that does not say otherwise could be changed by everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_open_umask")
def test_each_host_is_reset_in_its_region(tmp_path: Path, simulator: Running) -> None:
    """And what is written about it is for nobody else."""
    run = carry(tmp_path, simulator, report_dir=str(tmp_path / "made" / "reports"))
    assert run.code == 0, run.everything
    made = [*(tmp_path / "made").rglob("*"), *(tmp_path / "state").rglob("*"), tmp_path / "made", tmp_path / "state"]
    assert {path.suffix for path in made} == {"", ".json", ".html"}
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600, 0o700}
    state = simulator.state()
    assert state["accepted"] == dict.fromkeys(IDS, 1)
    assert not run.is_noisy


def test_hosts_of_several_accounts_are_not_taken_for_those_of_one(tmp_path: Path, simulator: Running) -> None:
    defaults = {"region": "{{ cvm_region }}", "profile": "{{ profile_of_host }}"}
    run = carry(tmp_path, simulator, defaults=defaults)
    assert run.code != 0
    assert "module_defaults: profile of the group tencent.cloud.all differs between hosts" in run.out
    assert simulator.state()["calls"] == []


def test_a_slice_of_a_job_resets_its_own_hosts_of_those_that_were_confirmed(tmp_path: Path, simulator: Running) -> None:
    limit = ("--limit", ",".join(SLICE))
    run = carry(tmp_path, simulator, *limit)
    assert run.code != 0
    assert simulator.state()["accepted"] == {}
    run = carry(tmp_path, simulator, *limit, job_slice=True)
    assert run.code == 0, run.everything
    assert simulator.state()["accepted"] == dict.fromkeys(SLICE, 1)


def test_a_slice_of_a_job_has_no_host_that_was_not_confirmed(tmp_path: Path, simulator: Running) -> None:
    run = carry(tmp_path, simulator, "--limit", ",".join(SLICE), job_slice=True, confirm=IDS[1:])
    assert run.code != 0
    assert simulator.state()["accepted"] == {}


def test_a_password_that_is_sealed_in_the_inventory(tmp_path: Path, simulator: Running) -> None:
    """As `ansible-vault encrypt_string` writes it: such a value is a tagged text, and within a mapping."""
    opener = tmp_path / "opener"
    opener.write_text("opens-the-vault\n", encoding="utf-8")
    vault = ("--vault-password-file", str(opener))
    sealed = Ansible(tmp_path, simulator).command(
        "ansible-vault", "encrypt_string", *vault, "--name=password", PASSWORD
    )
    assert sealed.code == 0, sealed.everything
    indented = sealed.out.replace("\n", "\n  ")
    (tmp_path / "login.yml").write_text(f"reset_instance_login_settings:\n  {indented}", encoding="utf-8")
    run = carry(tmp_path, simulator, *vault, "-e", "@login.yml", login_settings={})
    assert run.code == 0, run.everything
    sent = ["LoginSettings.Password" in one["parameters"] for one in Ansible(tmp_path, simulator).resets]
    assert sent == [True] * len(IDS)
    assert PASSWORD not in run.everything


def test_old_images_are_deleted_where_that_is_asked_for(tmp_path: Path, simulator: Running) -> None:
    options = {"backup": "image", "backup_force_poweroff": True, "confirm": IDS[:1]}
    run = carry(tmp_path, simulator, "--limit", IDS[0], **options)
    assert run.code == 0, run.everything
    assert {*IMAGES} <= {*simulator.state()["images"]}
    run = carry(tmp_path, simulator, "--limit", IDS[0], **options, backup_keep_days=7)
    assert run.code == 0, run.everything
    left = simulator.state()["images"]
    assert {*IMAGES} & {*left} == {"img-young000", "img-foreign0"}
    made = [one for one in left.values() if one["ImageName"].startswith(f"reset-{IDS[0]}-")]
    assert len(made) == 3


def test_a_snapshot_has_a_deadline_where_that_is_asked_for(tmp_path: Path, simulator: Running) -> None:
    for days in (0, 7):
        run = carry(tmp_path, simulator, "--limit", IDS[0], confirm=IDS[:1], backup="snapshot", backup_keep_days=days)
        assert run.code == 0, run.everything
    snapshots = simulator.state()["snapshots"].values()
    made = [one["DeadlineTime"] for one in snapshots if one["SnapshotName"].startswith(f"reset-{IDS[0]}-")]
    assert sorted(map(bool, made)) == [False, True]
