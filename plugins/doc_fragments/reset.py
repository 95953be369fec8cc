# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options of one reset and of waiting for it, shared by a single instance and a fleet."""

    DOCUMENTATION = r"""
options:
  image_id:
    description:
      - The image to install. Public, custom, shared and marketplace images can be used.
      - Without it the image that the instance runs is installed again.
    type: str
  system_disk:
    description: The system disk after the reset. Its type cannot be changed.
    type: dict
    suboptions:
      disk_size:
        description: Its size in GiB. A cloud disk can grow; no disk can shrink. The default is the present size.
        type: int
  login_settings:
    description:
      - How to log in afterwards. At most one of its options may be in effect.
      - >-
        When none is, the API makes up a password and sends it to the message centre of the account. The module warns of
        that, since automation loses its login.
    type: dict
    suboptions:
      password:
        description:
          - >-
            The password of the image's default user. For Linux 8 to 30 characters of at least two kinds, for Windows 12
            to 30 of at least three; the kinds are lower-case letters, upper-case letters, digits and C(( \) ` ~ ! @ # $
            % ^ & * - + = | { } [ ] : ; ' , . ? /).
        type: str
      key_ids:
        description: Key pairs, C(skey-) and eight lower-case letters or digits. Windows has no login by key pair.
        type: list
        elements: str
      keep_image_login:
        description: Keeps the logins that the image has. Only for custom, shared and imported images.
        type: bool
        default: false
  enhanced_service:
    description:
      - Services to switch on or off. One that is not given keeps the default of the API.
      - >-
        With O(api=v3) public images come with all of them, and other images with what they have. With O(api=v2) the
        first two are on.
    type: dict
    suboptions:
      security_service:
        description: Cloud security.
        type: bool
      monitor_service:
        description: Cloud monitoring.
        type: bool
      automation_service:
        description: The automation tools (TAT). Only with O(api=v3).
        type: bool
  host_name:
    description:
      - The host name. Only with O(api=v3).
      - Linux takes 2 to 60 characters with dots; Windows takes 2 to 15 without, not all digits.
    type: str
  user_data:
    description:
      - User data for cloud-init, as plain text; the module encodes it. At most 16 KB when encoded. Only with O(api=v3).
      - >-
        A mapping or a list is refused; a mapping is written as C("#cloud-config\n{{ x | to_nice_yaml }}"). The module
        warns of what the new system would not recognize and so ignore, such as base64, a path, a byte order mark, a
        comment above C(#cloud-config), or a shell script for Windows.
    type: str
  policy:
    description:
      - V(always) reinstalls on every run.
      - >-
        V(image_differs) reinstalls when the instance does not run O(image_id), or when its latest operation is a
        C(ResetInstance) that failed. It is refused when the API does not show the image that the instance runs.
      - >-
        V(once) makes at most one reset for each O(idempotency_key) and instance, across crashes, re-runs and several
        operators. It keeps a log in a tag of the instance whose key begins with C(ansible-reset-once), and needs the
        permissions C(tag:DescribeResourceTagsByResourceIds) and C(tag:ModifyResourceTags). C(tag:DeleteTag) lets it
        delete outdated values, of which a key can have 1,000; it works without. Not with O(api=v2).
    type: str
    choices: [always, image_differs, once]
    default: always
  idempotency_key:
    description:
      - What identifies the reset, with O(policy=once), for example the number of a change.
      - >-
        A key whose reset is done finds nothing to do; one whose reset runs waits for it; one whose reset failed fails
        until another key is given. Only the last key of an instance is remembered.
      - It has 1 to 64 letters, digits and C(.), C(_), C(:), C(-).
    type: str
  expected:
    description:
      - What the instance must be like. Any mismatch refuses, and nothing is sent.
      - A suboption that is given without a value is refused as well, since it would guard nothing.
    type: dict
    suboptions:
      instance_name:
        description: Its name.
        type: str
      image_id:
        description: The image it runs.
        type: str
      private_ip_address:
        description: One of its private addresses.
        type: str
      tags:
        description: Tags that it has, among others.
        type: dict
  override_protection:
    description: Whether an instance that is protected against termination may be reinstalled.
    type: bool
    default: false
  wait:
    description: Whether to wait for the end of the reset, or only until it is accepted.
    type: bool
    default: true
  wait_timeout:
    description: How many seconds to wait at most, from the first time the reset is sent; 1 to 604800.
    type: int
    default: 1800
  wait_interval:
    description: How many seconds to wait between two looks at the instance; 0.1 to 3600.
    type: float
    default: 5.0
  settle_seconds:
    description:
      - >-
        For how many seconds a reset without an answer may still take effect. It is the 300 seconds for which a signed
        request is valid, and the time for which the instance may show an old state.
      - It cannot be less than 300. How far the clock of this machine runs ahead is added to it.
    type: int
    default: 375
  wait_until_idle:
    description:
      - >-
        How many seconds to wait at most, before anything is sent, for an operation of somebody else on the instance to
        end; 0 to 604800. Then everything is read and planned again.
      - Without it, or when the operation does not end in time, the task is refused and names the operation.
      - Check mode waits for it as well.
      - >-
        With O(policy=once) the task also waits, for that long in total, while another run may be sending the reset of
        the O(idempotency_key), or the reset of another key is not finished. Then the task acts on what the log says. In
        check mode that is refused at once.
    type: int
    default: 0
    version_added: 0.2.0
"""
