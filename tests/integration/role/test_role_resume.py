# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that was killed in any phase and is started again goes on where it was, and resets nobody twice.

On its way a server's runs are killed several times, each time later than before: what a kill has left must not keep the
next run from coming further. The ways are gone side by side, since a run with a key sleeps much.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.connection import CONNECTION_SPEC, client_from
from ansible_collections.tencent.cloud.plugins.module_utils._clock import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_entry import Entry, tag_key_of
from ansible_collections.tencent.cloud.plugins.module_utils._services.tag import InstanceTag
from tests.integration.processes import CONNECTION

from .hooks import notes
from .killing import Kill, Moment, backups, held, killed, logged, options, phases, shown, stage, task, waiting
from .servers import NEW, OLD, Controller, lone_servers

AT_A_TIME = 3
LATER = "reset_instance_trust,reset_instance_login,reset_instance_verify,reset_instance_after"
DEFAULTS = {name: option.get("default") for name, option in CONNECTION_SPEC.items()}
CLAIM_IS_OVER = 400
"""Seconds after which a request of its owner can no longer take effect either."""
WORLD = {"reset_seconds": 3, "snapshot_seconds": 3, "image_seconds": 12, "rollback_seconds": 15}
"""Operations that are still under way when their run is killed; the longer ones when the next run meets them."""


def resets(controller: Controller) -> int:
    """How many resets of the server were accepted."""
    return controller.accepted.get(controller.confirmation, 0)


def assert_in_service(controller: Controller, hooks: list[str]) -> None:
    """The server was reset once and has its new system, and nothing waits for a further run."""
    assert resets(controller) == 1
    assert notes(controller) == [f"{hook} web" for hook in hooks]
    assert "/finished/" in controller.tag("web")
    assert controller.ssh("web", "ubuntu").stdout == "ubuntu\n"
    assert not list((controller.folder / "state").glob("*"))


def assert_finished(controller: Controller, hooks: list[str], **given: Any) -> None:
    """A further run finds nothing to do: it is in service."""
    run = controller.carry(**given)
    assert run.code == 0, run.everything
    assert (stage(run.log), phases(run.log)) == ("finished", ["preflight"])
    assert controller.report("web")["status"] == "finished"
    assert_in_service(controller, hooks)


def assert_rolled_back(controller: Controller, accepted: int, **given: Any) -> None:
    """A further run rolled back: it is the old system, for good."""
    run = controller.carry(**given)
    assert run.code == 2, run.everything
    assert stage(run.log) == "rollback"
    assert controller.report("web")["status"] == "rolled_back", run.everything
    assert "/rolled_back/" in controller.tag("web")
    assert controller["web"].run("cat /srv/file") == "precious\n"
    assert controller.ssh("web", "root").stdout == "root\n"
    assert resets(controller) == accepted
    assert not list((controller.folder / "state").glob("*"))
    again = controller.carry(**given)
    assert again.code == 2
    assert "is rolled_back" in again.out
    assert phases(again.log) == ["preflight"]
    assert resets(controller) == accepted


def expire(controller: Controller) -> None:
    """Let the claim of a killed run be over: five minutes of waiting, written into the log by its own means."""
    client = client_from({**DEFAULTS, **CONNECTION, "endpoint": controller.simulator.url}, Clock())
    over = Entry.of(controller.tag("web"))._replace(expires_at=int(time.time()) - CLAIM_IS_OVER)
    InstanceTag(client, controller.confirmation, tag_key_of(controller.confirmation)).set(over.as_value())


# --- the ways


def resumed(
    controller: Controller, kind: str, early: list[Kill], late: list[Kill], hooks: list[str], host_keys: str
) -> None:
    """Killed before the reset, each time later than before, and after it likewise; the last run comes to the end."""
    given = {**options(controller), "backup": kind.lower(), "rollback": True, "host_keys": host_keys}
    for kill in early:
        killed(controller, kill, **given)
        assert resets(controller) == 0
    for kill in late:
        expected = "resume" if resets(controller) else "fresh"
        assert stage(killed(controller, kill, **given)) == expected
        assert resets(controller) == 1
        assert controller.report("web")["status"] == "running"
    run = controller.carry(**given)
    assert run.code == 0, run.everything
    assert not {"before", "backup", "rescue"} & set(phases(run.log))
    report = controller.report("web")
    assert (report["status"], report["stage"], report["failure"]) == ("done", "resume", None)
    assert (report["before"]["image_id"], report["after"]["image_id"]) == (OLD, NEW)
    (backup,) = backups(controller, kind)
    assert report["backup"]["id"] == backup[f"{kind}Id"]
    assert_in_service(controller, hooks)
    assert_finished(controller, hooks, **given)


def never_sent(controller: Controller) -> None:
    """Killed when it might have sent: the next run must wait until that is over, and then finds out that it did not.

    That one is killed when all is done, but not yet tidied up.
    """
    given = {**options(controller), "backup": "snapshot"}
    killed(controller, Kill("reset", held("ResetInstance")), **given)
    assert "/pending/" in controller.tag("web")
    refused = controller.carry(**given)
    assert refused.code == 2
    assert re.search("Its claim expires in [12][0-9]{2} seconds: run the task again after that", refused.out)
    assert phases(refused.log) == ["preflight"]
    assert resets(controller) == 0
    expire(controller)
    controller.carry("--tags", LATER, **given)
    assert (stage(controller.logged), phases(controller.logged), resets(controller)) == ("resume", ["preflight"], 0)
    assert stage(killed(controller, Kill("after", logged("finished")), **given)) == "resume"
    assert len(backups(controller, "Snapshot")) == 1
    assert_finished(controller, ["after", "before"], **given)


def sent(controller: Controller) -> None:
    """Killed before it knew that its reset was accepted, and again when what came next had failed."""
    given = {**options(controller), "backup": "snapshot", "rollback": True}
    broken = controller.folder / "broken"
    broken.touch()
    killed(controller, Kill("reset", held("ResetInstance", "after")), **given)
    assert (resets(controller), Entry.of(controller.tag("web")).state) == (1, "pending")
    expire(controller)
    killed(controller, Kill("rescue", waiting("failure")), **given)
    assert "/done/" in controller.tag("web")
    broken.unlink()
    run = controller.carry("--tags", LATER, **given)
    assert run.code == 0, run.everything
    assert controller.report("web")["stage"] == "resume"
    assert len(backups(controller, "Snapshot")) == 1
    assert_in_service(controller, ["after", "before", "failure"])
    assert_finished(controller, ["after", "before", "failure"], **given)


def rolled_back(controller: Controller, kind: str, moment: Moment, accepted: int) -> None:
    """Killed while the backup is restored, and again when it is, before the log says so."""
    given = {**options(controller), "backup": kind.lower(), "rollback": True}
    controller["web"].run("echo precious > /srv/file")
    (controller.folder / "broken").touch()
    killed(controller, Kill("rollback", moment), **given)
    assert "/rolling_back/" in controller.tag("web")
    log = killed(controller, Kill("rollback", held("ModifyResourceTags")), **given)
    assert stage(log) == "rollback"
    assert "/rolling_back/" in controller.tag("web")
    assert len(backups(controller, kind)) == 1
    assert_rolled_back(controller, accepted, **given)


def failed(controller: Controller) -> None:
    """Killed when its reset had failed, before it went back to the backup."""
    given = {**options(controller), "backup": "snapshot", "rollback": True}
    controller["web"].run("echo precious > /srv/file")
    controller["web"].behave(fail="no such kernel")
    killed(controller, Kill("rescue", waiting("failure")), **given)
    assert "/failed/" in controller.tag("web")
    assert_rolled_back(controller, 1, **given)


WAYS: dict[str, Callable[[Controller], None]] = {
    "with a snapshot and an injected key": partial(
        resumed,
        kind="Snapshot",
        early=[
            Kill("preflight", held("DescribeInstances")),
            Kill("before", waiting("before")),
            Kill("backup", shown("Snapshot", "CREATING")),
            Kill("reset", task("Leave a mark on the old system")),
        ],
        late=[
            Kill("reset", logged("accepted")),
            Kill("trust", task("Trust the new host key, and no other")),
            Kill("verify", waiting("verify")),
        ],
        hooks=["after", *["before"] * 4],
        host_keys="inject",
    ),
    "with an image and a scanned key": partial(
        resumed,
        kind="Image",
        early=[Kill("backup", shown("Image", "CREATING"))],
        late=[
            Kill("trust", task("Trust the new host key, and no other")),
            Kill("login", task("Ask the new system, once cloud-init is done")),
            Kill("after", waiting("after")),
        ],
        hooks=[*["after"] * 2, *["before"] * 2],
        host_keys="scan",
    ),
    "rollback to a snapshot": partial(
        rolled_back, kind="Snapshot", moment=shown("Snapshot", "ROLLBACKING"), accepted=1
    ),
    "rollback to an image": partial(
        rolled_back, kind="Image", moment=held("ResetInstance", "after", nth=2), accepted=2
    ),
    "a reset that was not sent": never_sent,
    "a reset that was sent, and rescue": sent,
    "rescue of a reset that failed": failed,
}


@pytest.fixture(scope="module")
def gone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[None]]]:
    """The ways that were chosen, by name."""
    functions = [item for item in request.session.items if isinstance(item, pytest.Function)]
    chosen = [str(one.callspec.params["way"]) for one in functions if one.path == request.path]
    with (
        lone_servers(tmp_path_factory.mktemp("resume"), len(chosen), **WORLD) as controllers,
        ThreadPoolExecutor(AT_A_TIME) as pool,
    ):
        yield {way: pool.submit(WAYS[way], one) for way, one in zip(chosen, controllers, strict=True)}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("way", WAYS)
def test_a_killed_run_is_taken_up(gone: dict[str, Future[None]], way: str) -> None:
    gone[way].result()
