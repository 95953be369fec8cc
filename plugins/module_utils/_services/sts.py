# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The security token service (2018-08-13): whose credentials call. `_api/assume_role` takes on a role by it."""

from __future__ import annotations

from .._api.client import STS, Client
from .._api.transform import snake_case
from .._errors import BadAnswer

FIELDS = ("AccountId", "Arn", "Type", "UserId", "PrincipalId", "RequestId")
"""What GetCallerIdentity answers (document 1150/49453), each a text."""


def caller_identity(client: Client) -> dict[str, str | None]:
    """Whose credentials the client calls with (GetCallerIdentity): the fields in snake_case, None where one is missing.

    Raises BadAnswer when there is no account: what a play compares must not be missing.
    """
    answer = client.read(STS, "GetCallerIdentity", {})
    known = {snake_case(name): answer[name] if isinstance(answer.get(name), str) else None for name in FIELDS}
    if not known["account_id"]:
        raise BadAnswer("The answer has no AccountId.", request_id=answer["RequestId"], action="GetCallerIdentity")
    return known
