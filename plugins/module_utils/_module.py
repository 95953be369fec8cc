# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The frame of a module: the only place that reads options, reports and exits."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from ansible.module_utils.basic import AnsibleModule, _load_params, missing_required_lib
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.common.validation import check_type_dict

from ._api.client import Client
from ._api.connection import CONNECTION_SPEC, Tell, client_from, nobody
from ._api.transport import REQUESTS_IMPORT_ERROR
from ._channel import ARGUMENT, Channel
from ._clock import Clock
from ._errors import CredentialsError, Interrupted, OptionError, TencentCloudError
from ._interrupts import Interrupts
from ._lineage import Lineage, StarterGone
from ._not_text import text_problems
from ._problems import InvalidOptions, Problem, merged, problems_of, refusal
from ._secrets import forms_of
from ._shapes import in_shape, shape_problems
from ._text import encodable, in_all_texts

NOT_SHOWN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
"""What Ansible shows in place of a secret."""


class Task(NamedTuple):
    """What a module is asked for.

    Attributes:
        options: the module's options.
        check: whether nothing may be changed.
        clock: the time to use.
        given: the options as the task gives them, null included: that is what a template without a value may come to.
        command: runs a program of this machine, and returns what it prints, whatever its exit code.
        check_starter: raises StarterGone when nobody waits for this module any more.
        hold_back: raises HeldUp after a signal.
        hide: keeps a secret out of all that the module reports.
        warn: warns the user.
        say: says what is waited for: what that is about, or nothing for the whole task, and a line.
        problems: what is wrong with the types of the options.
    """

    options: Mapping[str, Any]
    check: bool
    clock: Clock
    given: Mapping[str, Any] = {}
    command: Callable[[list[str]], str] = lambda words: ""
    check_starter: Callable[[], None] = lambda: None
    hold_back: Callable[[], None] = lambda: None
    hide: Tell = nobody
    warn: Tell = nobody
    say: Callable[[str, str], None] = lambda about, line: None
    problems: tuple[Problem, ...] = ()

    def checked(self, problems: Iterable[Problem] = ()) -> None:
        """Raises InvalidOptions when there are problems, these or with the types of options."""
        found = [*self.problems, *problems]
        if found:
            raise InvalidOptions(found)

    def client(self, problems: Iterable[Problem] = ()) -> Client:
        """A client for the connection options, which calls nobody once the starter of this module is gone.

        Raises CredentialsError, and InvalidOptions with everything that is wrong with options: these problems, and
        those of the types and of the connection.
        """
        client, found = self.connected(problems)
        if found:
            raise InvalidOptions(found)
        return client

    def connected(
        self, problems: Iterable[Problem], offline: Callable[[], Iterable[Problem]] = tuple
    ) -> tuple[Client, list[Problem]]:
        """A client, and the problems with options; for callers that judge what the API says too. Raises like client().

        Args:
            problems: those that are known already.
            offline: what else can be judged without the API; asked when there is no client.
        """
        found = [*self.problems, *problems]
        try:
            client = client_from(self.options, self.clock, hide=self.hide, warn=self.warn)
        except OptionError as error:
            raise InvalidOptions(merged([*found, *problems_of(error)], offline())) from None
        except CredentialsError as error:
            found = merged(found, offline())
            if not found:
                raise
            raise InvalidOptions([*found, Problem(error.code, "secret_id", error.message, "")]) from None
        client.check, client.check_write = self.check_starter, self.hold_back
        return client, found


class Report(NamedTuple):
    """What a module reports.

    Attributes:
        result: the documented keys, all of them.
        failure: the message of a failed task; None for a success.
        warnings: what the user should know all the same.
        diff: for `--diff`.
    """

    result: Mapping[str, Any]
    failure: str | None = None
    warnings: Sequence[str] = ()
    diff: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None


def run(
    argument_spec: Mapping[str, Any],
    body: Callable[[Task], Report],
    failed: Callable[[Mapping[str, Any], TencentCloudError], Mapping[str, Any]],
    *,
    calls_api: bool = True,
    **constraints: Any,
) -> None:
    """Run one module to its exit.

    Args:
        argument_spec: the module's own options; the connection options are added.
        body: does the work; it may raise TencentCloudError.
        failed: the documented keys for a task that ended with such an error.
        calls_api: whether it has the connection options, and needs requests.
        constraints: `required_if` and the like, as AnsibleModule takes them.
    """
    lineage = Lineage()
    spec = {**(CONNECTION_SPEC if calls_api else {}), **argument_spec}
    module = Module(spec, supports_check_mode=True, **constraints)
    if calls_api and REQUESTS_IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    interrupts = Interrupts(lineage.check)
    task = _task_of(module, interrupts, tuple(text_problems(spec, module.given)))
    try:
        _check_paths(spec, module.params)
        with interrupts.noted():
            ending = body(task)
    except TencentCloudError as error:
        told = InvalidOptions(problems_of(error)) if isinstance(error, OptionError) else error
        ending = Report(failed(module.params, told), failure=str(told))
    except Interrupted as interrupted:
        stopped = TencentCloudError(str(interrupted), code="Interrupted")
        ending = Report(failed(module.params, stopped), failure=f"{interrupted} Nothing was changed.")
    except StarterGone as gone:
        ending = _abandoned(failed(module.params, TencentCloudError(str(gone), code="StarterGone")), str(gone))
    _exit(module, spec, ending)


def _task_of(module: Module, interrupts: Interrupts, problems: tuple[Problem, ...]) -> Task:
    """What the module is asked for.

    Args:
        problems: what is wrong with the types of the options.
    """
    channel = Channel(module.progress)

    def hidden(text: str) -> str:
        # A copy: a thread that renews credentials may hide more at this moment.
        return str(remove_values(text, frozenset(module.no_log_values)))

    return Task(
        options=module.params,
        check=module.check_mode,
        clock=interrupts.clock(),
        given=module.given,
        command=_command_of(module),
        check_starter=interrupts.check_starter,
        hold_back=interrupts.hold_back,
        hide=_hiding(module),
        warn=lambda text: module.warn(encodable(text)),
        say=lambda about, line: channel.say(hidden(about), hidden(line)),
        problems=problems,
    )


def _exit(module: Module, spec: Mapping[str, Any], ending: Report) -> NoReturn:
    """Report how it ended."""
    for warning in ending.warnings:
        module.warn(encodable(warning))
    diff = {"diff": ending.diff} if ending.diff and module._diff else {}
    invocation = {"module_args": _without_secrets(spec, module.params)}
    # What cannot be encoded (a file of this machine may hold it) must not lose the whole result.
    result = in_all_texts(encodable, {**ending.result, **diff, "invocation": invocation})
    if ending.failure is not None:
        module.fail_json(msg=encodable(ending.failure), **result)
    module.exit_json(**result)
    raise AssertionError("exit_json does not return")


class Module(AnsibleModule):  # type: ignore[misc]
    """Ansible's module, without secrets in what it logs and shows before the body begins.

    Ansible cuts what looks like a password in a URL out of the log first, and does not find the secret in what is left;
    and a refused option appears in `invocation` as it was given, by whatever name.

    Attributes:
        given: the options as the task gives them, with mappings as mappings.
        progress: the path of the pipe on which it can say what it waits for.
    """

    params: Mapping[str, Any]
    given: Mapping[str, Any]
    progress: str | None

    def _load_params(self) -> None:
        readers: dict[type, Any] = {dict: check_type_dict, list: self.from_json}
        given = _load_params()
        self.progress = given.pop(ARGUMENT, None)
        self.given = in_shape(self.argument_spec, given, readers)
        # Ansible completes the options in place.
        self.params = copy.deepcopy(self.given)

    def _set_internal_properties(self, *given: Any) -> None:
        super()._set_internal_properties(*given)
        problems = list(shape_problems(self.argument_spec, self.given))
        if problems:
            # Ansible's message about these names no option, quotes the value, or is a traceback.
            self.fail_json(msg=refusal("Nothing was sent", problems))

    def _log_invocation(self) -> None:
        given: Mapping[str, Any] = self.params
        self.params = in_all_texts(encodable, _without_secrets(self.argument_spec, given))
        try:
            super()._log_invocation()
        finally:
            self.params = given

    def fail_json(self, msg: str, **others: Any) -> NoReturn:
        """End the task as a failure."""
        others.setdefault("invocation", {"module_args": _without_secrets(self.argument_spec, self.params)})
        super().fail_json(msg, **others)
        raise AssertionError("fail_json does not return")


def _abandoned(result: Mapping[str, Any], why: str) -> Report:
    """The end of a module that nobody waits for: should somebody read it, nothing is claimed to be as before."""
    unknown = {"outcome": "unknown"} if "outcome" in result else {}
    return Report({**result, **unknown, "changed": True}, failure=why)


def _command_of(module: AnsibleModule) -> Callable[[list[str]], str]:
    def command(words: list[str]) -> str:
        return str(module.run_command(words, environ_update={"LC_ALL": "C"})[1])

    return command


def _hiding(module: AnsibleModule) -> Tell:
    """Hide the secrets among the options in all their forms, and return what hides another one.

    Ansible hides each value as it is, and within other words however short it is; the options themselves are shown by
    `_without_secrets` alone.
    """
    proxy = module.params.get("proxy") or ""
    given = {str(value) for value in module.no_log_values} - {proxy} | _secrets_of_proxy(proxy)
    module.no_log_values = set()

    def hide(secret: str) -> None:
        module.no_log_values.update(forms_of(secret))

    for secret in given:
        hide(secret)
    return hide


def _secrets_of_proxy(proxy: str) -> set[str]:
    """A proxy is not a secret, but the password in its URL is; requests takes `USER:PASSWORD@HOST` as well."""
    userinfo = proxy.rpartition("@")[0].rpartition("://")[2]
    return {userinfo.partition(":")[2] or userinfo}


def _without_secrets(spec: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """The options as they may be shown."""
    return {name: _shown(spec[name], value) for name, value in params.items() if name in spec}


def _shown(option: Mapping[str, Any], value: Any) -> Any:
    if option.get("no_log") and value is not None:
        return NOT_SHOWN
    if not option.get("options") or value is None:
        return value
    if isinstance(value, list):
        return [_shown({"options": option["options"]}, one) for one in value]
    # What could not be read as a mapping may hold anything.
    return _without_secrets(option["options"], value) if isinstance(value, dict) else NOT_SHOWN


def _check_paths(spec: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """Refuse a `~` or a variable that Ansible could not replace: it would be the name of a folder."""
    paths: Iterable[str] = (name for name, option in spec.items() if option.get("type") == "path" and params[name])
    for name in paths:
        if str(params[name]).startswith(("~", "$")):
            raise OptionError(
                name,
                f"{params[name]} is not a usable path: there is no such home directory or variable.",
                "Set HOME, or give the whole path.",
            )
