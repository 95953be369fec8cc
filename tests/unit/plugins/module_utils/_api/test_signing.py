# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every vector at every stage it records: a failing test names the stage that is broken."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api import signing

Vector = dict[str, Any]

# 16 KiB of user data, for which the file has a short name.
LONG = base64.b64encode(bytes(range(256)) * 64).decode()
FILE = Path(__file__).parents[3] / "data" / "signature_vectors.json"
VECTORS: dict[str, list[Vector]] = json.loads(FILE.read_text(encoding="utf-8").replace("@16KiB@", LONG))

COMMON_PARAMETERS = set(
    "Action Version Region Timestamp Nonce SecretId SignatureMethod Language Token RequestClient".split()
)

# How many vectors record which stage; one that is lost from the file, or from a table below, fails the count.
STAGES = {
    "form": {
        "params": 13,
        "flat": 23,
        "string_to_sign_sha256": 12,
        "signature": 25,
        "signature_encoded": 22,
        "wire": 11,
        "wire_sha256": 12,
        "wire_unsorted": 1,
    },
    "tc3": {
        "params": 7,
        "query": 12,
        "payload_sha256": 12,
        "canonical_headers": 5,
        "signed_headers": 5,
        "canonical_request": 12,
        "canonical_request_sha256": 12,
        "scope": 12,
        "string_to_sign": 12,
        "keys": 12,
        "signature": 12,
        "authorization": 12,
    },
}
# What the stages start from; the two raw vectors begin with the string to sign.
INPUTS = {
    "form": set("id origin secret_key signature_method method host path string_to_sign".split()),
    "tc3": set("id origin secret_id secret_key method service timestamp headers payload".split()),
}
TESTED: dict[str, dict[str, int]] = {"form": {}, "tc3": {}}


def every(kind: str, stage: str) -> pytest.MarkDecorator:
    """Run a test for every vector that records the stage."""
    chosen = [vector for vector in VECTORS[kind] if stage in vector]
    TESTED[kind][stage] = len(chosen)
    return pytest.mark.parametrize("vector", chosen, ids=[vector["id"] for vector in chosen])


# --- TC3-HMAC-SHA256


@every("tc3", "params")
def test_tc3_parameters_become_the_payload_or_the_query(vector: Vector) -> None:
    if vector["method"] == "POST":
        assert json.dumps(vector["params"]) == vector["payload"]
    else:  # The SDK has its own order and writes a space as a plus sign.
        assert dict(parse_qsl(vector["query"])) == signing.flatten(vector["params"])


@every("tc3", "payload_sha256")
def test_tc3_payload_hash(vector: Vector) -> None:
    assert signing.sha256_hex(vector["payload"].encode()) == vector["payload_sha256"]


@every("tc3", "signed_headers")
def test_tc3_signed_headers(vector: Vector) -> None:
    assert signing.signed_headers(vector["headers"]) == vector["signed_headers"]


@every("tc3", "canonical_headers")
def test_tc3_canonical_headers(vector: Vector) -> None:
    canonical = signing.canonical_request("POST", "", vector["headers"], b"")
    assert canonical.startswith(f"POST\n/\n\n{vector['canonical_headers']}\n")


def canonical_request(vector: Vector) -> str:
    """Stage 1 of a vector."""
    payload = vector["payload"].encode()
    return signing.canonical_request(vector["method"], vector["query"], vector["headers"], payload)


@every("tc3", "query")
def test_tc3_canonical_query(vector: Vector) -> None:
    assert canonical_request(vector).split("\n")[2] == vector["query"]


@every("tc3", "canonical_request")
def test_tc3_canonical_request(vector: Vector) -> None:
    assert canonical_request(vector) == vector["canonical_request"]


@every("tc3", "canonical_request_sha256")
def test_tc3_canonical_request_hash(vector: Vector) -> None:
    assert signing.sha256_hex(vector["canonical_request"].encode()) == vector["canonical_request_sha256"]


@every("tc3", "scope")
def test_tc3_scope(vector: Vector) -> None:
    assert signing.credential_scope(vector["timestamp"], vector["service"]) == vector["scope"]


@every("tc3", "string_to_sign")
def test_tc3_string_to_sign(vector: Vector) -> None:
    text = signing.tc3_string_to_sign(vector["timestamp"], vector["scope"], vector["canonical_request"])
    assert text == vector["string_to_sign"]


@every("tc3", "keys")
def test_tc3_derived_keys(vector: Vector) -> None:
    keys = signing.tc3_signing_keys(vector["secret_key"], vector["scope"])
    assert [key.hex() for key in keys] == vector["keys"]


@every("tc3", "signature")
def test_tc3_signature(vector: Vector) -> None:
    signing_key = bytes.fromhex(vector["keys"][-1])
    assert signing.tc3_signature(signing_key, vector["string_to_sign"]) == vector["signature"]


@every("tc3", "authorization")
def test_tc3_authorization(vector: Vector) -> None:
    header = signing.tc3_authorization(vector["secret_id"], vector["scope"], vector["headers"], vector["signature"])
    assert header == vector["authorization"]


@every("tc3", "authorization")
def test_tc3_all_stages_together(vector: Vector) -> None:
    header = signing.tc3_sign(
        secret_id=vector["secret_id"],
        secret_key=vector["secret_key"],
        service=vector["service"],
        timestamp=vector["timestamp"],
        headers=vector["headers"],
        payload=vector["payload"].encode(),
        method=vector["method"],
        query=vector["query"],
    )
    assert header == vector["authorization"]


# --- HmacSHA256 and HmacSHA1


def as_texts(flat: dict[str, Any]) -> dict[str, str]:
    """The values as the documents spell them; the SDK writes Python's True where the documents write TRUE."""
    return {name: str(value).upper() if isinstance(value, bool) else str(value) for name, value in flat.items()}


@every("form", "params")
def test_form_flattened_parameters(vector: Vector) -> None:
    flat = as_texts(vector["flat"])
    own = {name: value for name, value in flat.items() if name not in COMMON_PARAMETERS}
    assert signing.flatten(vector["params"]) == own


@every("form", "flat")
def test_form_string_to_sign(vector: Vector) -> None:
    text = signing.form_string_to_sign(vector["method"], vector["host"], vector["path"], vector["flat"])
    assert text == vector["string_to_sign"]


@every("form", "string_to_sign_sha256")
def test_form_string_to_sign_hash(vector: Vector) -> None:
    text = signing.form_string_to_sign(vector["method"], vector["host"], vector["path"], vector["flat"])
    assert hashlib.sha256(text.encode()).hexdigest() == vector["string_to_sign_sha256"]


@every("form", "signature")
def test_form_signature(vector: Vector) -> None:
    signature = signing.form_signature(vector["secret_key"], vector["signature_method"], vector["string_to_sign"])
    assert signature == vector["signature"]


@every("form", "signature_encoded")
def test_form_encoded_signature(vector: Vector) -> None:
    assert signing.form_encode({"Signature": vector["signature"]}) == f"Signature={vector['signature_encoded']}"


@every("form", "wire")
def test_form_wire(vector: Vector) -> None:
    assert signing.form_encode({**vector["flat"], "Signature": vector["signature"]}) == vector["wire"]


@every("form", "wire_sha256")
def test_form_wire_hash(vector: Vector) -> None:
    wire = signing.form_encode({**vector["flat"], "Signature": vector["signature"]})
    assert signing.sha256_hex(wire.encode()) == vector["wire_sha256"]


@every("form", "wire_unsorted")
def test_form_wire_of_the_sdk_holds_the_same_pairs(vector: Vector) -> None:
    wire = signing.form_encode({**vector["flat"], "Signature": vector["signature"]})
    assert sorted(parse_qsl(wire)) == sorted(parse_qsl(vector["wire_unsorted"]))
    assert sorted(wire.split("&")) == sorted(vector["wire_unsorted"].split("&"))


@every("form", "flat")
def test_form_all_stages_together(vector: Vector) -> None:
    form = signing.form_sign(
        secret_key=vector["secret_key"],
        signature_method=vector["signature_method"],
        host=vector["host"],
        path=vector["path"],
        flat=vector["flat"],
        method=vector["method"],
    )
    assert form == {**vector["flat"], "Signature": vector["signature"]}


# --- the file


def test_no_vector_and_no_stage_is_left_out() -> None:
    recorded = {kind: Counter(stage for vector in VECTORS[kind] for stage in vector) for kind in STAGES}
    for kind, counts in STAGES.items():
        assert {stage: recorded[kind][stage] for stage in counts} == counts
        assert TESTED[kind] == counts
        assert set(recorded[kind]) - INPUTS[kind] == set(counts)


def test_the_file_holds_all_official_and_all_generated_vectors_once() -> None:
    rows = [vector for kind in STAGES for vector in VECTORS[kind]]
    assert Counter(vector["origin"] for vector in rows) == {"official": 16, "generated": 21}
    assert len({vector["id"] for vector in rows}) == 37
    assert len(VECTORS["not_reproducible"]) == 4


@pytest.mark.parametrize("entry", VECTORS["not_reproducible"], ids=lambda entry: str(entry["id"]))
def test_what_documents_print_but_cannot_be_computed_is_listed_with_a_reason(entry: Vector) -> None:
    assert entry["signature"]
    assert entry["reason"]
    used = {vector["signature"] for kind in STAGES for vector in VECTORS[kind]}
    assert entry["signature"] not in used
