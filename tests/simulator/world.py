# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The world that the simulator shows: instances, images, keys, the account and its switches, read from YAML.

In an entry the API's own names (CamelCase) are fields of the record; snake_case names are attributes that only the
simulator sees (what it refuses, where it lives).
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

from . import generated

BUILTIN = Path(__file__).with_name("builtin_world.yaml")
KEPT = (
    "instance_defaults",
    "image_defaults",
    "key_pair_defaults",
    "snapshot_defaults",
    "disk_defaults",
    "regions",
)
BUILTIN_KEYS = {"AKIDsimulator": "simulator-secret-key"}
# Laid over ``instance_defaults``: every instance has been operated before.
OPERATED = {
    "LatestOperation": "StartInstances",
    "LatestOperationState": "SUCCESS",
    "LatestOperationRequestId": "3f0c4c1e-6f0a-4f43-9f10-0d6c0b8f9a11",
    "LatestOperationErrorMsg": "",
}


_WORDS = {
    "request_ids": ("equal", "unequal"),
    "legacy_auth_envelope": ("response", "numeric"),
    "tag_attach": ("error", "overwrite"),
    "disk_on_switch": ("changed", "kept"),
}
_SECONDS = (
    "reset_seconds",
    "power_seconds",
    "settling_seconds",
    "busy_seconds",
    "image_seconds",
    "snapshot_seconds",
    "rollback_seconds",
    "lag_seconds",
    "tag_lag_seconds",
)
_GENERATED = ("generate", "generate_images")
# Documents 651/13354 and 651/33024.
_TAG_QUOTA = {"keys": 1000, "values_per_key": 1000, "keys_per_resource": 50}


class WorldError(ValueError):
    """A world that cannot be used; the message names the entry."""


@dataclass(frozen=True)
class Item:
    """An image, a key pair, a snapshot or a disk: what the API shows of it, and what only the simulator knows."""

    record: dict[str, Any]
    attributes: dict[str, Any]


@dataclass
class World:
    """All options of a world; the meaning of each is in README.md. Times are seconds."""

    reset_seconds: float = 2.0
    power_seconds: float = 1.0
    settling_seconds: float = 0.0
    busy_seconds: float = 0.0
    image_seconds: float = 2.0
    snapshot_seconds: float = 2.0
    rollback_seconds: float = 2.0
    lag_seconds: float = 0.5
    tag_lag_seconds: float = 0.5
    clock_skew: float = 0.0
    request_ids: str = "equal"
    rate_limits: bool = True
    request_limits: dict[str, int] = field(default_factory=dict)
    legacy_auth_envelope: str = "response"
    tag_attach: str = "error"
    tag_quota: dict[str, int] = field(default_factory=dict)
    image_quota: int = 500
    snapshot_quota: int | None = None
    states_during_reset: list[str] = field(default_factory=lambda: ["STOPPING", "STOPPED", "STARTING"])
    disk_on_switch: str = "changed"
    account_id: str = "100000000001"
    user_id: str = "100000000002"
    account: dict[str, Any] = field(default_factory=dict)
    denied_actions: list[str] = field(default_factory=list)
    credentials: dict[str, str] = field(default_factory=dict)
    cam_role: dict[str, Any] | None = None
    roles: dict[str, dict[str, Any]] = field(default_factory=dict)
    regions: dict[str, dict[str, Any]] = field(default_factory=dict)
    instance_defaults: dict[str, Any] = field(default_factory=dict)
    image_defaults: dict[str, Any] = field(default_factory=dict)
    key_pair_defaults: dict[str, Any] = field(default_factory=dict)
    snapshot_defaults: dict[str, Any] = field(default_factory=dict)
    disk_defaults: dict[str, Any] = field(default_factory=dict)
    generate: dict[str, Any] = field(default_factory=dict)
    generate_images: dict[str, Any] = field(default_factory=dict)
    instances: dict[str, Item] = field(default_factory=dict)
    images: dict[str, Item] = field(default_factory=dict)
    key_pairs: dict[str, Item] = field(default_factory=dict)
    snapshots: dict[str, Item] = field(default_factory=dict)
    disks: dict[str, Item] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, str]:
        """All permanent keys: id -> secret."""
        return {**BUILTIN_KEYS, **self.credentials}

    @property
    def quota(self) -> dict[str, int]:
        """All quotas of tags."""
        return {**_TAG_QUOTA, **self.tag_quota}

    def check(self) -> None:
        """Raises WorldError when an option has an invalid value."""
        for name, allowed in _WORDS.items():
            if getattr(self, name) not in allowed:
                raise WorldError(f"{name} must be one of {', '.join(allowed)}")
        for name in _SECONDS:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
                raise WorldError(f"{name} must be a number of seconds")
        for name in _GENERATED:
            options = getattr(self, name)
            if options and (not isinstance(options, dict) or not isinstance(options.get("count"), int)):
                raise WorldError(f"{name} must be a mapping with a count")
        if set(self.quota) != set(_TAG_QUOTA):
            raise WorldError(f"tag_quota takes {', '.join(_TAG_QUOTA)}")


def load_world(source: Mapping[str, Any] | Path | str | None = None, **defaults: Any) -> World:
    """The world of a mapping or YAML file; None means the built-in one, ``extends: builtin`` is merged over it.

    ``defaults`` hold where the source itself says nothing. Raises WorldError.
    """
    document, builtin = _read(source), _builtin()
    if source is None or document.pop("extends", None) == "builtin":
        whole = merged(merged(builtin, defaults), document)
    else:
        whole = {**{name: builtin[name] for name in KEPT}, **defaults, **document}
    world: World = pickle.loads(_built(pickle.dumps(whole)))
    return world


def merged(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``over`` laid over ``base``, mapping by mapping; lists and scalars are replaced."""
    result = dict(base)
    for name, value in over.items():
        known = result.get(name)
        result[name] = merged(known, value) if isinstance(known, dict) and isinstance(value, Mapping) else value
    return result


def _read(source: Mapping[str, Any] | Path | str | None) -> dict[str, Any]:
    if source is None:
        return {}
    if isinstance(source, Mapping):
        return dict(source)
    try:
        document = yaml.safe_load(Path(source).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise WorldError(f"world {source} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise WorldError(f"world {source} is not a mapping")
    return document


@lru_cache(maxsize=1)
def _builtin() -> dict[str, Any]:
    return _read(BUILTIN)


@lru_cache(maxsize=64)
def _built(document: bytes) -> bytes:
    """The world of a document, both as pickles: thousands of tests begin in one of a few worlds, and change it."""
    return pickle.dumps(_build(pickle.loads(document)))


def _build(document: dict[str, Any]) -> World:
    unknown = set(document) - {item.name for item in fields(World)}
    if unknown:
        raise WorldError(f"unknown options of a world: {', '.join(sorted(unknown))}")
    world = World(**document)
    world.check()
    images = {**generated.images(world.generate_images), **_mapping(world.images, "ImageId")}
    instances = {**generated.instances(world.generate), **_mapping(world.instances, "InstanceId")}
    world.images = _items(images, world.image_defaults, "ImageId")
    world.key_pairs = _items(world.key_pairs, world.key_pair_defaults, "KeyId")
    world.instances = _items(instances, world.instance_defaults, "InstanceId")
    world.snapshots = _items(world.snapshots, world.snapshot_defaults, "SnapshotId")
    # What a disk is follows from its instance; an entry says only what differs.
    world.disks = _items(world.disks, {}, "DiskId")
    for item in world.instances.values():
        _complete(item, world)
    for name, item in world.snapshots.items():
        item.attributes.update({"region": "ap-guangzhou", "content": f"{name}/0", **item.attributes})
    return world


def _mapping(entries: Any, id_name: str) -> Mapping[str, Any]:
    if not isinstance(entries, Mapping):
        raise WorldError(f"the entries with {id_name} are not a mapping")
    return entries


def _items(entries: Mapping[str, Any], defaults: dict[str, Any], id_name: str) -> dict[str, Item]:
    result = {}
    for key, entry in _mapping(entries, id_name).items():
        if not isinstance(entry, Mapping):
            raise WorldError(f"{key} is not a mapping")
        whole = deepcopy(merged(defaults, entry))
        record = {name: value for name, value in whole.items() if name[:1].isupper()}
        attributes = {name: value for name, value in whole.items() if name not in record}
        result[str(key)] = Item({id_name: str(key), **record}, attributes)
    return result


def _complete(item: Item, world: World) -> None:
    """Fill in what follows from the id, the region and the image, where the entry does not say it."""
    record = item.record
    suffix = record["InstanceId"].partition("-")[2]
    region = item.attributes.setdefault("region", "ap-guangzhou")
    image = world.images.get(record.get("ImageId", ""))
    record.setdefault("InstanceState", "RUNNING")
    if not record.get("Uuid"):
        record["Uuid"] = str(uuid5(NAMESPACE_URL, record["InstanceId"]))
    record.setdefault("InstanceFamily", str(record.get("InstanceType", "")).partition(".")[0])
    record["Placement"] = {"Zone": f"{region}-3", **record.get("Placement", {})}
    record["SystemDisk"] = {"DiskId": f"disk-{suffix}", **record.get("SystemDisk", {})}
    if image is None:
        record.setdefault("OsName", "")
    else:
        record.setdefault("OsName", image.record["OsName"])
        record.setdefault("DefaultLoginUser", login_user(image.record))
        record.setdefault("DefaultLoginPort", 3389 if is_windows(image.record) else 22)
    network = record.get("VirtualPrivateCloud")
    if network and not network.get("PrivateIpAddresses"):
        network["PrivateIpAddresses"] = list(record.get("PrivateIpAddresses") or [])


def is_windows(image: Mapping[str, Any]) -> bool:
    """Whether an image (or an instance, by its OsName) holds Windows."""
    return "windows" in str(image.get("Platform") or image.get("OsName") or "").lower()


def login_user(image: Mapping[str, Any]) -> str:
    """The default user of an image: Administrator, ubuntu or root."""
    if is_windows(image):
        return "Administrator"
    return "ubuntu" if image.get("Platform") == "Ubuntu" else "root"
