"""The port is had, or the reason is told."""

import errno
import socket

import pytest

from api.sockets import bound_to_loopback, listen_on, refused, url_of
from domain.errors import SetupError


def test_a_free_port_is_taken_on_every_address_of_the_host() -> None:
    sockets = listen_on("localhost", 0)
    ports = {opened.getsockname()[1] for opened in sockets}
    assert len(ports) == 1
    assert bound_to_loopback(sockets)
    assert url_of(sockets[0], "localhost") == f"http://localhost:{ports.pop()}"
    for opened in sockets:
        opened.close()


def test_every_interface_is_not_loopback() -> None:
    (opened,) = listen_on("0.0.0.0", 0)
    assert not bound_to_loopback([opened])
    assert url_of(opened, "0.0.0.0") == f"http://localhost:{opened.getsockname()[1]}"
    opened.close()


def test_a_busy_port_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            SetupError, match=rf"Port {port} on 127.0.0.1 is taken.*STEPCHANGE_PORT={port + 1} "
        ):
            listen_on("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "a" * 300])
def test_an_address_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises(SetupError, match="STEPCHANGE_HOST"):
        listen_on(host, 0)


def test_a_port_that_needs_more_rights_says_so() -> None:
    error = refused("127.0.0.1", 80, OSError(errno.EACCES, "Permission denied"))
    assert "above 1023" in error.message


def test_connections_do_not_wait_to_send() -> None:
    (listening,) = listen_on("127.0.0.1", 0)
    with listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()) as client:
            accepted, _ = listening.accept()
            with accepted:
                assert listening.proto == socket.IPPROTO_TCP
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
                assert client.fileno() >= 0
