# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service tag: the tags of instances (version 2018-08-13, API 3.0 only).

Sources: the documents of the actions (651/33015, 651/33012, 651/37825, 651/37823, 651/37824, 651/33022) and "API
Category" (651/33003); which codes each can answer with is said by the vendor's SDK for Go. That ModifyResourceTags
creates a pair that is not there was recorded once; its codes of quotas say it too.
"""

from __future__ import annotations

from hashlib import md5
from typing import Any

from ..cvm.instances import Instance
from ..server.action import Action, Handler
from ..server.call import Call, resource_of
from ..server.errors import ApiError
from ..server.listing import Record, page
from ..state import State
from .tags import RULES, check_words

VERSION = "2018-08-13"
RESOURCES_LIMIT = 50
TAGS_LIMIT = 10
PAGE_DEFAULT = 15
CATEGORIES = ("All", "Custom", "System")

# The rules on the text of keys and values that each action documents. What an attachment does not refuse by these, it
# refuses as a pair that cannot exist.
_DETACH_CODES = {"InvalidParameterValue.TagKeyCharacterIllegal"}
_MODIFY_CODES = {
    *_DETACH_CODES,
    "InvalidParameterValue.TagValueCharacterIllegal",
    "InvalidParameterValue.TagValueLengthExceeded",
}
_ATTACH_CODES = {
    *_DETACH_CODES,
    "InvalidParameter.ReservedTagKey",
    "InvalidParameterValue.TagKeyEmpty",
    "InvalidParameterValue.TagValueCharacterIllegal",
}
_REPLACE_CODES = {*_ATTACH_CODES, *_MODIFY_CODES, "InvalidParameterValue.TagKeyLengthExceeded"}


def create_tag(state: State, call: Call) -> dict[str, Any]:
    """Create a pair of key and value, without which no resource can have it."""
    check_words(call.parameters, RULES)
    state.tags.create(*_pair(call))
    call.log["accepted"] = True
    return {}


def delete_tag(state: State, call: Call) -> dict[str, Any]:
    """Delete a pair that no resource has."""
    key, value = _pair(call)
    state.tags.require(key, value)
    if any(instance.tags.latest.get(key) == value for instance in state.instances.values()):
        raise ApiError("FailedOperation.TagAttachedResource", "The tag is still attached to a resource.")
    state.tags.delete(key, value)
    call.log["accepted"] = True
    return {}


def attach_resources_tag(state: State, call: Call) -> dict[str, Any]:
    """Give instances a tag that they do not have; whether an attached key is refused or overwritten, the world says."""
    check_words(call.parameters, _ATTACH_CODES)
    instances, (key, value) = _resources(state, call), _pair(call)
    state.tags.require(key, value)
    for instance in instances:
        if key in instance.tags.latest and state.world.tag_attach == "error":
            raise ApiError("ResourceInUse.TagKeyAttached", "The tag key is already attached to the resource.")
        state.tags.check_room(instance.tags.latest, key)
    return _written(state, call, instances, value)


def modify_resource_tags(state: State, call: Call) -> dict[str, Any]:
    """Give an instance tags, whether it had their keys or not, and take others from it; new pairs are created."""
    instance = _described(state, call.parameters["Resource"])
    replaced = {tag.get("TagKey", ""): tag.get("TagValue", "") for tag in call.parameters.get("ReplaceTags", [])}
    deleted = [tag.get("TagKey", "") for tag in call.parameters.get("DeleteTags", [])]
    if not replaced and not deleted:
        raise ApiError("InvalidParameter.Tag", "One of ReplaceTags and DeleteTags must be given.")
    if max(len(replaced), len(deleted)) > TAGS_LIMIT:
        raise ApiError("InvalidParameter.Tag", f"At most {TAGS_LIMIT} tags are allowed.")
    if set(replaced) & set(deleted):
        raise ApiError("InvalidParameterValue.DeleteTagsParamError", "A key is in ReplaceTags and in DeleteTags.")
    for key, value in replaced.items():
        check_words({"TagKey": key, "TagValue": value}, _REPLACE_CODES)
        state.tags.check_room(instance.tags.latest, key)
    for key, value in replaced.items():
        if (key, value) not in state.tags:
            state.tags.create(key, value)
        instance.tag(state.now, key, value)
    for key in deleted:
        instance.tag(state.now, key, None)
    call.log["accepted"] = True
    return {}


def modify_resources_tag_value(state: State, call: Call) -> dict[str, Any]:
    """Change the value of a key that instances have."""
    check_words(call.parameters, _MODIFY_CODES)
    instances, (key, value) = _resources(state, call), _pair(call)
    _check_attached(instances, key)
    state.tags.require(key, value)
    return _written(state, call, instances, value)


def detach_resources_tag(state: State, call: Call) -> dict[str, Any]:
    """Take a key from instances."""
    check_words(call.parameters, _DETACH_CODES)
    instances, (key, _value) = _resources(state, call), _pair(call)
    _check_attached(instances, key)
    return _written(state, call, instances, None)


def describe_resource_tags_by_resource_ids(state: State, call: Call) -> dict[str, Any]:
    """The tags of instances as readers see them: some seconds ago, or before the latest change as a fault has them."""
    instances = _resources(state, call)
    category = call.parameters.get("Category", "All")
    if category not in CATEGORIES:
        raise ApiError("InvalidParameterValue", f"Category must be one of {', '.join(CATEGORIES)}.")
    shown = [] if category == "System" else [tag for item in instances for tag in _shown(item, call, state)]
    wanted = {"Offset": 0, "Limit": PAGE_DEFAULT, **call.parameters}
    part = page(shown, wanted, ("InvalidParameterValue.OffsetInvalid", "InvalidParameterValue"))
    if wanted["Offset"] % wanted["Limit"]:
        raise ApiError("InvalidParameterValue.OffsetInvalid", "Offset must be a multiple of Limit.")
    return {"TotalCount": len(shown), "Offset": wanted["Offset"], "Limit": wanted["Limit"], "Tags": part}


def _pair(call: Call) -> tuple[str, str]:
    return call.parameters.get("TagKey", ""), call.parameters.get("TagValue", "")


def _resources(state: State, call: Call) -> list[Instance]:
    """The instances that a call names, each once; raises the codes of resources."""
    parameters, ids = call.parameters, call.parameters["ResourceIds"]
    if parameters["ServiceType"] != "cvm":
        raise ApiError("InvalidParameterValue.ServiceTypeInvalid", "The service type is not supported.")
    if parameters.get("ResourcePrefix") != "instance":
        raise ApiError("InvalidParameterValue.ResourcePrefixInvalid", "The resource prefix is not supported.")
    region = parameters.get("ResourceRegion", "")
    if region not in state.world.regions:
        raise ApiError("InvalidParameterValue.RegionInvalid", f"The region `{region}` is invalid.")
    if len(ids) > RESOURCES_LIMIT:
        raise ApiError("LimitExceeded.ResourceNumPerRequest", f"At most {RESOURCES_LIMIT} resources are allowed.")
    for name in ids:
        if name not in state.instances or state.instances[name].region != region:
            raise ApiError("InvalidParameterValue.ResourceIdInvalid", f"The resource `{name}` does not exist.")
    return [state.instances[name] for name in dict.fromkeys(ids)]


def _described(state: State, resource: str) -> Instance:
    """The instance of a description in six segments, whose account may be left out."""
    found = resource_of(resource)
    if found is None or found[0] not in state.instances or state.instances[found[0]].region != found[1]:
        raise ApiError("InvalidParameterValue.ResourceDescriptionError", f"The resource `{resource}` is not valid.")
    return state.instances[found[0]]


def _check_attached(instances: list[Instance], key: str) -> None:
    if any(key not in instance.tags.latest for instance in instances):
        raise ApiError("ResourceNotFound.AttachedTagKeyNotFound", "The tag key is not attached to the resource.")


def _written(state: State, call: Call, instances: list[Instance], value: str | None) -> dict[str, Any]:
    for instance in instances:
        instance.tag(state.now, _pair(call)[0], value)
    call.log["accepted"] = True
    return {}


def _shown(instance: Instance, call: Call, state: State) -> list[Record]:
    """The tags that are read, perhaps late. A pair that was deleted meanwhile is not shown any more: no document says
    otherwise."""
    name = instance.record["InstanceId"]
    stale = ("stale", None) in call.views or ("stale", name) in call.views
    tags = instance.tags.previous if stale else instance.tags.seen(state.now)
    return [
        {
            "TagKey": key,
            "TagValue": value,
            "ResourceId": name,
            "TagKeyMd5": _digest(key),
            "TagValueMd5": _digest(value),
            "ServiceType": "cvm",
            "Category": "Custom",
        }
        for key, value in tags.items()
        if (key, value) in state.tags
    ]


def _digest(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


_PAIR = {"TagKey": str, "TagValue": str}
_RESOURCES = {"ServiceType": str, "ResourcePrefix": str, "ResourceIds": [str], "ResourceRegion": str}
_NEEDED = ("ServiceType", "ResourceIds")
_CHANGES = {"Resource": str, "ReplaceTags": [_PAIR], "DeleteTags": [{"TagKey": str}]}
_PAGE = {"Offset": int, "Limit": int, "Category": str}


def _action(name: str, handler: Handler, rate: int, schema: dict[str, Any], required: tuple[str, ...] = ()) -> Action:
    return Action("tag", VERSION, name, handler, rate, schema, required, regional=False, generations=("v3",))


ACTIONS = (
    _action("CreateTag", create_tag, 20, _PAIR),
    _action("DeleteTag", delete_tag, 20, _PAIR),
    _action("ModifyResourceTags", modify_resource_tags, 20, _CHANGES, ("Resource",)),
    _action("AttachResourcesTag", attach_resources_tag, 20, {**_RESOURCES, **_PAIR}, _NEEDED),
    _action("ModifyResourcesTagValue", modify_resources_tag_value, 20, {**_RESOURCES, **_PAIR}, _NEEDED),
    _action("DetachResourcesTag", detach_resources_tag, 20, {**_RESOURCES, "TagKey": str}, _NEEDED),
    _action(
        "DescribeResourceTagsByResourceIds",
        describe_resource_tags_by_resource_ids,
        100,
        {**_RESOURCES, **_PAGE},
        (*_NEEDED, "ResourcePrefix", "ResourceRegion"),
    ),
)
