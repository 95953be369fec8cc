# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A loop on the vendor's SDK that prints all instances of some regions: what the inventory is measured against.

``python -m tests.benchmarks.listed_by_sdk HOST:PORT REGION...``
"""

# The SDK comes without types, and is no part of every environment that checks them.
# mypy: disable-error-code="import-untyped, import-not-found"

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from tencentcloud.common.credential import EnvironmentVariableCredential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312.cvm_client import CvmClient
from tencentcloud.cvm.v20170312.models import DescribeInstancesRequest

PAGE = 100


def instances(host: str, region: str) -> Iterator[dict[str, Any]]:
    """The instances of a region."""
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=host))
    client = CvmClient(EnvironmentVariableCredential().get_credential(), region, profile)
    request = DescribeInstancesRequest()
    request.Offset, request.Limit = 0, PAGE
    while True:
        answer = client.DescribeInstances(request)
        yield from (one._serialize(allow_none=True) for one in answer.InstanceSet)
        request.Offset += len(answer.InstanceSet)
        if not answer.InstanceSet or request.Offset >= answer.TotalCount:
            return


def main() -> None:
    """Print them as one list."""
    # It warns of fields of real records that its models do not have.
    warnings.simplefilter("ignore")
    host, *regions = sys.argv[1:]
    print(json.dumps([one for region in regions for one in instances(host, region)]))


if __name__ == "__main__":
    main()
