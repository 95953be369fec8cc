# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Where keys come from: the first source that has any wins and gives the whole triple."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._clock import Clock
from .._errors import CredentialsError, OptionError, TencentCloudError
from .credentials import Credentials, Provider, Renewing
from .metadata import MetadataService
from .profiles import Profiles


class Sources:
    """The sources of one task: its options, its environment, the profiles of its user, and the role metadata.

    Order: what the options name, then the environment, then the default profile (of the user, then of the machine),
    then the role of the instance this runs on.
    """

    def __init__(
        self, options: Mapping[str, Any], environment: Mapping[str, str], profiles: Profiles, metadata: MetadataService
    ) -> None:
        self._options = options
        self._environment = environment
        self._profiles = profiles
        self._metadata = metadata

    def provider(self, clock: Clock) -> Provider:
        """Credentials whenever they are asked for, renewed where the source can renew them."""
        if self._options.get("cam_role_name"):
            return Renewing(lambda: self._metadata.credentials(str(self._options["cam_role_name"])), clock)
        fixed = self._fixed()
        if fixed is not None:
            found = fixed
            return lambda: found
        return Renewing(self._role_of_this_instance, clock)

    def identity(self) -> dict[str, Any]:
        """Whose credentials these are, as far as it can be told without asking anyone, and without a key.

        If only the role of this instance is left, it goes unnamed.
        """
        role = self._options.get("cam_role_name")
        fixed = None if role else self._fixed()
        return {
            "cam_role_name": role,
            "secret_id": fixed and fixed.secret_id,
            "assume_role": self._options.get("assume_role") or (fixed and fixed.assume_role),
        }

    def _fixed(self) -> Credentials | None:
        return self._named_in_options() or from_environment(self._environment) or self._default_profile()

    def _named_in_options(self) -> Credentials | None:
        if self._options.get("secret_id") or self._options.get("secret_key"):
            return from_options(self._options)
        return self._named_profile("profile", self._options.get("profile"))

    def _default_profile(self) -> Credentials | None:
        named = self._named_profile("TENCENTCLOUD_PROFILE", self._environment.get("TENCENTCLOUD_PROFILE"))
        return named or self._profiles.keys("default")

    def _named_profile(self, source: str, name: str | None) -> Credentials | None:
        """A profile that is named must exist: the next source could be another identity."""
        if not name:
            return None
        found = self._profiles.keys(name)
        if found is None:
            raise OptionError(source, f"there is no profile {name!r}.", f"Known files: {self._profiles.files(name)}.")
        return found

    def _role_of_this_instance(self) -> Credentials:
        try:
            return self._metadata.credentials(None)
        except TencentCloudError as error:
            raise CredentialsError(
                "No credentials were found in the options secret_id and secret_key, the environment variables "
                "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, the default profile "
                f"({self._profiles.files('default')}), or the role of this instance ({error.message}) Give one of them."
            ) from error

    def region(self) -> str | None:
        """The region: the option, a named profile's, the environment's, the default profile's."""
        named = self._options.get("profile")
        region = (
            self._options.get("region")
            or (named and self._profiles.region(str(named)))
            or self._environment.get("TENCENTCLOUD_REGION")
            or self._profiles.region(self._environment.get("TENCENTCLOUD_PROFILE") or "default")
        )
        return str(region) if region else None


# --- options and environment


def from_options(options: Mapping[str, Any]) -> Credentials:
    """`secret_id`, `secret_key` and `security_token`."""
    return Credentials(
        options.get("secret_id") or "",
        options.get("secret_key") or "",
        options.get("security_token") or None,
        "the options",
    )


def from_environment(environment: Mapping[str, str]) -> Credentials | None:
    """`TENCENTCLOUD_SECRET_ID`, `_SECRET_KEY` and `_TOKEN` or `_SECURITY_TOKEN`; half a pair is an error."""
    secret_id = environment.get("TENCENTCLOUD_SECRET_ID", "")
    secret_key = environment.get("TENCENTCLOUD_SECRET_KEY", "")
    if not secret_id and not secret_key:
        return None
    token = environment.get("TENCENTCLOUD_TOKEN") or environment.get("TENCENTCLOUD_SECURITY_TOKEN") or None
    return Credentials(secret_id, secret_key, token, "the environment (TENCENTCLOUD_SECRET_ID, ..._KEY)")
