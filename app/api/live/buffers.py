"""Small send buffers: old numbers must not wait in them, neither in ours nor in the kernel's."""

import asyncio
import socket
import sys

EXTENSION = "obole.small_buffers"
"""The ASGI extension by which a response may ask for them: its `keep` is to be called."""
SEND_BUFFER_BYTES = 16_384
"""The kernel's send buffer: what a stalled reader is sent before it skips to the newest."""
UNSENT_BYTES = 1_024
"""How much of it may wait for room at the peer; with more the socket takes nothing."""


def keep_buffers_small(transport: asyncio.Transport) -> None:
    """From now on the transport is congested with anything unsent."""
    transport.set_write_buffer_limits(high=0)
    connection = transport.get_extra_info("socket")
    if connection is None:
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    if sys.platform == "linux" and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
