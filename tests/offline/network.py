"""The network between browser and server: each request has a connection of its own, which a cut ends at a counted byte.

A cut is made where it says it is. That a request is committed, or not yet, is read in the database before.
"""

import asyncio
import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

from tests.offline.photos import checksum_of
from tests.offline.plan import (
    AFTER_COMMIT,
    BEFORE_COMMIT,
    HALF_ANSWER,
    HALF_REQUEST,
    KILL,
    SILENCE,
    Cut,
    Plan,
)
from tests.offline.rows import PATIENCE, Hold, Rows
from tests.torture.ways import Address, Roads, Way, reset

WRITES = ("POST", "PUT", "PATCH", "DELETE")
JOB = re.compile(r"/api/smartcontrol/v1/jobs/([0-9A-Z]{26})/")
# What an end of a connection raises on either side.
GONE = (OSError, asyncio.IncompleteReadError)
# Seconds for which the bytes before a reset may take to be read, before the reset discards them.
READ = 0.05

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Request(NamedTuple):
    method: str
    path: str
    key: str
    data: bytes

    @property
    def body(self) -> bytes:
        return self.data.partition(END)[2]

    @property
    def name(self) -> str:
        """The same for its repeats, also for those that carry another key."""
        photo = checksum_of(self.body)
        return f"{self.method} {self.path} {photo or self.body!r}"

    @property
    def job(self) -> str:
        """The job that it writes to, or nothing."""
        found = JOB.match(self.path)
        return found[1] if found and self.key and self.method in WRITES else ""


END = b"\r\n\r\n"


class Network(Way):
    """The browser knows this address alone."""

    def __init__(self, roads: Roads, server: Address, plan: Plan):
        super().__init__(roads, server)
        self.plan = plan
        self.rows: Rows | None = None
        self.kill: Callable[[], None] = lambda: None
        self.complaints: list[str] = []
        # Of each job, the photos that the phone has sent: by their key the checksum.
        self.photos: dict[str, dict[str, str]] = {}
        self._tasks: set[asyncio.Task | None] = set()
        self.heard: Callable[[str], None] = lambda _line: None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)  # the loop alone does not keep one that waits
        try:
            await self._carry_one(reader, writer)
        finally:
            self._tasks.discard(task)

    async def _carry_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _place, server = await self._connect()
        if server is None:
            reset(writer)
            return
        try:
            await self._exchange((reader, writer), server)
        except GONE:
            reset(writer)
        except Exception as error:
            self.complaints.append(f"the network itself: {error!r}")
            reset(writer)
        finally:
            reset(server[1])

    async def _exchange(self, phone: Ends, server: Ends) -> None:
        request = await _read(phone[0])
        self._note_photo(request)
        cut = None
        if request.job and self.rows:
            committed = await asyncio.to_thread(self.rows.is_committed, request.key)
            cut = self.plan.take(request.name, is_committed=committed)
        if cut is None:
            await _pass_on(request, phone, server)
        else:
            await Cutting(self, request, cut, phone, server).run()

    def _note_photo(self, request: Request) -> None:
        photo = checksum_of(request.body) if request.job else ""
        if not photo:
            return
        sent = self.photos.setdefault(request.job, {})
        if sent.setdefault(request.key, photo) != photo:
            self.complaints.append(f"another photo with the same key: {request.name}")


class Cutting:
    """One request that is cut."""

    def __init__(self, network: Network, request: Request, cut: Cut, phone: Ends, server: Ends):
        assert network.rows
        self.network, self.rows, self.cut = network, network.rows, cut
        self.request, self.phone, self.server = request, phone, server

    async def run(self) -> None:
        makes = {
            HALF_REQUEST: self._within_the_request,
            BEFORE_COMMIT: self._before_the_commit,
            AFTER_COMMIT: self._after_the_commit,
            HALF_ANSWER: self._within_the_answer,
        }
        await makes[self.cut.point]()

    async def _within_the_request(self) -> None:
        before = await self._is_committed()
        await _write(self.server[1], self.request.data[: self._part_of(self.request.data)])
        if await self._is_committed() != before:
            self.network.complaints.append(f"committed by half a request: {self.request.name}")
        await self._end()

    async def _before_the_commit(self) -> None:
        with ExitStack() as stack:
            hold = await asyncio.to_thread(stack.enter_context, self.rows.held(self.request.job))
            await _write(self.server[1], self.request.data)
            if not await self._has_arrived(hold) or await self._is_committed():
                await asyncio.to_thread(stack.close)
                await self._miss(await self.server[0].read())
                return
            await self._end(stack)

    async def _has_arrived(self, hold: Hold) -> bool:
        """Whether the request waits for the row that is held."""
        for _ in range(int(PATIENCE / 0.02)):
            if await asyncio.to_thread(hold.has_stopped_somebody):
                return True
            await asyncio.sleep(0.02)
        return False

    async def _after_the_commit(self) -> None:
        answer = await self._answer()
        if not await self._is_committed():
            await self._miss(answer)
            return
        await self._end()

    async def _within_the_answer(self) -> None:
        answer = await self._answer()
        if not await self._is_committed():
            await self._miss(answer)
            return
        await _write(self.phone[1], answer[: self._part_of(answer)])
        await asyncio.sleep(READ)
        await self._end()

    async def _answer(self) -> bytes:
        """All of it; the phone gets nothing of it yet."""
        await _write(self.server[1], self.request.data)
        return await self.server[0].read()

    async def _miss(self, answer: bytes) -> None:
        """Nothing was committed here, such as after a refusal: the answer passes, the cut is made elsewhere."""
        self.network.plan.give_back(self.request.name, self.cut)
        await _write(self.phone[1], answer)
        self.phone[1].close()

    async def _end(self, held: ExitStack | None = None) -> None:
        self.network.plan.count(self.cut)
        self.network.heard(f"{self.cut.kind.name}, {self.cut.point}: {self.request.name}")
        if self.cut.kind.way == KILL:
            await asyncio.to_thread(self.network.kill)
        if self.cut.kind.way != SILENCE:
            reset(self.phone[1])
        if held:
            await asyncio.to_thread(held.close)
        if self.cut.kind.way == SILENCE:
            while await self.phone[0].read(65536):
                """Until the phone gives up."""
            self.phone[1].close()

    async def _is_committed(self) -> bool:
        return await asyncio.to_thread(self.rows.is_committed, self.request.key)

    def _part_of(self, data: bytes) -> int:
        """Of these bytes so many pass: never none, never all."""
        return 1 + int(self.cut.part * (len(data) - 1))


async def _read(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(END)
    first, _end, rest = head.partition(b"\r\n")
    method, path, _version = first.decode().split(" ", 2)
    headers = {}
    for line in rest.decode("latin-1").split("\r\n"):
        name, _colon, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    # One request for each connection: a browser repeats by itself what is lost on one that it has used before.
    head = re.sub(rb"(?i)\r\nconnection: *[^\r]*", b"\r\nConnection: close", head)
    key = headers.get("idempotency-key", "")
    return Request(method, path, key, head + body)


async def _pass_on(request: Request, phone: Ends, server: Ends) -> None:
    await _write(server[1], request.data)
    while data := await server[0].read(65536):
        await _write(phone[1], data)
    phone[1].close()


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
