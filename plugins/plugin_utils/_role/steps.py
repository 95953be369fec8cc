# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The steps of the role that are taken on the controller: from what Ansible knows to the result of a task."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

from . import kept
from .begin import Evaluate, Surroundings, begun
from .confirmation import NOT_LOOKED_AT, NotConfirmed, confirming, mistaken, other_accounts, refused
from .facts import forbidden
from .failure import failure_of, goes_back, may_run
from .judge import Play, World, file_problems, judged
from .lines import confirm_line
from .memory import Memory, memories
from .names import Names
from .pages import page
from .report import report_of
from .stage import phases_tags
from .verdicts import VERDICTS

Result = dict[str, Any]


class Step(NamedTuple):
    """One step of the role on the controller.

    Attributes:
        arguments: of the task.
        variables: of the host, not evaluated.
        evaluate: gives the value of one of them.
        around: what only Ansible knows of the task.
        transport: the kind of the connection of the task.
        now: seconds since the epoch.
        tags: those of the task.
    """

    arguments: Mapping[str, Any]
    variables: Mapping[str, Any]
    evaluate: Evaluate
    around: Callable[[], Surroundings]
    world: World
    transport: str
    now: float
    tags: Collection[str] = ()

    @property
    def own(self) -> Memory:
        """The memory of the host of the task."""
        return Memory(self.variables)

    def of(self, hosts: Iterable[str]) -> dict[str, Memory]:
        """The memory of some hosts."""
        return memories(self.variables["hostvars"], hosts)

    @property
    def batch(self) -> dict[str, Memory]:
        """The memory of each host of the batch that has begun, those that failed since among them."""
        hosts = self.own.get("confirmed").get("batch") or self.variables["ansible_play_batch"]
        return {host: memory for host, memory in self.of(hosts).items() if memory.begun}

    @property
    def left(self) -> dict[str, Memory]:
        """The same without those that failed, some of which may still have their rescue before them."""
        still = set(self.variables["ansible_play_batch"])
        return {host: memory for host, memory in self.batch.items() if host in still and not memory.has_failed}


def begin(step: Step) -> Result:
    """Freeze what a host begins with."""
    return {**begun(step.variables, step.evaluate, step.around()), "at": step.now}


def confirm(step: Step) -> Result:
    """Compare the instances of all hosts of the play with those that were confirmed."""
    own = step.own
    if not own.begun:
        raise NotConfirmed(NOT_LOOKED_AT)
    everybody = step.of(step.variables["ansible_play_hosts_all"])
    batch = [host for host in step.variables["ansible_play_batch"] if everybody[host].begun]
    ids = {host: _id_of(step, host, memory) for host, memory in everybody.items()}
    lying = {host: names for host, memory in everybody.items() if (names := forbidden(memory.facts))}
    text = _barred(step, everybody) or refused([everybody[host].begun for host in batch], ids, lying)
    found = {
        "batch": batch,
        "run_id": _run_id(step, everybody),
        "use": _use(everybody[host] for host in batch),
        "at": step.now,
    }
    # Without the ids nothing is confirmed, even where ignore_errors goes on after the refusal.
    return {**found, "ids": {}, "failed": True, "msg": text} if text else {**found, "ids": ids}


def _barred(step: Step, everybody: Mapping[str, Memory]) -> str:
    """Why the role may not even look."""
    if step.transport.split(".")[-1] != "local":
        return (
            f"localhost has the connection {step.transport}, so that it need not be this controller, which alone calls "
            "the API. Give ansible_connection to the servers and not to localhost, or set it to local for localhost."
        )
    begun_ = {host: memory.begun for host, memory in everybody.items()}
    texts = [text for one in begun_.values() for text in one.get("barred") or ()]
    return (
        " ".join(dict.fromkeys(texts))
        or mistaken(begun_)
        or other_accounts(begun_[host] for host in step.variables["ansible_play_batch"] if begun_[host])
    )


def _id_of(step: Step, host: str, memory: Memory) -> str:
    """The instance of a host. The inventory speaks for one of a later batch, of which nothing is frozen yet."""
    if memory.begun:
        return memory.instance_id
    variables = step.variables["hostvars"][host]
    for name in ("reset_instance_instance_id", "cvm_instance_id"):
        found = str(variables.get(name) or "").strip()
        if found:
            return found
    return ""


def _run_id(step: Step, everybody: Mapping[str, Memory]) -> str:
    """The name of the run, the same for all its batches."""
    given = step.own.options["run_id"] or step.variables.get("awx_job_id") or step.variables.get("tower_job_id")
    earlier = (memory.get("confirmed").get("run_id") for memory in everybody.values())
    by_time = datetime.fromtimestamp(step.now, timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    return str(given or next(filter(None, earlier), by_time))


def _use(batch: Iterable[Memory]) -> int:
    """How often the role is used for the hosts of the batch, with this time; for some perhaps less often."""
    return max((int(memory.get("confirmed").get("use") or 0) for memory in batch), default=0) + 1


def judge(step: Step) -> Result:
    """Look at everything before anything is touched."""
    confirmed = step.own.get("confirmed")
    if not confirmed.get("ids"):
        raise NotConfirmed(NOT_LOOKED_AT)
    play = Play(
        ids=confirmed["ids"],
        run_id=confirmed["run_id"],
        use=confirmed["use"],
        tags=phases_tags(step.variables.get("ansible_run_tags") or ["all"], step.tags),
        check=step.own.begun["check"],
        folder=str(step.variables.get("playbook_dir") or os.curdir),
    )
    return {**judged(step.left, step.world, play), "at": step.now}


def verdict(step: Step) -> Result:
    """How a phase ended for a host."""
    if not step.own.begun:
        raise NotConfirmed(NOT_LOOKED_AT)
    found = VERDICTS[step.arguments["phase"]](step.own)
    shown = {"failed": True} if found.failed else {"_ansible_verbose_always": bool(found.text)}
    return {**found.found, "at": step.now, "msg": found.text, "changed": found.changed, **shown}


def keep(step: Step) -> Result:
    """Write what a rollback and a later run need, and a first report, in case that there is no other."""
    hosts: dict[str, Any] = {}
    for host, memory in step.left.items():
        if memory.is_to_be_reset and not memory.begun["check"]:
            hosts[host] = _kept(step, host, memory)
    return {"hosts": hosts, "at": step.now}


def _kept(step: Step, host: str, memory: Memory) -> dict[str, Any]:
    """What is kept of a host, or why it cannot be: the task hides what it returns, and the verdict tells."""
    try:
        found = kept.keep(memory, file_problems, step.world.run)
        own = Memory({**memory.variables, "__reset_instance_kept": {"hosts": {host: found}, "at": step.now}})
        _write_report(own, report_of(own, step.now, own.get("confirmed")["run_id"], "running"))
    except kept.KeptError as error:
        return {**memory.judged["kept"], "error": str(error)}
    return found


def failure(step: Step) -> Result:
    """Note what went wrong, and what may be done about it."""
    task, result = (step.variables.get(f"ansible_failed_{name}") or {} for name in ("task", "result"))
    found = failure_of(step.own, task, result)
    goes = goes_back(step.own, found["phase"], failed_itself=bool(result))
    return {**found, "cleans_up": not may_run(step.own, found["phase"]), "goes_back": goes}


def report(step: Step) -> Result:
    """Write the reports, remove what nobody needs any more, and say how each host ended."""
    reports, left, lines = {}, set(step.left), []
    for host, memory in step.batch.items():
        reports[host] = report_of(memory, step.now, memory.get("confirmed")["run_id"])
        if host not in left and reports[host]["status"] == "incomplete":
            # Unreachable: what was written of it when it was last heard of says more.
            reports[host]["status"] = "lost"
            continue
        try:
            if _is_over(memory, reports[host]):
                kept.forget(memory.judged["names"])
            if not memory.begun["check"]:
                _write_report(memory, reports[host])
        except (kept.KeptError, OSError) as error:
            lines.append(f"{host}: what is kept of it could not be brought up to date: {error}")
    where = page(step.variables, step.own, step.of(step.variables["ansible_play_hosts_all"]), step.now)
    stats: dict[str, Any] = {"data": {"reset_instance": reports}, "per_host": False, "aggregate": True}
    lines += [_line(one) for one in reports.values()]
    looked = step.own.get("judged")
    if step.own.begun["check"] and looked.get("hosts") and not looked.get("refused"):
        lines.append(confirm_line(step.own.get("confirmed")["ids"].values()))
        plans = {memory.instance_id: str(memory.judged.get("line") or "") for memory in step.batch.values()}
        stats["data"] |= confirming(plans)
    return {"lines": [*lines, *([f"Report: {where}"] if where else [])], "ansible_stats": stats}


def _is_over(memory: Memory, found: Mapping[str, Any]) -> bool:
    """Whether no later run would look for what was kept: with a key one may go on after a failure."""
    if memory.begun["check"] or not memory.judged.get("names"):
        return False
    if found["status"] in ("done", "finished") or memory.judged.get("log_state") == "rolled_back":
        return True
    if memory.get("warned"):
        # A rollback that did not come to its end is gone on with by a later run.
        return False
    if found["status"] == "rolled_back":
        return True
    return (
        found["status"] == "failed"
        and bool(memory.get("failure").get("cleans_up"))
        and memory.options["policy"] != "once"
    )


def _write_report(memory: Memory, found: Mapping[str, Any]) -> None:
    """Preflight has already refused a folder that others can write."""
    names = memory.judged.get("names") or {}
    if names.get("report_folder") and not file_problems(memory, Names(**names)):
        kept.make_folder(names["report_folder"])
        kept.write(os.path.join(names["report_folder"], names["report_file"]), kept.as_text(found))


def _line(found: Mapping[str, Any]) -> str:
    failure = found["failure"]
    where = f" in phase {failure['phase']}" if failure else ""
    request = (found["reset"] or {}).get("request_id")
    sent = f" (RequestId {request})" if request else ""
    return f"{found['host']} ({found['instance_id']}): {found['status']}{where}{sent}"


STEPS: Mapping[str, Callable[[Step], Result]] = {
    "begin": begin,
    "confirm": confirm,
    "judge": judge,
    "verdict": verdict,
    "keep": keep,
    "failure": failure,
    "report": report,
}
