"""nginx with TLS before two webs, as docs/operation/nginx.conf has it, with other places."""

import http.client
import signal
import ssl
import subprocess
from email.message import Message
from pathlib import Path

from config.supervisor.certificate import Certificates
from config.supervisor.process import die_with_parent
from tests.operation.programs import FILES, changed, required
from tests.product import free_port, wait_for

MAIN = """
daemon off;
worker_processes 1;
user root;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/site.conf;
}}
"""


class Nginx:
    """`name` is the host that visitors ask for."""

    def __init__(self, home: Path, webs: tuple[int, int], name: str = "fleet.example"):
        home.mkdir(exist_ok=True)
        self.home, self.name = home, name
        self.plain, self.tls = free_port(), free_port()
        certificates = Certificates(home / "tls")
        certificates.make_for(["fleet.example", "127.0.0.1"])
        self.authority = certificates.authority.certificate
        self.context = ssl.create_default_context(cafile=self.authority)
        places = {
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ssl": f"listen 127.0.0.1:{self.tls} ssl",
            "127.0.0.1:8001": f"127.0.0.1:{webs[0]}",
            "127.0.0.1:8002": f"127.0.0.1:{webs[1]}",
            "/etc/installer-jobs/tls/fullchain.pem": str(certificates.machine.certificate),
            "/etc/installer-jobs/tls/privkey.pem": str(certificates.machine.key),
            "fleet.example": name,
        }
        (home / "site.conf").write_text(changed(FILES / "nginx.conf", **places))
        (home / "nginx.conf").write_text(MAIN.format(home=home))

    def __enter__(self) -> "Nginx":
        command = [required("nginx"), "-p", self.home, "-c", self.home / "nginx.conf"]
        self.process = subprocess.Popen(
            [*map(str, command)], preexec_fn=die_with_parent(signal.SIGTERM)
        )
        wait_for(lambda: (self.home / "nginx.pid").exists(), 20, "nginx")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Message, bytes]:
        browser = http.client.HTTPSConnection(
            "127.0.0.1", self.tls, timeout=60, context=self.context
        )
        try:
            browser.request(method, path, body, {"Host": self.name, **headers})
            answer = browser.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            browser.close()
