# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The frame of a module: the only place that reads options, reports and exits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.basic import AnsibleModule, _load_params, missing_required_lib

from ansible_collections.tencent.cloud.plugins.module_utils._backoff import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._client import Client
from ansible_collections.tencent.cloud.plugins.module_utils._connection import CONNECTION_SPEC, client_from
from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._lineage import Lineage, StarterGone
from ansible_collections.tencent.cloud.plugins.module_utils._transport import REQUESTS_IMPORT_ERROR


@dataclass(frozen=True)
class Task:
    """What a module is asked for.

    Attributes:
        options: the module's options.
        check: whether nothing may be changed.
        clock: the time to use.
        given: the options as the task gives them, null included: that is what a template without a value may come to.
        command: runs a program of this machine, and returns what it prints, whatever it ends with.
        check_starter: raises StarterGone when nobody waits for this module any more.
    """

    options: Mapping[str, Any]
    check: bool
    clock: Clock
    given: Mapping[str, Any] = field(default_factory=dict)
    command: Callable[[list[str]], str] = field(default=lambda words: "")
    check_starter: Callable[[], None] = field(default=lambda: None)

    def client(self) -> Client:
        """A client for the connection options, which calls nobody once the starter of this module is gone.

        Raises OptionError and CredentialsError.
        """
        client = client_from(self.options, self.clock)
        client.check = self.check_starter
        return client


@dataclass(frozen=True)
class Ending:
    """What a module reports.

    Attributes:
        result: the documented keys, all of them.
        failure: the message of a failed task; none for a success.
        warnings: what the user should know all the same.
        diff: for C(--diff).
    """

    result: Mapping[str, Any]
    failure: str | None = None
    warnings: list[str] = field(default_factory=list)
    diff: Mapping[str, Any] | None = None


def run(
    argument_spec: Mapping[str, Any],
    body: Callable[[Task], Ending],
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
        constraints: C(required_if) and the like, as AnsibleModule takes them.
    """
    lineage = Lineage()
    common = CONNECTION_SPEC if calls_api else {}
    module = AnsibleModule({**common, **argument_spec}, supports_check_mode=True, **constraints)
    if calls_api and REQUESTS_IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    _hide_proxy_password(module)
    try:
        command, given = _command_of(module), _load_params()
        ending = body(Task(module.params, module.check_mode, Clock(), given, command, lineage.check))
    except TencentCloudError as error:
        ending = Ending(failed(module.params, error), failure=str(error))
    except StarterGone as gone:
        ending = _abandoned(failed(module.params, TencentCloudError(str(gone), code="StarterGone")), str(gone))
    for warning in ending.warnings:
        module.warn(warning)
    diff = {"diff": ending.diff} if ending.diff and module._diff else {}
    result = {**ending.result, **diff}
    if ending.failure is not None:
        module.fail_json(msg=ending.failure, **result)
    module.exit_json(**result)


def _abandoned(result: Mapping[str, Any], why: str) -> Ending:
    """The end of a module that nobody waits for: should somebody read it, nothing is claimed to be as before."""
    unknown = {"outcome": "unknown", "changed": True} if "outcome" in result else {}
    return Ending({**result, **unknown}, failure=why)


def _command_of(module: AnsibleModule) -> Callable[[list[str]], str]:
    def command(words: list[str]) -> str:
        return str(module.run_command(words, environ_update={"LC_ALL": "C"})[1])

    return command


def _hide_proxy_password(module: AnsibleModule) -> None:
    """A proxy is no secret, but the password in its URL is; requests takes C(USER:PASSWORD@HOST) as well."""
    proxy = module.params.get("proxy") or ""
    userinfo = proxy.rpartition("@")[0].rpartition("://")[2]
    secret = userinfo.partition(":")[2] or userinfo
    if secret:
        module.no_log_values.add(secret)
