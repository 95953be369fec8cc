# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids, filters and pages: however many there are, each record comes once and none is missing."""

from __future__ import annotations

import json
from functools import cache
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._api.client import CVM
from ansible_collections.tencent.cloud.plugins.module_utils._api.paging import (
    CALLS,
    KNOWN_VALUES,
    chunks,
    filter_sets,
    listed,
    queries,
)
from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, BadAnswer, OptionError
from ansible_collections.tencent.cloud.plugins.module_utils._services.cvm import Cvm
from tests.unit.support.doubles import ScriptedTransport, answer, client_with, refusal
from tests.unit.support.simulated import Simulated, simulated

REGION, OTHER_REGION = "ap-singapore", "ap-tokyo"
COUNT = 2_500
ROLES = ("web", "db", "cache")
IDS = [f"ins-g{index:07}" for index in range(COUNT)]
"""The generated instances; the built-in world has none in these regions."""


@cache
def crowd() -> Simulated:
    """Thousands of instances, for all that only read."""
    tags = {"role": list(ROLES)}
    return simulated(region=REGION, generate={"count": COUNT, "regions": [REGION], "tags": tags})


def sent(transport: ScriptedTransport) -> list[dict[str, Any]]:
    """The parameters of every call."""
    return [json.loads(body) for body in transport.bodies]


def items(*numbers: int) -> list[dict[str, Any]]:
    return [{"InstanceId": f"ins-{number:08}"} for number in numbers]


def pages(*script: HttpAnswer, page: int = 2) -> tuple[list[Any], list[int]]:
    """What is listed of these answers, and the offsets that were asked for."""
    transport = ScriptedTransport(*script)
    found = listed(client_with(transport, max_attempts=1), CVM, "DescribeInstances", {}, "InstanceSet", page=page)
    assert transport.script == []
    return found, [params["Offset"] for params in sent(transport)]


# --- pages


@pytest.mark.parametrize(
    ("script", "count", "offsets"),
    [
        ([answer(InstanceSet=[], TotalCount=0)], 0, [0]),
        ([answer(InstanceSet=items(1), TotalCount=1)], 1, [0]),
        ([answer(InstanceSet=items(1, 2), TotalCount=2)], 2, [0]),
        ([answer(InstanceSet=items(1, 2), TotalCount=3), answer(InstanceSet=items(3), TotalCount=3)], 3, [0, 2]),
    ],
)
def test_pages_are_read_to_the_end(script: list[HttpAnswer], count: int, offsets: list[int]) -> None:
    found, asked = pages(*script)
    assert (len(found), asked) == (count, offsets)


def test_a_short_page_is_not_the_last_when_there_is_more() -> None:
    found, asked = pages(answer(InstanceSet=items(1), TotalCount=2), answer(InstanceSet=items(2), TotalCount=2))
    assert (len(found), asked) == (2, [0, 1])


def test_without_a_total_an_empty_page_is_the_end() -> None:
    found, asked = pages(answer(InstanceSet=items(1, 2)), answer(InstanceSet=items(3)), answer(InstanceSet=[]))
    assert (len(found), asked) == (3, [0, 2, 3])


def test_what_went_away_meanwhile_is_not_waited_for() -> None:
    found, asked = pages(answer(InstanceSet=items(1, 2), TotalCount=3), answer(InstanceSet=[], TotalCount=3))
    assert (len(found), asked) == (2, [0, 2])


@pytest.mark.parametrize("broken", [{}, {"InstanceSet": None}, {"InstanceSet": {}}])
def test_an_answer_without_its_list_is_none_of_the_api(broken: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer, match=r"DescribeInstances.*no InstanceSet.*RequestId r-1"):
        pages(answer(InstanceSet=items(1, 2), TotalCount=3), answer(TotalCount=3, **broken))


def test_all_of_a_crowd() -> None:
    service = crowd()
    before = len(service.calls)
    found = service.cvm.instances()
    assert sorted(found) == IDS
    assert len(service.calls) - before == COUNT // 100
    assert all(one["instance_id"] == name for name, one in found.items())
    assert found[IDS[0]]["tags"]["role"] in ROLES


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 260), st.integers(1, 100))
def test_every_page_size_lists_each_once(count: int, page: int) -> None:
    service = simulated(region=REGION, generate={"count": count, "regions": [REGION]})
    found = listed(service.cvm.client, CVM, "DescribeInstances", {}, "InstanceSet", page=page)
    assert sorted(one["instance_id"] for one in found) == IDS[:count]
    assert len(service.calls) == -(-count // page)


# --- ids


@given(st.lists(st.sampled_from(IDS[:40])), st.integers(1, 12))
def test_chunks_hold_each_once_in_order(ids: list[str], size: int) -> None:
    parts = list(chunks(ids, size))
    assert list(chain(*parts)) == list(dict.fromkeys(ids))
    assert all(1 <= len(part) <= size for part in parts)
    assert all(len(part) == size for part in parts[:-1])


@settings(deadline=None, max_examples=10)
@given(st.sets(st.integers(0, COUNT - 1), max_size=350), st.integers(0, 3))
def test_any_number_of_ids(numbers: set[int], unknown: int) -> None:
    ids = [IDS[number] for number in sorted(numbers)]
    asked = [*ids, *ids[:5], *(f"ins-nobody{number:02}" for number in range(unknown))]
    if asked:
        assert sorted(crowd().cvm.instances(asked)) == ids


def test_all_ids_of_a_crowd_in_chunks_of_a_hundred() -> None:
    service = crowd()
    before = len(service.calls)
    assert sorted(service.cvm.instances(IDS)) == IDS
    assert len(service.calls) - before == COUNT // 100


def test_an_instance_of_another_region_is_left_out() -> None:
    service = simulated(region=REGION, generate={"count": 4, "regions": [REGION, OTHER_REGION]})
    assert list(service.cvm.instances(IDS[:4])) == [IDS[0], IDS[2]]


@pytest.mark.parametrize("known", [[], [1], [1, 3], [1, 2, 3]])
def test_an_unknown_id_that_refuses_the_others_is_parted_from_them(known: list[int]) -> None:
    class Strict(ScriptedTransport):
        def send(self, request: Any, **options: Any) -> HttpAnswer:
            ids = json.loads(request.body)["InstanceIds"]
            there = [f"ins-{number:08}" for number in known]
            if set(ids) - set(there):
                return refusal("InvalidInstanceId.NotFound")
            return answer(InstanceSet=[{"InstanceId": one} for one in ids], TotalCount=len(ids))

    service = Cvm(client_with(Strict(), max_attempts=1))
    found = service.instances([f"ins-{number:08}" for number in (1, 2, 3)])
    assert list(found) == [f"ins-{number:08}" for number in known]


def test_another_refusal_stays_one() -> None:
    with pytest.raises(ApiError, match="UnauthorizedOperation"):
        Cvm(client_with(ScriptedTransport(refusal("UnauthorizedOperation")))).instances([IDS[0]])


def test_without_ids_nothing_can_be_parted() -> None:
    with pytest.raises(ApiError, match=r"ResourceNotFound\.NotFound"):
        Cvm(client_with(ScriptedTransport(refusal("ResourceNotFound.NotFound")))).instances()


# --- filters


@pytest.mark.parametrize(
    ("given_value", "values"),
    [("web", ["web"]), (["web", "db"], ["web", "db"]), (7, ["7"]), (True, ["true"]), (["web", "web"], ["web"])],
)
def test_a_value_or_a_list_of_values(given_value: Any, values: list[str]) -> None:
    assert filter_sets({"tag:role": given_value}) == [[{"Name": "tag:role", "Values": values}]]


@pytest.mark.parametrize("nothing", [None, "", [], [None], ["web", ""], {}, [["web"]]])
def test_a_filter_without_a_value_is_refused(nothing: Any) -> None:
    """It must not come to "all instances" because a variable was empty."""
    with pytest.raises(OptionError, match="filters: tag:role has no value"):
        filter_sets({"tag:role": nothing})


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"instance-state": "running"}, "instance-state has no value 'running'. Did you mean RUNNING?"),
        ({"instance-state": ["RUNNING", "stoped"]}, "instance-state has no value 'stoped'. Did you mean STOPPED?"),
        ({"instance-state": ["Stopped", "start"]}, "no value 'Stopped', 'start'. Did you mean STOPPED, STARTING?"),
        ({"instance-charge-type": "postpaid"}, "Did you mean POSTPAID_BY_HOUR?"),
        ({"instance-charge-type": "free"}, "Give PREPAID, POSTPAID_BY_HOUR, CDHPAID, SPOTPAID, CDCPAID."),
        ({"image-type": "public"}, "image-type has no value 'public'. Did you mean PUBLIC_IMAGE?"),
    ],
    ids=str,
)
def test_a_value_that_a_filter_cannot_have_is_refused(filters: dict[str, Any], words: str) -> None:
    """It would list nothing, in silence."""
    with pytest.raises(OptionError) as caught:
        filter_sets(filters)
    assert words in str(caught.value)


def test_the_values_that_a_filter_can_have_are_taken() -> None:
    for name, known in KNOWN_VALUES.items():
        sent = [value for one in filter_sets({name: list(known)}) for part in one for value in part["Values"]]
        assert sent == list(known)


def test_no_filters_are_one_call_for_all() -> None:
    assert filter_sets({}) == [[]]
    assert queries("InstanceIds", [], None) == queries("InstanceIds", [], {}) == [{}]


def test_more_filters_than_a_call_takes_are_refused() -> None:
    assert len(filter_sets({f"tag:{number}": "x" for number in range(10)})) == 1
    with pytest.raises(OptionError, match="filters: There are 11, and a call can have 10"):
        filter_sets({f"tag:{number}": "x" for number in range(11)})


@given(st.dictionaries(st.sampled_from("abcd"), st.lists(st.sampled_from("tuvwxyz1234"), min_size=1), max_size=4))
def test_split_values_come_together_again(filters: dict[str, list[str]]) -> None:
    sets = filter_sets(filters)
    assert 1 <= len(sets) <= CALLS
    for one in sets:
        assert [part["Name"] for part in one] == list(filters)
        assert all(1 <= len(part["Values"]) <= 5 for part in one)
    for index, (name, values) in enumerate(filters.items()):
        assert {value for one in sets for value in one[index]["Values"]} == set(values), name


def test_values_that_would_need_too_many_calls_are_refused() -> None:
    many = [str(number) for number in range(51)]
    assert len(filter_sets({"zone": many})) == 11
    with pytest.raises(OptionError, match="filters: their values would need 121 calls"):
        filter_sets({"zone": many, "vpc-id": many})


def test_filters_of_a_crowd() -> None:
    found = crowd().cvm.instances(filters={"tag:role": ["web", "db"], "instance-state": "RUNNING"})
    assert sorted(found) == [one for index, one in enumerate(IDS) if index % 3 != 2]


def test_more_values_than_a_call_takes_are_split() -> None:
    service = crowd()
    before = len(service.calls)
    names = [f"generated-{number:05}" for number in range(12)]
    assert sorted(service.cvm.instances(filters={"instance-name": names})) == IDS[:12]
    assert len(service.calls) - before == 3


def test_a_record_that_fits_several_calls_comes_once() -> None:
    addresses = ["10.0.0.0", *(f"192.0.2.{number}" for number in range(1, 5)), "10.0.0.0", "10.0.0.1"]
    assert list(crowd().cvm.instances(filters={"private-ip-address": addresses})) == IDS[:2]
    twice = answer(InstanceSet=items(1), TotalCount=1)
    service = Cvm(client_with(ScriptedTransport(twice, twice)))
    assert len(service.instances(filters={"tag-key": list("abcdef")})) == 1


# --- images


def test_an_own_image_that_moves_to_the_next_page_comes_once() -> None:
    image = {"ImageId": "img-qlzp4oea", "ImageName": "backup"}
    other = {"ImageId": "img-other001", "ImageName": "backup-2"}
    transport = ScriptedTransport(
        answer(ImageSet=[other, image], TotalCount=3), answer(ImageSet=[image], TotalCount=3), answer(ImageSet=[])
    )
    found = Cvm(client_with(transport, max_attempts=1)).own_images("backup")
    assert [one["image_id"] for one in found] == ["img-qlzp4oea"]


def test_images_for_an_instance_type() -> None:
    found = simulated().cvm.images(filters={"platform": "Debian"}, instance_type="SR1.MEDIUM4")
    assert list(found) == ["img-arm64deb"]


def test_images_by_any_number_of_ids() -> None:
    service = simulated(generate_images={"count": 130})
    ids = [f"img-g{index:07}" for index in range(130)]
    assert list(service.cvm.images(ids, instance_type="S5.MEDIUM4")) == ids
    assert service.calls == ["DescribeImages"] * 2
