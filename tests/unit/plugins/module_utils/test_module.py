# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The frame of a module: a real AnsibleModule whose two exits raise, and nothing else replaced."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest
from ansible.module_utils import basic

from ansible_collections.tencent.cloud.plugins.module_utils import _module
from ansible_collections.tencent.cloud.plugins.module_utils._api.client import CVM, Client
from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.tencent.cloud.plugins.module_utils._errors import (
    ApiError,
    HeldUp,
    OptionError,
    TencentCloudError,
)
from ansible_collections.tencent.cloud.plugins.module_utils._lineage import StarterGone
from ansible_collections.tencent.cloud.plugins.module_utils._module import Report, Task, run
from ansible_collections.tencent.cloud.plugins.module_utils._problems import as_data, invalid, problems_of

KEYS = {"secret_id": "AKIDtest", "secret_key": "key-test", "region": "ap-guangzhou"}
SPEC: dict[str, Any] = {"name": {"type": "str"}, "size": {"type": "int"}}


class Exit(Exception):
    """The end of a module."""

    def __init__(self, failed: bool, result: Mapping[str, Any]) -> None:
        super().__init__(result)
        self.failed = failed
        self.result = dict(result)
        self.invocation = self.result.pop("invocation", None)


class Frame:
    """Runs a body as a module and returns how it ended; ``modules`` and ``warnings`` are what it made on the way."""

    def __init__(self, give: Callable[[Mapping[str, Any]], None]) -> None:
        self._give = give
        self.modules: list[basic.AnsibleModule] = []
        self.warnings: list[str] = []

    def __call__(
        self,
        body: Callable[[Task], Report],
        constraints: Mapping[str, Any] | None = None,
        failed: Callable[[Mapping[str, Any], TencentCloudError], Mapping[str, Any]] | None = None,
        **args: Any,
    ) -> Exit:
        """The end of a module with these arguments."""
        self._give({**KEYS, **args})
        with pytest.raises(Exit) as caught:
            run(SPEC, body, failed or as_result, **(constraints or {}))
        return caught.value


def as_result(options: Mapping[str, Any], error: TencentCloudError) -> Mapping[str, Any]:
    """The documented keys of a failed task."""
    problems = as_data(problems_of(error))
    return {"changed": False, "name": options["name"], "problems": problems, "error": error.as_dict()}


@pytest.fixture
def frame(monkeypatch: pytest.MonkeyPatch) -> Frame:
    """Arguments in, an end out."""

    def give(arguments: Mapping[str, Any]) -> None:
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        # What newer releases want to be told beside the arguments; older ones do not look at it.
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)

    frame = Frame(give)

    class RaisingModule(_module.Module):
        """Ends by raising."""

        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            frame.modules.append(self)

        def exit_json(self, **result: Any) -> NoReturn:
            """Succeed."""
            raise Exit(False, result)

        def warn(self, warning: str, **options: Any) -> None:
            """Remember a warning."""
            frame.warnings.append(warning)

    def fail_json(_module: basic.AnsibleModule, msg: str, **result: Any) -> NoReturn:
        raise Exit(True, {"msg": msg, **result})

    monkeypatch.setattr(_module, "Module", RaisingModule)
    monkeypatch.setattr(basic.AnsibleModule, "fail_json", fail_json)
    return frame


def ending(**given: Any) -> Callable[[Task], Report]:
    """A body that ends so."""
    return lambda task: Report({"changed": True, "id": "x"}, **given)


# --- exits


def test_a_success(frame: Frame) -> None:
    end = frame(ending())
    assert (end.failed, end.result) == (False, {"changed": True, "id": "x"})
    assert frame.warnings == []


def test_a_failure_of_the_body_has_its_result(frame: Frame) -> None:
    end = frame(ending(failure="It is unknown."))
    assert (end.failed, end.result) == (True, {"msg": "It is unknown.", "changed": True, "id": "x"})


def test_an_error_becomes_text_and_documented_keys(frame: Frame) -> None:
    error = ApiError("Busy.", code="ResourceInUse", request_id="r-1", action="ResetInstance")

    def body(task: Task) -> Report:
        raise error

    end = frame(body, name="n")
    assert end.failed
    assert end.result == {"msg": str(error), "changed": False, "name": "n", "problems": [], "error": error.as_dict()}


def test_an_error_of_the_program_is_not_swallowed(frame: Frame) -> None:
    def body(task: Task) -> Report:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        frame(body)


def test_a_module_whose_starter_is_gone_ends_and_does_not_claim_that_nothing_happened(
    frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def check(self) -> None:
            raise StarterGone

    monkeypatch.setattr(_module, "Lineage", Gone)
    monkeypatch.setattr(Transport, "send", lambda *args, **options: pytest.fail("It was sent."))

    def body(task: Task) -> Report:
        task.client().write(CVM, "ResetInstance", {})
        return Report({})

    def failed(options: Mapping[str, Any], error: TencentCloudError) -> Mapping[str, Any]:
        return {"changed": False, "outcome": "refused", "error": error.as_dict()}

    end = frame(body, failed=failed)
    assert end.failed
    assert (end.result["changed"], end.result["outcome"]) == (True, "unknown")
    assert "started this module is gone" in end.result["msg"]
    # Many instances have no outcome in common.
    end = frame(body)
    assert (end.result["changed"], "outcome" in end.result) == (True, False)


@pytest.mark.parametrize("failure", [None, "It failed."])
def test_warnings_are_given_in_any_case(frame: Frame, failure: str | None) -> None:
    assert frame(ending(warnings=["one", "two"], failure=failure)).failed is (failure is not None)
    assert frame.warnings == ["one", "two"]


@pytest.mark.parametrize("failure", [None, "It failed."])
@pytest.mark.parametrize("asked", [True, False])
def test_a_diff_is_shown_where_it_is_asked_for(frame: Frame, asked: bool, failure: str | None) -> None:
    diff = {"before": {"a": 1}, "after": {"a": 2}}
    end = frame(ending(diff=diff, failure=failure), _ansible_diff=asked)
    assert end.result.get("diff") == (diff if asked else None)
    assert ("diff" in end.result) is asked


def test_there_is_no_empty_diff(frame: Frame) -> None:
    assert "diff" not in frame(ending(), _ansible_diff=True).result


def test_without_requests_the_library_is_named(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_module, "REQUESTS_IMPORT_ERROR", "Traceback: no requests")

    def body(task: Task) -> Report:
        raise AssertionError("must not run")

    end = frame(body)
    assert end.failed
    assert "Failed to import the required Python library (requests)" in end.result["msg"]
    assert end.result["exception"] == "Traceback: no requests"


# --- what a body gets


def taken(frame: Frame, **args: Any) -> Task:
    """The task that a body sees."""
    tasks: list[Task] = []

    def body(task: Task) -> Report:
        tasks.append(task)
        return Report({})

    assert not frame(body, **args).failed
    return tasks[0]


@pytest.mark.parametrize("check", [True, False])
def test_check_mode_is_supported_and_passed_on(frame: Frame, check: bool) -> None:
    assert taken(frame, _ansible_check_mode=check).check is check


def test_options_have_their_types_and_defaults(frame: Frame) -> None:
    options = taken(frame, size="60", timeout="2.5").options
    assert (options["size"], options["timeout"], options["max_attempts"]) == (60, 2.5, 5)
    assert (options["api"], options["language"], options["validate_certs"]) == ("v3", "en-US", True)


def test_a_body_can_have_a_client(frame: Frame) -> None:
    client = taken(frame).client()
    assert isinstance(client, Client)
    assert client.credentials().secret_id == "AKIDtest"


def test_an_option_that_the_client_refuses_ends_the_task(frame: Frame) -> None:
    end = frame(lambda task: Report({"client": task.client()}), max_attempts=0)
    assert end.failed
    assert end.result["error"]["code"] == OptionError.code
    assert "max_attempts" in end.result["msg"]


def test_constraints_are_those_of_an_ansible_module(frame: Frame) -> None:
    end = frame(ending(), {"required_if": [("name", "n", ["size"])]}, name="n")
    assert end.failed
    assert "name is n but all of the following are missing: size" in end.result["msg"]


def test_an_unknown_option_is_refused(frame: Frame) -> None:
    assert "nonsense" in frame(ending(), nonsense=1).result["msg"]


# --- paths


@pytest.mark.parametrize("path", ["~/bundle.pem", "~nobody-at-all/bundle.pem", "$NO_SUCH_VARIABLE/bundle.pem"])
def test_a_path_without_a_home_is_not_a_folder_of_that_name(
    frame: Frame, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Whatever the option: Ansible leaves in place what it cannot replace."""
    monkeypatch.setattr("os.path.expanduser", lambda path: path)

    def body(task: Task) -> Report:
        raise AssertionError("must not run")

    end = frame(body, ca_path=path)
    assert end.failed
    assert f"ca_path: {path} is not a usable path" in end.result["msg"]
    assert "give the whole path" in end.result["msg"]


def test_a_file_whose_name_only_has_such_a_sign_is_one(frame: Frame, tmp_path: Path) -> None:
    assert not frame(ending(), ca_path=str(tmp_path / "~$x")).failed


# --- problems with options


def test_everything_that_is_wrong_is_told_at_once(frame: Frame) -> None:
    def body(task: Task) -> Report:
        return Report({"client": task.client([invalid("size", "It is odd.", "Give an even one.")])})

    end = frame(body, name=["x"], max_attempts=0)
    assert [problem["option"] for problem in end.result["problems"]] == ["name", "size", "max_attempts"]
    assert end.result["msg"].startswith("Nothing was sent, for 3 problems: (1) name: It must be text, and is a list.")
    assert end.result["error"]["message"] == "Nothing was sent, for 3 problems."


def test_keys_that_are_missing_hide_no_problem(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    def body(task: Task) -> Report:
        return Report({"client": task.client()})

    alone = frame(body, secret_key="")
    assert (alone.result["error"]["code"], alone.result["problems"]) == ("InvalidCredentials", [])
    both = frame(body, secret_key="", name=["x"])
    assert [problem["code"] for problem in both.result["problems"]] == ["InvalidOption", "InvalidCredentials"]


def test_without_a_client_what_needs_none_is_judged(frame: Frame) -> None:
    odd = invalid("name", "It is odd.", "Change it.")

    def body(task: Task) -> Report:
        return Report({"client": task.connected([], lambda: [odd])})

    for wrong in ({"max_attempts": 0}, {"secret_key": ""}):
        assert odd._asdict() in frame(body, **wrong).result["problems"]
    assert not frame(body).failed


def test_a_task_without_a_client_is_checked_as_well(frame: Frame) -> None:
    def body(task: Task) -> Report:
        task.checked([invalid("size", "It is odd.", "Give an even one.")])
        return Report({})

    assert len(frame(body, name={}).result["problems"]) == 2


# --- secrets


@pytest.mark.parametrize("failure", [None, "caf\udce9"])
def test_what_cannot_be_encoded_loses_nothing(frame: Frame, failure: str | None) -> None:
    def body(task: Task) -> Report:
        return Report({"entries": ["caf\udce9"]}, failure=failure, warnings=["caf\udce9"])

    end = frame(body)
    assert end.result["entries"] == ["caf\\udce9"]
    assert frame.warnings == ["caf\\udce9"]
    assert json.dumps(end.result, ensure_ascii=False).encode()


def test_a_short_secret_masks_no_letters_and_is_not_shown(frame: Frame) -> None:
    """One letter would be hidden within every code and message that has it, and so be told."""
    end = frame(ending(), secret_key="a", proxy="http://user:abc@127.0.0.1:1")
    assert {len(value) for value in frame.modules[0].no_log_values} <= set(range(6, 99))
    shown = json.dumps(end.invocation)
    assert (shown.count("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"), "abc" in shown) == (3, False)


def test_secrets_within_an_option_are_not_shown_with_it(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = {"type": "dict", "options": {"password": {"type": "str", "no_log": True}, "user": {"type": "str"}}}
    monkeypatch.setitem(SPEC, "login", inner)
    end = frame(ending(), login={"password": "abc", "user": "root"})
    assert end.invocation["module_args"]["login"] == {
        "password": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
        "user": "root",
    }


def test_after_a_signal_nothing_that_changes_something_is_sent(frame: Frame) -> None:
    def body(task: Task) -> Report:
        client = task.client()
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(HeldUp, match="SIGTERM"):
            client.write(CVM, "ResetInstance", {})
        return Report({})

    assert not frame(body, endpoint="http://127.0.0.1:1").failed


def test_a_line_is_cleaned_by_a_copy_of_what_is_hidden(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread may find another secret meanwhile, and to go through a set that grows is an error."""
    used: list[Any] = []
    monkeypatch.setattr(_module, "remove_values", lambda text, hidden: used.append(hidden) or text)

    def body(task: Task) -> Report:
        task.say("ins-1", "accepted")
        task.hide("found-later-on")
        return Report({})

    frame(body)
    assert used
    assert not any("found-later-on" in hidden for hidden in used)


def test_a_secret_that_is_found_on_the_way_is_hidden_with_its_forms(frame: Frame) -> None:
    def body(task: Task) -> Report:
        task.hide("found/on the way")
        task.warn("A warning.")
        return Report({})

    frame(body)
    assert {"found/on the way", "found%2Fon%20the%20way"} <= frame.modules[0].no_log_values
    assert frame.warnings == ["A warning."]


def test_the_keys_of_the_environment_are_hidden(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKID-hide-me")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "key-hide-me")
    assert not frame(lambda task: Report({"client": str(task.client())}), secret_id=None, secret_key=None).failed
    assert {"AKID-hide-me", "key-hide-me"} <= frame.modules[0].no_log_values


def test_the_end_of_the_legacy_interface_is_said_once(frame: Frame) -> None:
    taken(frame, api="v2").client()
    assert len(frame.warnings) == 1
    assert "*.api.qcloud.com" in frame.warnings[0]


@pytest.mark.parametrize("option", ["secret_id", "secret_key", "security_token"])
def test_keys_are_hidden_from_results_and_logs(frame: Frame, option: str) -> None:
    taken(frame, **{option: "hide-me-please"})
    assert "hide-me-please" in frame.modules[0].no_log_values


@pytest.mark.parametrize(
    ("proxy", "hidden"),
    [
        ("http://user:hide-me-please@127.0.0.1:3128", True),
        ("http://hide-me-please@127.0.0.1:3128", True),
        ("http://127.0.0.1:3128", False),
        ("", False),
        (None, False),
        ("user:hide-me-please@127.0.0.1:3128", True),
    ],
)
def test_the_password_in_a_proxy_s_url_is_hidden(frame: Frame, proxy: str | None, hidden: bool) -> None:
    taken(frame, proxy=proxy)
    assert ("hide-me-please" in frame.modules[0].no_log_values) is hidden


def test_the_password_of_a_proxy_that_cannot_be_read_is_hidden(frame: Frame) -> None:
    for secret in ("hide-me-please", "hide/me#please?"):
        taken(frame, proxy=f"http://user:{secret}@[::1")
        assert secret in frame.modules[-1].no_log_values


# --- what Ansible logs and shows by itself


LOGIN = {"type": "dict", "options": {"password": {"type": "str", "no_log": True}}}
SECRET_SPEC: dict[str, Any] = {"login": LOGIN, "logins": {**LOGIN, "type": "list", "elements": "dict"}, **SPEC}


@pytest.mark.parametrize("password", ["Example@Passw0rd:9", "P@ssw0rd-very-long"])
@pytest.mark.parametrize("as_text", [False, True])
def test_no_part_of_a_password_is_logged(
    frame: Frame, monkeypatch: pytest.MonkeyPatch, password: str, as_text: bool
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda *words: logged.append(str(words[-1])))
    login = {"password": password}
    frame._give({**KEYS, "login": json.dumps(login) if as_text else login})
    with pytest.raises(Exit):
        run(SECRET_SPEC, ending(), as_result)
    assert any("Invoked with" in line for line in logged)
    assert not any(part in line for line in logged for part in ("@Passw0rd", "assw0rd", KEYS["secret_key"]))


@pytest.mark.parametrize(
    "given",
    [
        {"pasword": "Example-Passw0rd-9"},
        {"login": {"pasword": "Example-Passw0rd-9"}},
        {"login": "password Example-Passw0rd-9"},
        {"login": ["Example-Passw0rd-9"]},
        {"logins": [{"pasword": "Example-Passw0rd-9"}]},
        {"logins": ["password Example-Passw0rd-9"]},
        {"logins": [["Example-Passw0rd-9"]]},
        {"logins": "password Example-Passw0rd-9"},
        {"logins": '[{"password": "Example-Passw0rd-9"}, null]'},
    ],
)
def test_a_secret_in_an_option_that_cannot_be_used_is_not_shown(frame: Frame, given: dict[str, Any]) -> None:
    frame._give({**KEYS, **given})
    with pytest.raises(Exit) as caught:
        run(SECRET_SPEC, ending(), as_result)
    assert caught.value.failed
    assert "Passw0rd" not in json.dumps([caught.value.result, caught.value.invocation])
