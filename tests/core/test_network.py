"""From which network a request came: only the operator's own proxies are believed, and loopback is nobody."""

from __future__ import annotations

import pytest

from creditstore.core.network import client_prefix

PROXIES = ["127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48"]


@pytest.mark.parametrize(
    ("remote", "forwarded", "prefix"),
    [
        # Without a proxy of ours nobody tells: many may share the address.
        ("192.0.2.77", "", ""),
        ("192.0.2.77", "198.51.100.9", ""),
        ("127.0.0.1", "", ""),
        # One proxy, or two in a row, tell whom they heard.
        ("127.0.0.1", "192.0.2.77", "192.0.2.0/24"),
        ("10.1.2.3", "192.0.2.77", "192.0.2.0/24"),
        ("10.1.2.3", "192.0.2.77, 10.9.9.9", "192.0.2.0/24"),
        # What stands before the address that our proxy heard is the client's own claim.
        ("10.1.2.3", "198.51.100.9, 192.0.2.77", "192.0.2.0/24"),
        ("10.1.2.3", "nonsense, 192.0.2.77", "192.0.2.0/24"),
        ("10.1.2.3", "2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("2001:db8:ffff::1", "::ffff:192.0.2.77", "192.0.2.0/24"),
        # Loopback and what is no address are nobody.
        ("10.1.2.3", "127.0.0.2", ""),
        ("10.1.2.3", "::1", ""),
        ("10.1.2.3", "0.0.0.0", ""),
        ("10.1.2.3", "unknown", ""),
        ("10.1.2.3", "", ""),
        ("10.1.2.3", "10.0.0.4", ""),
        ("", "192.0.2.77", ""),
    ],
)
def test_the_prefix(remote: str, forwarded: str, prefix: str) -> None:
    assert client_prefix(remote=remote, forwarded=forwarded, trusted=PROXIES) == prefix


def test_without_trusted_proxies_there_is_no_prefix() -> None:
    assert client_prefix(remote="192.0.2.1", forwarded="192.0.2.2", trusted=[]) == ""
