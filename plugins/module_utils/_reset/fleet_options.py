# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Options of a fleet of resets: one list of instances over common defaults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._engine.rollout import Rollout
from .._engine.timing import time_problems
from .._problems import Problem, entries, invalid, named
from .options import RESET_SPEC, request_problems

LARGEST_FLEET = 1000
"""How many instances a task can have."""

_OF_AN_INSTANCE = (
    *("image_id", "system_disk", "login_settings", "enhanced_service", "host_name", "user_data"),
    *("policy", "idempotency_key", "expected", "override_protection"),
)
_OF_THE_TASK = ("wait", "wait_timeout", "wait_interval", "progress", "settle_seconds", "wait_until_idle")

FLEET_SPEC: dict[str, Any] = {
    "instances": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "instance_id": RESET_SPEC["instance_id"],
            **{
                name: {key: value for key, value in RESET_SPEC[name].items() if key != "default"}
                for name in _OF_AN_INSTANCE
            },
        },
    },
    **{name: RESET_SPEC[name] for name in (*_OF_AN_INSTANCE, *_OF_THE_TASK)},
    "attach": {"type": "dict"},
    "concurrency": {"type": "int"},
    "canary": {"type": "int", "default": 0},
    "max_fail_percentage": {"type": "float"},
    "max_failures": {"type": "int"},
    "sends_per_second": {"type": "float", "default": 10.0},
    "reads_per_second": {"type": "float", "default": 40.0},
    "skip_refused": {"type": "bool", "default": False},
}

_RANGES = {
    "concurrency": (1, LARGEST_FLEET),
    "canary": (0, LARGEST_FLEET),
    "max_fail_percentage": (0, 100),
    "max_failures": (0, LARGEST_FLEET),
    "sends_per_second": (0.01, 100),
    "reads_per_second": (0.1, 1000),
}
"""The minimum and maximum of each number."""


def fleet_problems(options: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the task as a whole, whatever is asked of each instance.

    Args:
        options: as Ansible completes them.
        given: as the task gives them.
    """
    ids = [str(one["instance_id"] or "") for one in options["instances"]]
    yield from list_problems("instances", ids)
    yield from _nameless(ids)
    yield from _attach_problems(options, given)
    for name, (least, most) in _RANGES.items():
        if options[name] is not None and not least <= options[name] <= most:
            yield invalid(name, "It is out of range.", f"Give {least:g} to {most:g}.")
    if options["canary"] and not options["wait"]:
        yield invalid("canary", "Without waiting nobody knows how a canary ends.", "Set wait: true.")
    if options["concurrency"] and not options["wait"]:
        yield invalid("concurrency", "Without waiting nobody knows when a reset has ended.", "Set wait: true.")
    yield from time_problems(options)


def list_problems(option: str, ids: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with a list of instances, whatever their ids are."""
    if not ids:
        yield invalid(option, "It is empty.", "Give at least one instance.")
    if len(ids) > LARGEST_FLEET:
        yield invalid(option, f"It has {len(ids)} instances.", f"Give at most {LARGEST_FLEET} in a task.")
    for one, times in Counter(ids).items():
        if one and times > 1:
            places = entries(option, [place for place, name in enumerate(ids) if name == one])
            yield invalid(option, f"{one} is there {times} times ({places}).", "Give each instance once.")


def _nameless(ids: Sequence[str]) -> Iterator[Problem]:
    places = [place for place, name in enumerate(ids) if not name]
    if places:
        said = f"It is empty in {entries('instances', places)}."
        yield invalid("instances.instance_id", said, "Give the id, or leave the instance out.")


def _attach_problems(options: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Problem]:
    attach = options["attach"]
    if "attach" not in given:
        return
    if not attach:
        yield invalid(
            "attach",
            "It is empty, and without it the instances would be reset.",
            "Give the RequestId of the reset to wait for by each instance's id, or leave it out.",
        )
        return
    ids = [one["instance_id"] for one in options["instances"]]
    unknown = sorted(str(one) for one in attach if one not in ids)
    if unknown:
        yield invalid("attach", f"{named(unknown)} is not in instances.", "Add it there, or leave it out here.")
    # Its reset may have been sent without an answer: what waits must never send.
    without = [str(one) for one in ids if one not in attach]
    if without:
        yield invalid(
            "attach",
            f"It has no RequestId for {named(without)}, which would be reset.",
            "Wait for those that have one, and first find out what happened to the others.",
        )


def of_each(options: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], list[Problem]]]:
    """The options of the single module for each instance, with what is wrong with them."""
    common = {name: options[name] for name in (*_OF_AN_INSTANCE, *_OF_THE_TASK)}
    common_given = {name: value for name, value in given.items() if name in _OF_AN_INSTANCE}
    raw = given.get("instances")
    raw_entries = raw if isinstance(raw, list) else []
    attach = options["attach"] or {}
    for place, entry in enumerate(options["instances"]):
        own = {name: value for name, value in entry.items() if value is not None}
        own_given = raw_entries[place] if place < len(raw_entries) and isinstance(raw_entries[place], dict) else own
        attached = {"attach": attach[entry["instance_id"]]} if entry["instance_id"] in attach else {}
        # The common key belongs to the common policy; it means nothing to an instance that has another one.
        keyless = {"idempotency_key": None} if own.get("policy", "once") != "once" else {}
        complete = {**common, "attach": None, **keyless, **own, **attached}
        problems = request_problems(complete, {**common_given, **own_given, **attached})
        yield complete, [*problems, *_needed_problems(complete)]


def _needed_problems(options: Mapping[str, Any]) -> Iterator[Problem]:
    if options["policy"] == "once" and not options["idempotency_key"]:
        yield invalid("idempotency_key", "It is needed with policy: once.", "Give the key of the change.")


def rollout_of(options: Mapping[str, Any]) -> Rollout:
    """In what order and how fast the instances are reset."""
    most, share = options["max_failures"], options["max_fail_percentage"]
    if share is not None:
        most = int(share * len(options["instances"]) / 100)
    return Rollout(
        sends_per_second=options["sends_per_second"],
        concurrency=options["concurrency"],
        canary=options["canary"],
        max_failures=most,
        skip_refused=options["skip_refused"],
    )
