# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The connection options and the attributes that everything in this collection shares."""

    DOCUMENTATION = r"""
options:
  secret_id:
    description:
      - The id of an API key. Needs O(secret_key).
      - >-
        One source gives the whole set of credentials, never a mixture. A source that the options name
        (O(secret_id), O(profile) or O(cam_role_name), one of them) comes first, then the environment variables
        E(TENCENTCLOUD_SECRET_ID), E(TENCENTCLOUD_SECRET_KEY) and E(TENCENTCLOUD_TOKEN) or
        E(TENCENTCLOUD_SECURITY_TOKEN), then the profile that E(TENCENTCLOUD_PROFILE) names or the profile C(default),
        and at last the CAM role of the instance that the task runs on.
      - >-
        Whatever the source, the keys are kept out of results, warnings and errors, even where the API repeats them.
    type: str
  secret_key:
    description: The secret of the API key.
    type: str
  security_token:
    description: The token of temporary credentials, to go with their O(secret_id) and O(secret_key).
    type: str
  profile:
    description:
      - >-
        A profile of the vendor's command line tool (C(~/.tccli/NAME.credential)) or, where there is none of that name,
        a section of the SDK's files C(~/.tencentcloud/credentials) and C(/etc/tencentcloud/credentials), in this order,
        on the machine that the task runs on. A user without a home directory has the last of these files only.
      - >-
        The files are UTF-8 without a byte order mark. There is a warning when others can read or change one in the
        home, or change the one of the system.
      - Its region (C(~/.tccli/NAME.configure)) is used where O(region) is not set.
      - Profiles of the types C(oauth), C(sso) and C(cvm-role) are refused.
    type: str
  cam_role_name:
    description:
      - The CAM role of the instance that the task runs on; its metadata service hands out temporary keys.
      - They are renewed before they expire.
    type: str
  assume_role:
    description:
      - A role to take on with the credentials above (STS C(AssumeRole)).
      - Its temporary keys are renewed before they expire.
    type: dict
    suboptions:
      role_arn:
        description: The role, such as V(qcs::cam::uin/100000000001:roleName/reinstaller).
        type: str
        required: true
      role_session_name:
        description: The name of the session in the audit log.
        type: str
        default: ansible
      duration_seconds:
        description: For how many seconds the keys are valid; at most 43200.
        type: int
        default: 7200
      external_id:
        description: The external id that the role's trust policy asks for.
        type: str
      policy:
        description: A CAM policy, as JSON, that narrows what the keys may do.
        type: str
  region:
    description:
      - The region of the resources, such as V(ap-guangzhou).
      - >-
        Where it is not set, the region of O(profile), the environment variable E(TENCENTCLOUD_REGION), and the region
        of the default profile are tried in this order.
    type: str
  api:
    description:
      - The generation of the CVM interface.
      - V(v3) is API 3.0, C(https://cvm.tencentcloudapi.com/).
      - >-
        V(v2) is the legacy interface, C(https://cvm.api.qcloud.com/v2/index.php). The vendor has announced its end, and
        there is a warning that says so.
      - Every other service is called by API 3.0.
    type: str
    choices: [v3, v2]
    default: v3
  signature_method:
    description:
      - How requests are signed.
      - The default is V(TC3-HMAC-SHA256) with O(api=v3), and V(HmacSHA256) with O(api=v2), which lacks the former.
    type: str
    choices: [TC3-HMAC-SHA256, HmacSHA256, HmacSHA1]
  endpoint:
    description:
      - >-
        A host or a URL that is called instead of the usual one, for example
        V({service}.ap-shanghai-fsi.tencentcloudapi.com). V({service}) is replaced by C(cvm), C(sts) and so on;
        without it every service is called there.
      - Financial regions (names that end in C(-fsi)) are called by their own hosts without it.
      - Plain C(http) is refused except to the loopback interface.
    type: str
  language:
    description: The language of the API's messages.
    type: str
    choices: [en-US, zh-CN]
    default: en-US
  timeout:
    description:
      - >-
        How many seconds to wait for a connection, for the handshakes on it, and then for the whole answer; 0.01 to
        3600.
      - An answer of more than 16 MiB is not read to its end.
    type: float
    default: 30.0
  max_attempts:
    description:
      - How often a call is sent at most.
      - >-
        Calls that only read are repeated after network errors, throttling and failures inside the service. A call that
        changes something is repeated only when it was surely not accepted.
    type: int
    default: 5
  proxy:
    description:
      - The URL of a proxy, such as V(http://proxy.example.com:3128).
      - A SOCKS proxy (V(socks5h://proxy.example.com:1080)) needs the Python library PySocks.
      - Without it the environment variables E(HTTPS_PROXY), E(HTTP_PROXY), E(ALL_PROXY) and E(NO_PROXY) count.
    type: str
  validate_certs:
    description: Whether the service's TLS certificate is verified.
    type: bool
    default: true
  ca_path:
    description:
      - A file or directory of CA certificates to verify with, instead of those that the C(requests) library brings.
      - Without it the environment variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE) count.
    type: path
requirements:
  - requests >= 2.20.0
  - urllib3 >= 1.24
notes:
  - It runs where the API can be reached, usually on the controller, by O(ignore:delegate_to=localhost).
  - >-
    Text of the API is shown in printable characters. A line end within it is a blank; control characters, invisible
    ones and marks that turn the direction of writing are escapes such as V(\\u202e).
"""

    ATTRIBUTES = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/tencent.cloud.all) in C(module_defaults) to set the connection options once.
    support: full
    membership:
      - tencent.cloud.all
  platform:
    description: Where it runs.
    platforms: posix
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: It only reads, and does the same in check mode.
    support: full
  diff_mode:
    description: There is nothing to compare, since it changes nothing.
    support: N/A
  idempotent:
    description: It changes nothing.
    support: full
"""
