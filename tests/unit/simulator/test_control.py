# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control paths, held calls, and the metadata service."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.simulator.server.wire import HttpRequest, Reply
from tests.unit.support.bench import Bench, code

ID = "ins-r8hr2upy"
ROLE_PATH = "/latest/meta-data/cam/security-credentials/"


def test_the_state_never_shows_values() -> None:
    sim = Bench()
    sim.reset(LoginSettings={"Password": "Very+Secret1"}, UserData="c2VjcmV0LWRhdGE=", HostName="fine")
    text = sim.control("GET", "state").body.decode()
    assert "Very+Secret1" not in text
    assert "c2VjcmV0LWRhdGE=" not in text
    entry = sim.state["calls"][0]
    assert entry["parameters"] == ["HostName", "InstanceId", "LoginSettings.Password", "UserData"]
    assert (entry["accepted"], entry["instance_id"], entry["action"]) == (True, ID, "ResetInstance")


def test_calls_tell_how_they_ended() -> None:
    sim = Bench()
    sim.reset("ins-rescue01")
    sim.legacy("DescribeInstances", Token="x")
    first, second = sim.state["calls"]
    assert (first["code"], first["accepted"]) == ("UnsupportedOperation.InstanceStateRescueMode", False)
    assert (second["code"], second["token"], second["generation"]) == (
        "InvalidRequest.TokenCheckFailed",
        True,
        "legacy",
    )


def test_a_new_world_begins_anew() -> None:
    sim = Bench()
    sim.reset()
    sim.fault("drop")
    reply = sim.control("POST", "world", {"extends": "builtin", "lag_seconds": 0, "denied_actions": []})
    assert reply.status == 200
    state = sim.state
    assert (state["accepted"], state["calls"], state["faults"]) == ({}, [], [])
    sim.control("POST", "world", None)
    assert ID in sim.state["instances"]


@pytest.mark.parametrize(
    "world",
    [
        {"colour": "red"},
        {"request_ids": "some"},
        {"instances": {"ins-00000000": 1}},
        {"legacy_auth_envelope": "odd"},
        {"tag_attach": "sometimes"},
        {"tag_quota": {"values": 1}},
        [],
    ],
)
def test_senseless_worlds_are_refused(world: Any) -> None:
    sim = Bench()
    assert sim.control("POST", "world", world).status == 400
    assert ID in sim.state["instances"]


def test_unknown_control_paths() -> None:
    assert Bench().control("GET", "nothing").status == 404
    assert Bench().control("POST", "hold", {"action": "X", "when": "later"}).status == 400
    assert Bench().control("POST", "hold", {}).status == 400


class HeldCall:
    """A ResetInstance in a thread of its own."""

    def __init__(self, sim: Bench) -> None:
        self.replies: list[Reply] = []
        self.thread = threading.Thread(target=lambda: self.replies.append(sim.raw("ResetInstance", {"InstanceId": ID})))
        self.thread.start()
        while self.thread.is_alive() and not sim.state["held"]:
            pass

    def end(self) -> Reply:
        self.thread.join(timeout=10)
        return self.replies[0]


@pytest.mark.parametrize(("when", "accepted"), [("before", {}), ("after", {ID: 1})])
@pytest.mark.parametrize("discard", [False, True])
def test_a_held_call(when: str, accepted: dict[str, int], discard: bool) -> None:
    sim = Bench()
    sim.control("POST", "hold", {"action": "ResetInstance", "when": when})
    call = HeldCall(sim)
    (held,) = sim.state["held"]
    assert (held["action"], held["when"], held["instance_ids"]) == ("ResetInstance", when, [ID])
    assert sim.state["accepted"] == accepted
    assert sim.control("POST", "release", {"id": held["id"], "discard": discard}).json() == {"released": 1}
    reply = call.end()
    assert reply.fate == ("drop" if discard else "answer")
    assert sim.state["accepted"] == ({} if discard and when == "before" else {ID: 1})
    assert sim.state["held"] == []


def test_release_without_id_ends_all_holds() -> None:
    sim = Bench()
    sim.control("POST", "hold", [{"action": "ResetInstance"}, {"action": "DescribeInstances"}])
    call = HeldCall(sim)
    assert sim.control("POST", "release").json() == {"released": 1}
    assert call.end().fate == "answer"
    sim.seen()


def test_a_new_world_discards_held_calls() -> None:
    sim = Bench()
    sim.control("POST", "hold", {"action": "ResetInstance"})
    call = HeldCall(sim)
    sim.control("POST", "world", None)
    assert call.end().fate == "drop"
    assert sim.state["accepted"] == {}


def get(sim: Bench, path: str, method: str = "GET") -> Reply:
    return sim.simulator.handle(HttpRequest(method, "127.0.0.1:80", path, "", {}, b""))


def test_the_metadata_service_gives_keys_that_work_and_expire() -> None:
    sim = Bench(cam_role={"name": "runner", "lifetime": 600})
    assert get(sim, ROLE_PATH).body == b"runner"
    document = get(sim, f"{ROLE_PATH}runner").json()
    assert document["Code"] == "Success"
    assert document["ExpiredTime"] == int(sim.now) + 600
    key = (document["TmpSecretId"], document["TmpSecretKey"])
    assert code(sim.call("DescribeInstances", key=key, token=document["Token"])) is None
    assert code(sim.call("DescribeInstances", key=key)) == "AuthFailure.TokenFailure"
    sim.wait(299)
    assert get(sim, f"{ROLE_PATH}runner").json() == document
    sim.wait(2)
    renewed = get(sim, f"{ROLE_PATH}runner").json()
    assert renewed["TmpSecretId"] != document["TmpSecretId"]
    sim.wait(300)
    expired = sim.call("DescribeInstances", key=key, token=document["Token"])
    assert code(expired) == "AuthFailure.TokenFailure"


def test_the_metadata_service_without_a_role() -> None:
    assert get(Bench(cam_role=None), ROLE_PATH).status == 404
    assert get(Bench(), f"{ROLE_PATH}another").status == 404
    assert get(Bench(), ROLE_PATH, "POST").status == 404
