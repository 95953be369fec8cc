# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a run: where it is written, from what, and when it is not."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role import pages
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from tests.unit.support.role_hosts import begun, judged, memory

ROLE = Path(__file__).resolve().parents[5] / "roles" / "reset_instance"
IDS = {"web1": "ins-web00001", "web2": "ins-web00002"}


def host(folder: Path, name: str = "web1", report_dir: str | None = None, **found: Any) -> Memory:
    """A host that has written its report."""
    frozen = {**begun(name, IDS[name], report_dir=str(folder) if report_dir is None else report_dir), **found}
    one = memory(frozen, caller={"account_id": "100000000001"})
    names = judged(frozen)["hosts"][name]["names"]
    if names["report_folder"]:
        place = folder / "run"
        place.mkdir(mode=0o700, exist_ok=True)
        report = {"host": name, "instance_id": IDS[name], "run_id": "run", "status": "done", "stage": "fresh"}
        (place / names["report_file"]).write_text(json.dumps(report), encoding="utf-8")
    return one


def written(
    own: Memory, everybody: Mapping[str, Memory] | None = None, active: tuple[str, ...] = (), **more: Any
) -> str:
    variables = {"ansible_play_hosts": list(active), "role_path": str(ROLE), **more}
    return pages.page(variables, own, {"web1": own} if everybody is None else everybody, 200.0)


def test_a_page_is_written_for_its_user_alone(tmp_path: Path) -> None:
    path = written(host(tmp_path))
    assert path == str(tmp_path / "run" / "index.html")
    assert os.stat(path).st_mode & 0o777 == 0o600
    text = Path(path).read_text(encoding="utf-8")
    assert IDS["web1"] in text
    assert getpass.getuser() in text


@pytest.mark.parametrize(
    ("found", "report_dir"),
    [({"check": True}, None), ({}, "")],
    ids=["check mode", "no folder is wanted"],
)
def test_no_page_is_written_where_none_is_wanted(tmp_path: Path, found: dict[str, Any], report_dir: str | None) -> None:
    assert written(host(tmp_path, report_dir=report_dir, **found)) == ""
    assert not list(tmp_path.glob("**/index.html"))


def test_no_page_is_written_into_a_folder_that_is_not_there_or_not_ones_own(tmp_path: Path) -> None:
    own = host(tmp_path)
    (tmp_path / "run").chmod(0o777)
    assert written(own) == ""
    (tmp_path / "run").rename(tmp_path / "gone")
    assert written(own) == ""
    assert written(memory(begun(report_dir=str(tmp_path)), judged={})) == ""


def test_a_page_that_somebody_planted_is_not_followed(tmp_path: Path) -> None:
    own = host(tmp_path)
    (tmp_path / "run" / "index.html").symlink_to(tmp_path / "elsewhere")
    assert written(own) == ""
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(("active", "word"), [(("web2",), "waiting"), ((), "lost")])
def test_a_host_without_a_report_is_still_to_come_or_was_lost(
    tmp_path: Path, active: tuple[str, ...], word: str
) -> None:
    own = host(tmp_path)
    text = Path(written(own, {"web1": own, "web2": Memory({})}, active)).read_text(encoding="utf-8")
    assert "web2" in text
    assert word in text.lower()


def test_a_host_that_has_begun_and_left_no_report_was_lost(tmp_path: Path) -> None:
    own, other = host(tmp_path), host(tmp_path, "web2")
    (tmp_path / "run" / "web2.json").unlink()
    text = Path(written(own, {"web1": own, "web2": other}, ("web1", "web2"))).read_text(encoding="utf-8")
    assert "waiting" not in text.lower()
    assert "lost" in text.lower()


@pytest.mark.parametrize("prefix", ["awx_", "tower_"])
def test_a_job_says_who_started_it(tmp_path: Path, prefix: str) -> None:
    job = {f"{prefix}user_name": "Alice A.", f"{prefix}job_id": 4711, f"{prefix}job_template_name": "Reset web"}
    text = Path(written(host(tmp_path), **job)).read_text(encoding="utf-8")
    assert [word for word in ("Alice A.", "4711", "Reset web") if word not in text] == []


def test_who_has_no_name_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert written(host(tmp_path))
