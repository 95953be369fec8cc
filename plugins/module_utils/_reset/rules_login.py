# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Preflight rules on the login, the host name and the user data. Pure."""

from __future__ import annotations

import re
import string
from collections.abc import Callable

from .._engine.rules import Rule
from .._ids import id_fix, is_id
from .._user_data_formats import FAULTS, LIMIT, Fault, encoded_size, fault_of
from .desired import SERVICES, Context

_PASSWORD_SPECIALS = set("()`~!@#$%^&*-+=|{}[]:;',.?/")


def is_key_id(text: str) -> bool:
    """Whether it has the form `skey-xxxxxxxx`."""
    return is_id("skey", text)


def _key_id(s: Context) -> str | None:
    odd = [key for key in s.desired.key_ids if not is_key_id(key)]
    are = "is not a valid id" if len(odd) == 1 else "are not valid ids"
    return f"{', '.join(map(repr, odd))} {are}." if odd else None


def _unknown_key(s: Context) -> str | None:
    missing = [key for key in s.desired.key_ids if key in s.facts.asked and key not in s.facts.key_pairs]
    return f"There is no key pair {', '.join(missing)} in {s.facts.region}." if missing else None


def _exclusive(s: Context) -> str | None:
    several = len(s.login_methods) > 1
    return f"{' and '.join(s.login_methods)} exclude each other." if several else None


def _empty_password(s: Context) -> str | None:
    return "The password is empty." if s.desired.password == "" else None


def _no_login(s: Context) -> str | None:
    random = not s.login_methods and s.desired.password != ""
    return (
        "No login is set: the API makes up a password and sends it to the message centre of the account; "
        "automation loses its login."
        if random
        else None
    )


def _key_on_windows(s: Context) -> str | None:
    return "Windows has no key pair login." if s.desired.key_ids and s.target_platform == "Windows" else None


def _keep_on_public(s: Context) -> str | None:
    public = s.desired.keep_image_login and s.target_image.get("image_type") == "PUBLIC_IMAGE"
    return f"{s.target_image_id} is a public image, which has no login of its own." if public else None


def _password(s: Context) -> str | None:
    if not s.desired.password:
        return None
    shortest, kinds_needed = (12, 3) if s.target_platform == "Windows" else (8, 2)
    length, kinds = len(s.desired.password), _kinds(s.desired.password)
    wrong = []
    if not shortest <= length <= 30:
        wrong.append(f"it has {length} {'character' if length == 1 else 'characters'} and needs {shortest} to 30")
    if kinds < kinds_needed:
        wrong.append(f"it has characters of {kinds} {'kind' if kinds == 1 else 'kinds'} and needs {kinds_needed}")
    return f"The password is not valid for {s.target_platform or 'any system'}: {'; '.join(wrong)}." if wrong else None


def _password_characters(s: Context) -> str | None:
    allowed = set(string.ascii_letters + string.digits) | _PASSWORD_SPECIALS
    odd = s.desired.password and not set(s.desired.password) <= allowed
    return "The password has characters that the documents do not list." if odd else None


def _kinds(password: str) -> int:
    kinds = (set(string.ascii_lowercase), set(string.ascii_uppercase), set(string.digits), _PASSWORD_SPECIALS)
    return sum(1 for kind in kinds if kind & set(password))


def _host_name(s: Context) -> str | None:
    name = s.desired.host_name
    if name is None or s.target_platform is None:
        return None
    if s.target_platform == "Windows":
        good = bool(re.fullmatch(r"[A-Za-z0-9-]{2,15}", name)) and not name.isdigit()
        rule = "2 to 15 letters, digits and hyphens, not all digits, no dots"
    else:
        good = bool(re.fullmatch(r"(?=.{2,60}\Z)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", name))
        rule = "2 to 60 letters, digits and hyphens in segments between dots"
    hyphens = name.startswith("-") or name.endswith("-") or re.search(r"[.-]{2}", name)
    return None if good and not hyphens else f"{name!r} is not a host name for {s.target_platform} ({rule})."


def _user_data_size(s: Context) -> str | None:
    if not s.desired.user_data:
        return None
    size = encoded_size(s.desired.user_data)
    return f"The user data has {size} bytes when encoded; the limit is {LIMIT}." if size > LIMIT else None


def _user_data_unsupported(s: Context) -> str | None:
    unsupported = s.desired.user_data and s.target_image.get("is_support_cloudinit") is False
    return f"The image {s.target_image_id} has no cloud-init, which would read it." if unsupported else None


def _user_data_fault(fault: Fault) -> Callable[[Context], str | None]:
    def find(s: Context) -> str | None:
        text, platform = s.desired.user_data or "", s.target_platform
        return fault.find(text, platform) if fault_of(text, platform) is fault else None

    return find


def _not_in_v2(option: str) -> Callable[[Context], str | None]:
    def find(s: Context) -> str | None:
        given = option in s.desired.enhanced_service or getattr(s.desired, option, None)
        return f"The legacy API has no {option}." if s.facts.api == "v2" and given else None

    return find


RULES = (
    Rule(
        ("InvalidKeyPairId.Malformed",),
        "login_settings.key_ids",
        _key_id,
        id_fix("skey"),
    ),
    Rule(
        ("InvalidParameterValue.KeyPairNotFound", "ResourceNotFound.KeyPairNotFound"),
        "login_settings.key_ids",
        _unknown_key,
        "Give a key pair of this region.",
    ),
    Rule(
        ("InvalidParameter.ParameterConflict",),
        "login_settings",
        _exclusive,
        "Give exactly one of password, key_ids and keep_image_login.",
    ),
    Rule(
        ("InvalidParameterValue.InvalidPassword",),
        "login_settings.password",
        _empty_password,
        "Give one, or leave the option out.",
    ),
    Rule(
        ("NoLoginSettings",),
        "login_settings",
        _no_login,
        "Give password, key_ids or keep_image_login.",
        hard=False,
    ),
    Rule(
        ("UnsupportedOperation.KeyPairUnsupportedWindows",),
        "login_settings.key_ids",
        _key_on_windows,
        "Give a password instead.",
    ),
    Rule(
        ("InvalidParameterValue",),
        "login_settings.keep_image_login",
        _keep_on_public,
        "Give password or key_ids, or a custom, shared or imported image.",
    ),
    Rule(
        ("InvalidParameterValue.InvalidPassword",),
        "login_settings.password",
        _password,
        "Give a longer or more varied one of letters of both cases, digits and ( ) ` ~ ! @ # $ % ^ & * - + = | "
        "{ } [ ] : ; ' , . ? /",
    ),
    Rule(
        ("InvalidParameterValue.InvalidPassword",),
        "login_settings.password",
        _password_characters,
        "The API may refuse it.",
        hard=False,
    ),
    Rule(
        ("InvalidParameter.HostNameIllegal", "InvalidParameterValue.IllegalHostName"),
        "host_name",
        _host_name,
        "Do not begin or end it with a dot or a hyphen, nor put two of them side by side.",
    ),
    Rule(
        ("InvalidParameterValue",),
        "user_data",
        _user_data_size,
        "Shorten it, or let it fetch the rest.",
    ),
    Rule(("UnsupportedOperation",), "user_data", _user_data_unsupported, "Give an image with cloud-init."),
    *(Rule((fault.code,), "user_data", _user_data_fault(fault), fault.fix, hard=False) for fault in FAULTS),
    *(
        Rule(("UnknownParameter",), option, _not_in_v2(option), "Use api v3, or leave it out.")
        for option in ("host_name", "user_data", SERVICES[-1])
    ),
)
