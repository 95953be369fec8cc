# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tag service refuses, and the pairs of key and value that the account has created.

Sources: the documents "Use Limits" (651/13354) and "Error Codes" (651/33024) of the tag service.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from ..cvm.instances import Tags
from ..server.errors import ApiError

KEY_LENGTH, VALUE_LENGTH = 127, 255
PUNCTUATION = " +-=._:/@()[]"
RESERVED = ("qcs:", "project", "qcloud", "tencent")


def _illegal(text: str) -> bool:
    return text != text.strip() or not all(character.isalnum() or character in PUNCTUATION for character in text)


# Code: the parameter that it speaks of, and when it refuses it.
RULES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "InvalidParameterValue.TagKeyEmpty": ("TagKey", lambda text: not text),
    "InvalidParameterValue.TagKeyLengthExceeded": ("TagKey", lambda text: len(text) > KEY_LENGTH),
    "InvalidParameterValue.TagKeyCharacterIllegal": ("TagKey", _illegal),
    "InvalidParameter.ReservedTagKey": ("TagKey", lambda text: text.startswith(RESERVED)),
    "InvalidParameterValue.TagValueEmpty": ("TagValue", lambda text: not text),
    "InvalidParameterValue.TagValueLengthExceeded": ("TagValue", lambda text: len(text) > VALUE_LENGTH),
    "InvalidParameterValue.TagValueCharacterIllegal": ("TagValue", _illegal),
}


def check_words(parameters: Mapping[str, str], codes: Collection[str]) -> None:
    """Raises the first of these codes whose rule the key or the value breaks."""
    for code in RULES:
        name, refused = RULES[code]
        if code in codes and refused(parameters.get(name, "")):
            raise ApiError(code, f"The parameter `{name}` is refused: {code.rpartition('.')[2]}.")


class TagPairs:
    """The pairs of the account. One must exist before a resource can have it."""

    def __init__(self, quota: Mapping[str, int], tags: Iterable[Tags]) -> None:
        self._quota = quota
        self._values: dict[str, set[str]] = {}
        for tag in tags:
            for key, value in tag.items():
                self._values.setdefault(key, set()).add(value)

    def __contains__(self, pair: tuple[str, str]) -> bool:
        key, value = pair
        return value in self._values.get(key, ())

    def counts(self) -> dict[str, int]:
        """How many values each key has."""
        return {key: len(values) for key, values in self._values.items()}

    def create(self, key: str, value: str) -> None:
        """Create a pair; raises ResourceInUse.TagDuplicate and the codes of the quotas."""
        if (key, value) in self:
            raise ApiError("ResourceInUse.TagDuplicate", "The tag already exists.")
        if key not in self._values and len(self._values) >= self._quota["keys"]:
            raise ApiError("LimitExceeded.TagKey", "The number of tag keys exceeds the limit.")
        if len(self._values.get(key, ())) >= self._quota["values_per_key"]:
            raise ApiError("LimitExceeded.TagValue", "The number of values of the tag key exceeds the limit.")
        self._values.setdefault(key, set()).add(value)

    def delete(self, key: str, value: str) -> None:
        """Delete a pair."""
        self._values[key].discard(value)

    def require(self, key: str, value: str) -> None:
        """Raises ResourceNotFound.TagNonExist when the pair was not created."""
        if (key, value) not in self:
            raise ApiError("ResourceNotFound.TagNonExist", "The tag does not exist.")

    def check_room(self, tags: Tags, key: str) -> None:
        """Raises LimitExceeded.ResourceAttachedTags when a resource with these tags can have no further key."""
        if key not in tags and len(tags) >= self._quota["keys_per_resource"]:
            raise ApiError("LimitExceeded.ResourceAttachedTags", "The resource has too many tags.")
