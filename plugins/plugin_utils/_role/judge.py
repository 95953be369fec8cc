# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Preflight of a batch on the controller: what ssh would really do, what can be written, and what that means."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from ...module_utils._engine.rules import broken
from ...module_utils._problems import named
from . import conditions, files, hooks, looks
from .backups import deadline
from .identity import leads_to
from .kept import read_state, try_folder
from .lines import plan_line
from .memory import Memory
from .names import Names, names_of
from .problems import RULES, plan_problems, told
from .rehearsal import Rehearsal, rehearsed
from .requests import region_of, user_data_problem
from .server import Server
from .ssh import Run, Settings, home_for, settings
from .ssh_keys import public_keys
from .stage import PHASES, phases_to_do

AT_A_TIME = 8
HOOKS = ("before", "after", "failure")
NOTHING: Mapping[str, Any] = {"do": dict.fromkeys(PHASES, False), "mark": "", "enters": (), "returns": ()}
"""What is done with a host that is refused, also where a play ignores errors."""
SSH_ASKS_ITSELF = (2, 19)
"""The ansible-core from which no sshpass is needed."""


class World(NamedTuple):
    """What the controller can be asked.

    Attributes:
        run: runs a program and returns what it prints.
        read_tasks: reads a file of tasks as Ansible does.
        core: the version of ansible-core.
    """

    run: Run
    read_tasks: hooks.Load
    core: tuple[int, int]


class Play(NamedTuple):
    """What is known of the play.

    Attributes:
        ids: the instance of each of its hosts.
        run_id: what the run is called.
        use: how often the role was used in it.
        tags: those that choose phases.
        folder: that of the playbook.
    """

    ids: Mapping[str, str]
    run_id: str
    use: int
    tags: Collection[str]
    check: bool
    folder: str


def judged(batch: Mapping[str, Memory], world: World, play: Play) -> dict[str, Any]:
    """What preflight found out, for each host of the batch and for all of them.

    Returns:
        `hosts` with what later tasks need of each; `refused`, the hosts with problems; `stops`, whether they stop the
        whole batch; `text`, the problems in words.
    """
    servers = _servers(batch, world, play)
    rehearsals = rehearsed(servers.values(), world.run)
    hosts = {}
    for host, memory in batch.items():
        server = servers.get(host)
        own = [f"{one['option']}: {one['message']} {one['fix']}" for one in memory.begun["problems"]]
        if server is None:
            hosts[host] = {"problems": own, "names": names_of(memory.begun, play.run_id, play.use)._asdict()}
        else:
            hosts[host] = _about(server, rehearsals[host], play)
    refused = [host for host, one in hosts.items() if one["problems"]]
    stops = bool(refused) and all(memory.options["stop_batch"] for memory in batch.values())
    for host, one in hosts.items():
        if one["problems"] or (refused and batch[host].options["stop_batch"]):
            one.update(NOTHING)
    return {
        "hosts": hosts,
        "refused": refused,
        "stops": stops,
        "text": _refusal(batch, hosts, refused),
    }


def _servers(batch: Mapping[str, Memory], world: World, play: Play) -> dict[str, Server]:
    """What is known of each host whose options can be used."""
    usable = {host: memory for host, memory in batch.items() if not memory.begun["problems"]}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        found = dict(zip(usable, pool.map(lambda memory: _settings(memory, world), usable.values())))
        proved = dict(zip(usable, pool.map(lambda host: _is_address_own(usable[host], found[host]), usable)))
    hook_problems = _once(hooks.problem_of, world.read_tasks)
    keys = public_keys(_identity_files(usable.values(), found.values()), world.run) if _needs_keys(usable) else set()
    types_passwords = world.core >= SSH_ASKS_ITSELF or shutil.which("sshpass") is not None
    servers = {}
    for host, memory in usable.items():
        names = names_of(memory.begun, play.run_id, play.use)
        servers[host] = Server(
            memory,
            names=names,
            kept=read_state(names.state_file),
            hooks=[text for text in map(hook_problems, hooks.files(memory.options, play.folder)) if text],
            settings=found[host],
            is_address_own=proved[host],
            controller_keys=keys,
            pair_keys=_pair_keys(memory),
            can_type_passwords=types_passwords,
            files=file_problems(memory, names),
            conditions=conditions.problems(map(str, memory.options["verify_that"])),
            has_injected_key=os.path.isfile(names.host_key_file),
            user_data=user_data_problem(memory),
        )
    return servers


def _settings(memory: Memory, world: World) -> Settings | None:
    way = Server(memory).way
    return settings(way, world.run, home_for(way.kind))


def _is_address_own(memory: Memory, found: Settings | None) -> bool:
    """Behind another host the same private address can be that of another server."""
    server = Server(memory, settings=found)
    if memory.begun["way"]["is_indirect"] or (found and found.is_indirect) or server.way.kind == "local":
        return False
    return bool(server.contacts and leads_to(server.connects_to, server.instance))


def _once(problem: Callable[[str, hooks.Load], str], load: hooks.Load) -> Callable[[str], str]:
    """Look at each file once."""
    known: dict[str, str] = {}

    def look(path: str) -> str:
        if path not in known:
            known[path] = problem(path, load)
        return known[path]

    return look


def _needs_keys(usable: Mapping[str, Memory]) -> bool:
    return any(Server(memory).key_ids and Server(memory).logs_in for memory in usable.values())


def _identity_files(usable: Iterable[Memory], found: Iterable[Settings | None]) -> list[str]:
    own = [Server(memory).way.private_key_file for memory in usable]
    of_ssh = [file for one in found if one for file in one.identity_files]
    return [os.path.expanduser(file) for file in dict.fromkeys([*own, *of_ssh]) if file]


def _pair_keys(memory: Memory) -> dict[str, str]:
    """The public keys of the key pairs, as base64."""
    words = {
        str(one.get("key_id")): str(one.get("public_key") or "").split()
        for group in memory.get("pairs").get("results") or [memory.get("pairs")]
        for one in group.get("key_pairs") or ()
    }
    return {name: parts[1] for name, parts in words.items() if len(parts) > 1}


def file_problems(memory: Memory, names: Names) -> list[str]:
    """What is wrong with the folders of the state and of the report; whoever can write there decides what they say."""
    key = names.host_key_file
    found = files.problems(memory.options["state_dir"], [names.state_file, key], [f"{key}.pub"])
    found = found or [text for text in map(try_folder, _folders(memory)) if text]
    if names.report_folder:
        written = [os.path.join(names.report_folder, one) for one in ("index.html", names.report_file)]
        found += files.problems(memory.options["report_dir"]) + files.problems(names.report_folder, [], written)
    return found


def _folders(memory: Memory) -> list[str]:
    return [memory.options[name] for name in ("state_dir", "report_dir") if memory.options[name]]


def _about(server: Server, rehearsal: Rehearsal, play: Play) -> dict[str, Any]:
    """What later tasks need of a host."""
    do = phases_to_do(server.stage, server.log_state, server.options, play.tags, check=play.check)
    problems = [*plan_problems(server), *map(told, broken(RULES, server, hard=True)), *map(told, rehearsal.problems)]
    return {
        "problems": problems,
        "notes": rehearsal.notes,
        "stage": server.stage,
        "log_state": server.log_state,
        "line": plan_line(server) if server.plan else "",
        "do": do,
        "region": region_of(server.memory),
        "hooks": {name: hooks.files(server.options, play.folder, [f"{name}_tasks"]) for name in HOOKS},
        "names": server.names._asdict() if server.names else {},
        "kept": server.kept,
        "deadline": deadline(server.options["backup_keep_days"], server.memory.begun["at"]),
        "instance": server.instance,
        "is_proved": server.is_proved,
        "is_windows": server.is_windows,
        "to_windows": server.to_windows,
        "enters": _enters(server, do, trusts=rehearsal.trusts),
        "returns": _returns(server, do, play.folder),
        "mark": looks.leave_mark(server, do["reset"]),
        "second_look": looks.second_look(server),
        "trusts": rehearsal.trusts,
        "injects": rehearsal.trusts and server.injects,
        "user": server.way.user,
        "port": rehearsal.port,
        "ssh": rehearsal.for_tasks(),
    }


def _enters(server: Server, do: Mapping[str, bool], *, trusts: bool) -> list[str]:
    """The file of tasks by which the new system is trusted and logged in to, as far as that is chosen."""
    if not server.logs_in:
        return []
    if do["trust"] and do["login"] and trusts:
        return ["enter"]
    return [name for name in ("trust", "login") if do[name] and (trusts or name == "login")]


def _returns(server: Server, do: Mapping[str, bool], folder: str) -> list[str]:
    """The files of tasks that bring the server back into service: two of the role, and the user's between them."""
    options = server.options
    after = hooks.files(options, folder, ["after_tasks"]) if do["after"] else []
    return [
        *(["conditions.yml"] if do["verify"] and options["verify_that"] else []),
        *after,
        *(["rescued.yml"] if after else []),
        *(["tidy.yml"] if do["after"] and options["backup_keep_days"] else []),
    ]


def _refusal(batch: Mapping[str, Memory], hosts: Mapping[str, Mapping[str, Any]], refused: Collection[str]) -> str:
    """The problems of a batch, each with the hosts that have it."""
    by_text: dict[str, list[str]] = {}
    for host in refused:
        for text in hosts[host]["problems"]:
            by_text.setdefault(text, []).append(host)
    lines = [f"{named(whose)}: {text}" for text, whose in by_text.items()]
    how_many = (
        f"{len(refused)} of {len(batch)} servers cannot be reset, and nothing was touched. "
        "Set reset_instance_stop_batch to false to go on without them."
        if len(refused) < len(batch)
        else "Nothing was touched."
    )
    return "\n".join([how_many, *lines])
