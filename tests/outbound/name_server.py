"""A name server of the tests: each look-up of a name takes its next answer, and the last one stays."""

import socket
import threading
from ipaddress import ip_address

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Answer = list[
    str
]  # addresses, or the name that this one stands for followed by the addresses of that
KINDS = {4: "A", 6: "AAAA"}


class NameServer:
    def __init__(self) -> None:
        self.zone: dict[str, list[Answer]] = {}
        self.looked_up: list[str] = []
        self.silent = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))

    @property
    def place(self) -> tuple[str, int]:
        return self.socket.getsockname()

    def __enter__(self) -> "NameServer":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.silent = True
        self.socket.close()

    def _serve(self) -> None:
        while True:
            try:
                data, asker = self.socket.recvfrom(4096)
                if not self.silent:
                    self.socket.sendto(self._answer(dns.message.from_wire(data)).to_wire(), asker)
            except OSError:  # it is closed
                return

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        (question,) = query.question
        name = str(question.name).rstrip(".")
        answer = dns.message.make_response(query)
        if name not in self.zone:
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return answer
        kind = dns.rdatatype.to_text(question.rdtype)
        owner = f"{name}."
        for text in self._texts(name, kind):
            if _is_name(text):
                answer.answer.append(dns.rrset.from_text(owner, 0, "IN", "CNAME", text))
                owner = text
            elif KINDS[ip_address(text).version] == kind:
                answer.answer.append(dns.rrset.from_text(owner, 0, "IN", kind, text))
        return answer

    def _texts(self, name: str, kind: str) -> Answer:
        """A look-up asks for IPv6 first and for IPv4 then, which ends it."""
        answers = self.zone[name]
        texts = answers[0]
        if kind == "A":
            self.looked_up.append(name)
            self.zone[name] = answers[1:] or answers
        return texts


def _is_name(text: str) -> bool:
    return text.endswith(".")
