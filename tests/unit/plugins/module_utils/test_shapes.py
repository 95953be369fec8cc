# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mappings and lists of mappings: read from text where that can be, and told by their names where it cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.tencent.cloud.plugins.module_utils._shapes import in_shape, shape_problems

SPEC: dict[str, Any] = {
    "disk": {"type": "dict", "options": {"size": {"type": "int"}, "login": {"type": "dict"}}},
    "servers": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {"name": {"type": "str", "required": True}, "disk": {"type": "dict"}},
    },
    "names": {"type": "list", "elements": "str"},
    "name": {"type": "str"},
}
HIDDEN = "hide-me-please"


def shaped(given: dict[str, Any]) -> dict[str, Any]:
    """The options in shape."""
    return in_shape(SPEC, given, {dict: check_type_dict, list: json.loads})


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"disk": '{"size": 50}'}, {"disk": {"size": 50}}),
        ({"disk": "size=50"}, {"disk": {"size": "50"}}),
        ({"disk": {"login": '{"a": [1]}'}}, {"disk": {"login": {"a": [1]}}}),
        ({"servers": '[{"name": "a"}]'}, {"servers": [{"name": "a"}]}),
        ({"servers": ['{"name": "a"}', "name=b"]}, {"servers": [{"name": "a"}, {"name": "b"}]}),
        ({"servers": '[{"name": "a", "disk": "size=1"}]'}, {"servers": [{"name": "a", "disk": {"size": "1"}}]}),
        ({"servers": ""}, {"servers": []}),
    ],
)
def test_text_is_read(given: dict[str, Any], read: dict[str, Any]) -> None:
    assert shaped(given) == read
    assert list(shape_problems(SPEC, read)) == []


@pytest.mark.parametrize(
    "given",
    [
        {"name": '{"a": 1}', "names": '[{"a": 1}]', "unknown": "a=b"},
        {"disk": None, "names": None},
        {"disk": {"size": 1, "more": "a=b"}},
    ],
)
def test_all_else_stays(given: dict[str, Any]) -> None:
    assert shaped(given) == given
    assert list(shape_problems(SPEC, given)) == []


@pytest.mark.parametrize(
    ("given", "option", "message"),
    [
        ({"disk": HIDDEN}, "disk", "It must be a mapping, and is text."),
        ({"disk": f"{{{HIDDEN}"}, "disk", "It must be a mapping, and is text."),
        ({"disk": f"{HIDDEN}= {HIDDEN}"}, "disk", "It must be a mapping, and is text."),
        ({"disk": f'["{HIDDEN}"]'}, "disk", "It must be a mapping, and is text."),
        ({"disk": [HIDDEN]}, "disk", "It must be a mapping, and is a list."),
        ({"disk": 50}, "disk", "It must be a mapping, and is a number."),
        ({"disk": True}, "disk", "It must be a mapping, and is true or false."),
        ({"disk": {"login": HIDDEN}}, "disk.login", "It must be a mapping, and is text."),
        ({"servers": None}, "servers", "It must be a list, and is null."),
        ({"servers": HIDDEN}, "servers", "It must be a list, and is text."),
        ({"servers": f'{{"name": "{HIDDEN}"}}'}, "servers", "It must be a list, and is text."),
        ({"servers": {"name": HIDDEN}}, "servers", "It must be a list, and is a mapping."),
        ({"servers": [HIDDEN]}, "servers", "In servers[0]: It must be a mapping, and is text."),
        ({"servers": [{"name": "a"}, None]}, "servers", "In servers[1]: It must be a mapping, and is null."),
        (
            {"servers": [{"name": "a", "disk": 1}] * 5},
            "servers.disk",
            "In servers[0], servers[1], servers[2] and 2 more: It must be a mapping, and is a number.",
        ),
    ],
)
def test_what_is_none_is_told(given: dict[str, Any], option: str, message: str) -> None:
    (problem,) = shape_problems(SPEC, shaped(given))
    assert (problem.option, problem.message) == (option, message)
    assert HIDDEN not in str(problem)


def test_the_fix_names_what_each_mapping_needs() -> None:
    (problem,) = shape_problems(SPEC, {"servers": ["a", "b"]})
    assert problem.fix == "Give a mapping, such as {name: ...}."
