"""From which network a request came, where the operator's own proxy says so."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

#: How much of an address names a client: a household or an office, not a device.
_PREFIX_BITS = {4: 24, 6: 48}


def client_prefix(*, remote: str, forwarded: str, trusted: Iterable[str]) -> str:
    """The client's network (``192.0.2.0/24``, ``2001:db8::/48``); empty where nobody trustworthy says.

    Parameters: ``remote``, the address that the connection came from; ``forwarded``, the header X-Forwarded-For, to
    which each proxy appends whom it heard; ``trusted``, the operator's proxies as addresses or networks. Without such a
    proxy the connection's address may be a proxy that many share, so it names nobody. Loopback never counts.
    """
    networks = [ip_network(item, strict=False) for item in trusted]
    heard = [*(part.strip() for part in forwarded.split(",")), remote.strip()] if forwarded else [remote.strip()]
    for position, text in enumerate(reversed(heard)):
        address = _address(text)
        if address is None:
            return ""
        if any(address in network for network in networks):
            continue
        if address.is_loopback or address.is_unspecified:
            return ""
        # The first that is no proxy of ours; but somebody of ours must have told of it.
        return str(ip_network((address, _PREFIX_BITS[address.version]), strict=False)) if position else ""
    return ""


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
