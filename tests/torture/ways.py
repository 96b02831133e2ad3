"""The ways to the servers, which can be cut, closed, frozen and slowed down; and the address before the webs.

All of them run in one thread. What passes on a way can be watched.
"""

import asyncio
import itertools
import re
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

Address = Path | tuple[str, int]
RESET = struct.pack("ii", 1, 0)  # closing sends a RST, as a process that was killed would


class Wire:
    """One connection that passes. `up` is what its visitor says, `down` what the server answers."""

    def up(self, data: bytes) -> None:
        """Nothing is watched."""

    def down(self, data: bytes) -> None:
        """Nothing is watched."""

    def over(self) -> None:
        """Both ends are closed."""


class Roads:
    """The thread in which every way runs."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="ways", daemon=True)

    def __enter__(self) -> "Roads":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.run(_end_tasks())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(20)


async def _end_tasks() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class Way:
    """A door on a port of its own, and behind it a server or one of several."""

    def __init__(self, roads: Roads, *behind: Address, wire: Callable[[], Wire] = Wire):
        self.roads, self.behind, self.wire = roads, behind, wire
        self.turns = itertools.cycle(range(len(behind)))
        self.delay = 0.0
        self.port = 0
        self.wires: dict[Wire, int] = {}
        self._writers: set[asyncio.StreamWriter] = set()
        roads.run(self._begin())

    async def _begin(self) -> None:
        self._flows = asyncio.Event()
        self._flows.set()
        await self._listen()

    async def _listen(self) -> None:
        self._door = await asyncio.start_server(self._let_in, "127.0.0.1", self.port, backlog=500)
        self.port = self._door.sockets[0].getsockname()[1]

    # --- what can be done to it -----------------------------------------------------------------------------------
    def cut(self) -> None:
        """Reset every connection; new ones are let in."""
        self.roads.run(self._cut())

    def close(self) -> None:
        """Reset every connection and refuse new ones, as a server that is gone."""
        self.roads.run(self._close())

    def open(self) -> None:
        self.roads.run(self._listen())

    def freeze(self) -> None:
        """Accept and say nothing: what passes waits."""
        self.roads.loop.call_soon_threadsafe(self._flows.clear)

    def thaw(self) -> None:
        self.roads.loop.call_soon_threadsafe(self._flows.set)

    async def _cut(self) -> None:
        for writer in list(self._writers):
            reset(writer)

    async def _close(self) -> None:
        self._door.close()
        await self._cut()

    # --- what passes ----------------------------------------------------------------------------------------------
    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place, server = await self._connect()
        if server is None:
            reset(writer)
            return
        wire = self.wire()
        self.wires[wire] = place
        self._writers |= {writer, server[1]}
        try:
            await asyncio.gather(
                self._carry(reader, server[1], wire.up), self._carry(server[0], writer, wire.down)
            )
        finally:
            self._writers -= {writer, server[1]}
            del self.wires[wire]
            wire.over()

    async def _connect(
        self,
    ) -> tuple[int, tuple[asyncio.StreamReader, asyncio.StreamWriter] | None]:
        """To the next one; where it refuses, to the one after it, as a load balancer does."""
        for _ in self.behind:
            place = next(self.turns)
            address = self.behind[place]
            try:
                if isinstance(address, Path):
                    return place, await asyncio.open_unix_connection(str(address))
                return place, await asyncio.open_connection(*address)
            except OSError:
                continue
        return 0, None

    async def _carry(
        self,
        from_: asyncio.StreamReader,
        to: asyncio.StreamWriter,
        watch: Callable[[bytes], None],
    ) -> None:
        try:
            while data := await from_.read(65536):
                await self._flows.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                watch(data)
                to.write(data)
                await to.drain()
            to.close()
        except OSError:
            reset(to)


def reset(writer: asyncio.StreamWriter) -> None:
    known = writer.get_extra_info("socket")
    if known is not None and known.family == socket.AF_INET:
        with suppress(OSError):  # it is closed already
            known.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


class Request(Wire):
    """Knows what a visitor has asked for while the web has not answered."""

    asked = ""

    def up(self, data: bytes) -> None:
        if not self.asked:
            self.asked = data.split(b" HTTP/", 1)[0].decode(errors="replace")[:200]

    def down(self, data: bytes) -> None:
        self.asked = ""

    def over(self) -> None:
        self.asked = ""


class Balancer(Way):
    """One address before several webs, which knows what each of them is at."""

    def __init__(self, roads: Roads, *ports: int):
        super().__init__(roads, *(("127.0.0.1", port) for port in ports), wire=Request)

    def under_way(self, web: int) -> list[str]:
        """The requests that this web has not answered yet."""
        wires = list(self.wires.items())
        return [wire.asked for wire, place in wires if place == web and wire.asked]  # type: ignore[attr-defined]


# Of a frame of AMQP: its type, channel and size; of a method: its class and its number.
FRAME = struct.Struct(">BHI")
METHOD = struct.Struct(">HH")
DELIVER, ACK, REJECT, NACK = (60, 60), (60, 80), (60, 90), (60, 120)
TASK = re.compile(rb"\x04taskS....([\w.]+)", re.DOTALL)


class Deliveries(Wire):
    """Knows which tasks a worker has and has not acknowledged: those that it is at."""

    def __init__(self) -> None:
        self.tasks: dict[tuple[int, int], str] = {}
        self._up, self._down = bytearray(), bytearray()
        self._latest: dict[int, int] = {}
        self._greeted = False

    def up(self, data: bytes) -> None:
        self._up += data
        if not self._greeted and len(self._up) >= 8:
            del self._up[:8]  # the protocol's name
            self._greeted = True
        for kind, channel, frame in _frames(self._up) if self._greeted else ():
            if kind == 1 and METHOD.unpack_from(frame) in (ACK, REJECT, NACK):
                self._settled(channel, *struct.unpack_from(">QB", frame + b"\0", 4))

    def down(self, data: bytes) -> None:
        self._down += data
        for kind, channel, frame in _frames(self._down):
            if kind == 1 and METHOD.unpack_from(frame) == DELIVER:
                (tag,) = struct.unpack_from(">Q", frame, 5 + frame[4])
                self._latest[channel] = tag
            elif kind == 2 and channel in self._latest and (found := TASK.search(frame)):
                self.tasks[channel, self._latest[channel]] = found[1].decode()

    def over(self) -> None:
        self.tasks = {}

    def _settled(self, channel: int, tag: int, several: int) -> None:
        for key in list(self.tasks):
            if key[0] == channel and (key[1] == tag or (several & 1 and key[1] <= tag)):
                self.tasks.pop(key, None)


def _frames(buffer: bytearray) -> list[tuple[int, int, bytes]]:
    """The whole frames at the beginning of the buffer, taken out of it."""
    found = []
    while len(buffer) >= FRAME.size:
        kind, channel, size = FRAME.unpack_from(buffer)
        end = FRAME.size + size + 1
        if len(buffer) < end:
            break
        found.append((kind, channel, bytes(buffer[FRAME.size : end - 1])))
        del buffer[:end]
    return found


class TaskWay(Way):
    """The way of one worker to the broker."""

    def __init__(self, roads: Roads, behind: Address):
        super().__init__(roads, behind, wire=Deliveries)

    def tasks(self) -> list[str]:
        """The tasks that the worker is at."""
        return [task for wire in list(self.wires) for task in list(wire.tasks.values())]  # type: ignore[attr-defined]
