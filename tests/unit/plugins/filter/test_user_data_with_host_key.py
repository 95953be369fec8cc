# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter, as Ansible finds and calls it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.tencent.cloud.plugins.filter import user_data_with_host_key as tested
from ansible_collections.tencent.cloud.plugins.plugin_utils import _user_data

(NAME,) = tested.FilterModule().filters()
FILTER = tested.FilterModule().filters()[NAME]


def test_it_has_the_documented_name_and_arguments() -> None:
    document = yaml.safe_load(tested.DOCUMENTATION)
    assert document["name"] == NAME
    assert set(document["options"]) == {"_input", *document["positional"].split(", ")}


def test_it_hands_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tested, "with_host_key", lambda *arguments: repr(arguments))
    assert FILTER("#!", private_key="b", public_key="c") == "('#!', 'b', 'c')"
    assert FILTER(None, "b", "c") == "(None, 'b', 'c')"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (({"a": "b"}, "secret-key", "c"), "The user data must be text, and is a mapping. Write it as text"),
        (("", None, "c"), "The private key must be text, and is null"),
        (("", "secret-key", ["c"]), "The public key must be text, and is a list"),
        (("", "secret-key", "c"), "The public key is not an ssh-ed25519 key"),
    ],
)
def test_errors_are_those_of_a_filter_and_tell_no_secret(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(AnsibleFilterError, match=words) as caught:
        FILTER(*arguments)
    assert "secret-key" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert _user_data.UserDataError.code not in str(caught.value)
