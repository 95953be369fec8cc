# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bench that speaks to the tag service too."""

from __future__ import annotations

from typing import Any

from .bench import Bench, code

ID, OTHER, ABROAD = "ins-r8hr2upy", "ins-keypair1", "ins-hongkong"
KEY = "ansible-reset-once"
RESOURCE = f"qcs::cvm:ap-guangzhou:uin/:instance/{ID}"
READ = "DescribeResourceTagsByResourceIds"


class Tagger(Bench):
    """A bench with calls of the tag service."""

    def tag(self, action: str, **parameters: Any) -> dict[str, Any]:
        return self.call(action, parameters, host="tag.tencentcloudapi.com", version="2018-08-13")

    def on(self, action: str, *pair: str, **parameters: Any) -> dict[str, Any]:
        """A call on the first instance, unless it is told otherwise."""
        place = {"ServiceType": "cvm", "ResourcePrefix": "instance", "ResourceRegion": "ap-guangzhou"}
        named = dict(zip(("TagKey", "TagValue"), pair))
        return self.tag(action, **{**place, "ResourceIds": [ID], **named, **parameters})

    def modify(self, resource: str = RESOURCE, *, delete: tuple[str, ...] = (), **replace: str) -> dict[str, Any]:
        """ModifyResourceTags; an underscore in a key stands for a dash."""
        replaced = [{"TagKey": key.replace("_", "-"), "TagValue": value} for key, value in replace.items()]
        lists = {"ReplaceTags": replaced, "DeleteTags": [{"TagKey": key} for key in delete]}
        given = {name: tags for name, tags in lists.items() if tags}
        return self.tag("ModifyResourceTags", Resource=resource, **given)

    def made(self, *values: str, key: str = KEY) -> None:
        for value in values:
            assert code(self.tag("CreateTag", TagKey=key, TagValue=value)) is None

    def read(self, **parameters: Any) -> dict[str, str]:
        """The tags of the first instance as the tag service shows them."""
        answer = self.on(READ, **parameters)
        return {tag["TagKey"]: tag["TagValue"] for tag in answer["Tags"]}

    @property
    def real(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.state["instances"][ID]["Tags"]}

    @property
    def shown(self) -> dict[str, str]:
        """The tags of the first instance as DescribeInstances shows them."""
        return {tag["Key"]: tag["Value"] for tag in self.seen()["Tags"]}


def attached(**options: Any) -> Tagger:
    """An instance with the tag, and one more value for it."""
    sim = Tagger(**{"tag_lag_seconds": 0, **options})
    sim.made("one", "two")
    assert code(sim.on("AttachResourcesTag", KEY, "one")) is None
    return sim
