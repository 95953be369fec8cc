# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody would write on the vendor's SDK: look at the instance and the images, and reset it."""

# The SDK comes without types, and is no part of every environment that checks them.
# mypy: disable-error-code="import-untyped, import-not-found"

from __future__ import annotations

import json
import os
import sys
from typing import Any

from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import models
from tencentcloud.cvm.v20170312.cvm_client import CvmClient


def request(kind: type, **parameters: Any) -> Any:
    """A request of the SDK."""
    made = kind()
    made.from_json_string(json.dumps(parameters))
    return made


def main(host: str, instance_id: str, image_id: str, password: str) -> None:
    """Reset the instance to the image."""
    key = Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=host))
    cvm = CvmClient(key, os.environ["TENCENTCLOUD_REGION"], profile)
    instance = cvm.DescribeInstances(request(models.DescribeInstancesRequest, InstanceIds=[instance_id])).InstanceSet[0]
    images = list(dict.fromkeys((image_id, instance.ImageId)))
    found = cvm.DescribeImages(request(models.DescribeImagesRequest, ImageIds=images)).ImageSet
    if image_id not in {image.ImageId for image in found}:
        sys.exit(f"There is no image {image_id}.")
    reset = {"InstanceId": instance_id, "ImageId": image_id, "LoginSettings": {"Password": password}}
    print(cvm.ResetInstance(request(models.ResetInstanceRequest, **reset)).RequestId)


if __name__ == "__main__":
    main(*sys.argv[1:])
