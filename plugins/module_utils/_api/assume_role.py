# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The security token service: taking on a role."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .._errors import CredentialsError
from .client import STS, Client
from .credentials import Credentials

_PARAMETERS = {
    "role_arn": "RoleArn",
    "role_session_name": "RoleSessionName",
    "duration_seconds": "DurationSeconds",
    "external_id": "ExternalId",
    "policy": "Policy",
}
_DEFAULTS: dict[str, Any] = {"role_session_name": "ansible", "duration_seconds": 7200}


def assume_role(client: Client, role: Mapping[str, Any]) -> Credentials:
    """Temporary credentials of `role`, which has the keys of the `assume_role` option (AssumeRole, 2018-08-13).

    Raises TencentCloudError when the role cannot be taken on.
    """
    given = {name: value for name, value in role.items() if value not in (None, "")}
    params = {_PARAMETERS[name]: value for name, value in {**_DEFAULTS, **given}.items()}
    answer = client.read(STS, "AssumeRole", params)
    try:
        keys = answer["Credentials"]
        return Credentials(
            keys["TmpSecretId"],
            keys["TmpSecretKey"],
            keys["Token"],
            f"the role {role['role_arn']}",
            expires_at=_expiry(answer),
        )
    except (KeyError, TypeError, ValueError):
        raise CredentialsError(f"The answer of AssumeRole for {role['role_arn']} cannot be read.") from None


def _expiry(answer: Mapping[str, Any]) -> float:
    if answer.get("ExpiredTime"):
        return float(answer["ExpiredTime"])
    return datetime.fromisoformat(str(answer["Expiration"]).replace("Z", "+00:00")).timestamp()
