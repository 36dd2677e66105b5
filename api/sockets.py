"""Takes the port before anything slow begins, and says clearly when it can't be had."""

import errno
import socket
from collections.abc import Sequence

from api.settings import PREFIX, is_loopback_address
from domain.errors import SetupError


def listen_on(host: str, port: int) -> list[socket.socket]:
    """Sockets bound to every address of the host; with port 0 all get the same free one.

    Raises
    ------
    SetupError
        When the port is taken, needs more rights, or the host is not this machine's.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise SetupError(
            f"{host} is no address of this machine ({error}). Set {PREFIX}HOST to one, such as 127.0.0.1."
        ) from error
    bound: list[socket.socket] = []
    missing: OSError | None = None
    for family, address in dict.fromkeys((entry[0], entry[4]) for entry in found):
        taken = bound[0].getsockname()[1] if bound else port
        try:
            bound.append(_bind(family, (str(address[0]), int(taken), *address[2:])))
        except OSError as error:
            if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                missing = error  # a name such as localhost may stand for more than this machine has
                continue
            for opened in bound:
                opened.close()
            raise refused(host, port, error) from error
    if not bound:
        raise refused(host, port, missing or OSError(errno.EADDRNOTAVAIL, "no address")) from missing
    return bound


def refused(host: str, port: int, error: OSError) -> SetupError:
    """What an error of the operating system means for whoever starts the server."""
    if error.errno == errno.EADDRINUSE:
        return SetupError(
            f"Port {port} on {host} is taken: another program, perhaps Stepchange itself, listens there."
            f" Stop it, or choose another port: {PREFIX}PORT={port + 1 if port < 65_535 else 8000} make run"
        )
    if error.errno == errno.EACCES:
        return SetupError(
            f"Port {port} on {host} may not be opened by this user; choose one above 1023 with {PREFIX}PORT."
        )
    return SetupError(f"The server can't listen on {host}:{port}: {error.strerror}. Set {PREFIX}HOST.")


def bound_to_loopback(sockets: Sequence[socket.socket]) -> bool:
    """Whether this machine alone can reach all of them."""
    return all(is_loopback_address(str(opened.getsockname()[0])) for opened in sockets)


def url_of(opened: socket.socket, host: str) -> str:
    """Where a browser on this machine finds the server."""
    port = opened.getsockname()[1]
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bind(family: int, address: tuple[str | int, ...]) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # connections inherit it: head and body of an answer go out at once, and not the one 40 ms after the other
        # because the client's acknowledgement is waited for. asyncio does this for sockets that say they are TCP.
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened
