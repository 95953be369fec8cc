# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Another actor who works on the same instances, with ids of his own and under the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from ..server.errors import ApiError
from ..state import State
from ..tag.tags import RULES, check_words
from .instances import Instance
from .operations import OTHERS, check_power, operation_id, power_operation, start
from .resets import begin_reset

Options = Mapping[str, Any]
RETRY_SECONDS = 0.1


def plan_foreign(state: State, options: Options, instance_ids: list[str]) -> None:
    """Have another actor operate on the instance ``after_seconds`` after now; with ``wait`` once it is free."""
    names = [options["instance_id"]] if options.get("instance_id") else instance_ids[:1]
    for name in names:
        if name in state.instances:
            moment = state.now + float(options["after_seconds"])
            state.schedule.add(moment, lambda at, name=name: _act(state, options, name, at))  # type: ignore[misc]


def _act(state: State, options: Options, name: str, at: float) -> None:
    instance = state.instances[name]
    if options["wait"] and instance.ends is not None:
        # An operation that a gate keeps running has an end that is past.
        later = instance.ends if instance.ends > at else at + RETRY_SECONDS
        state.schedule.add(later, lambda moment: _act(state, options, name, moment))
        return
    entry: dict[str, Any] = {
        "instance_id": name,
        "operation": options["operation"],
        "at": at,
        "request_id": str(uuid4()),
        "accepted": False,
        "code": None,
    }
    state.foreign.append(entry)
    try:
        _begin(state, options, instance, entry)
        entry["accepted"] = True
    except ApiError as error:
        entry["code"] = error.code


def _begin(state: State, options: Options, instance: Instance, entry: dict[str, Any]) -> None:
    name, seconds = options["operation"], options["seconds"]
    if name == "tag":
        _tag(state, instance, options["key"], options["value"], entry["at"])
        return
    if name == "ResetInstance":
        parameters = {"InstanceId": entry["instance_id"]}
        if options["image_id"]:
            parameters["ImageId"] = options["image_id"]
        begin_reset(
            state,
            parameters,
            region=instance.region,
            generation="v3",
            request_id=entry["request_id"],
            at=entry["at"],
            seconds=seconds,
        )
        return
    check_power(name, instance)
    request_id = operation_id(entry["request_id"], state.world.request_ids)
    duration = state.world.power_seconds if seconds is None else seconds
    changed = OTHERS.get(name)
    effects = {changed: options["value"]} if changed else {}
    start(state.schedule, instance, power_operation(name, request_id, duration, **effects), entry["at"])


def _tag(state: State, instance: Instance, key: str, value: str, at: float) -> None:
    check_words({"TagKey": key, "TagValue": value}, RULES)
    state.tags.check_room(instance.tags.latest, key)
    if (key, value) not in state.tags:
        state.tags.create(key, value)
    instance.tag(at, key, value)
