# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which host a call goes to."""

from __future__ import annotations

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.endpoint import V2, V3, Address, endpoint_for
from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError


def address(option: str | None, service: str = "cvm", api: str = V3, region: str = "ap-guangzhou") -> Address:
    """Where a service is called with that option."""
    return endpoint_for(option, region=region, api=api).of(service, api)


@pytest.mark.parametrize(
    ("region", "api", "service", "url"),
    [
        ("ap-guangzhou", V3, "cvm", "https://cvm.tencentcloudapi.com/"),
        ("ap-guangzhou", V3, "sts", "https://sts.tencentcloudapi.com/"),
        ("ap-hongkong", V3, "tag", "https://tag.tencentcloudapi.com/"),
        ("ap-shanghai-fsi", V3, "cvm", "https://cvm.ap-shanghai-fsi.tencentcloudapi.com/"),
        ("ap-shenzhen-fsi", V3, "cbs", "https://cbs.ap-shenzhen-fsi.tencentcloudapi.com/"),
        ("ap-guangzhou", V2, "cvm", "https://cvm.api.qcloud.com/v2/index.php"),
        ("ap-shanghai-fsi", V2, "cvm", "https://cvm.api.qcloud.com/v2/index.php"),
    ],
)
def test_the_documented_hosts(region: str, api: str, service: str, url: str) -> None:
    for option in (None, ""):
        assert address(option, service, api, region).url == url


@pytest.mark.parametrize(
    ("option", "url", "host"),
    [
        ("cvm.intl.tencentcloudapi.com", "https://cvm.intl.tencentcloudapi.com/", "cvm.intl.tencentcloudapi.com"),
        ("{service}.example.com", "https://cvm.example.com/", "cvm.example.com"),
        ("https://{service}.example.com:8443/", "https://cvm.example.com:8443/", "cvm.example.com:8443"),
        ("https://example.com:443", "https://example.com/", "example.com"),
        ("HTTPS://Example.COM", "https://example.com/", "example.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/", "127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9/", "127.9.9.9"),
        ("http://localhost:80/", "http://localhost/", "localhost"),
        ("http://[::1]:8080", "http://[::1]:8080/", "[::1]:8080"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]/", "[2001:db8::1]"),
    ],
)
def test_a_given_host_or_url(option: str, url: str, host: str) -> None:
    assert address(option) == Address(url, host, "/")


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("ap-guangzhou", "https://sts.tencentcloudapi.com/"),
        ("ap-shanghai-fsi", "https://sts.ap-shanghai-fsi.tencentcloudapi.com/"),
    ],
)
def test_beside_the_legacy_api_other_services_keep_their_hosts(region: str, url: str) -> None:
    assert endpoint_for(None, region=region, api=V2).of("sts", V3).url == url


def test_the_service_follows_where_it_is_asked_for() -> None:
    fsi = "{service}.ap-shanghai-fsi.tencentcloudapi.com"
    hosts = {address(fsi, service).host for service in ("cvm", "tag", "sts")}
    assert hosts == {f"{service}.ap-shanghai-fsi.tencentcloudapi.com" for service in ("cvm", "tag", "sts")}


def test_without_service_every_service_uses_the_host_as_it_is() -> None:
    assert {address("gateway.example.com", service).host for service in ("cvm", "tag")} == {"gateway.example.com"}


def test_the_legacy_path_is_kept_at_a_given_host() -> None:
    assert address("http://127.0.0.1:8080", api=V2) == Address(
        "http://127.0.0.1:8080/v2/index.php", "127.0.0.1:8080", "/v2/index.php"
    )


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("https://example.com/v2/index.php", "more than a host"),
        ("https://example.com/?a=b", "more than a host"),
        ("https://example.com#part", "more than a host"),
        ("https://user:secret@example.com", "more than a host"),
        ("https://@example.com", "more than a host"),
        ("http://cvm.tencentcloudapi.com", "plain http"),
        ("http://10.0.0.1", "plain http"),
        ("http://localhost.example.com", "plain http"),
        ("ftp://example.com", "not a host"),
        ("https://", "not a host"),
        ("exa mple.com", "not a host"),
        ("{region}.example.com", "not a host"),
        ("example.com:port", "not a host"),
        ("https://example.com:99999", "not a host"),
        ("https://[::1", "not a host"),
    ],
)
def test_what_is_refused(option: str, reason: str) -> None:
    with pytest.raises(OptionError, match=reason) as caught:
        address(option)
    assert caught.value.option == "endpoint"
    assert "secret" not in str(caught.value)
