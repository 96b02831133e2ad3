"""Receives messages on port 9000. In front of it is a web server with https, which passes them on."""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))


def is_genuine(headers, body):
    """One of the signatures fits, and the message was sent in the last five minutes."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(KEY, signed, hashlib.sha256).digest()
    made = "v1," + base64.b64encode(digest).decode()
    signatures = headers["webhook-signature"].split()
    age = abs(time.time() - int(headers["webhook-timestamp"]))
    return age < 300 and any(hmac.compare_digest(one, made) for one in signatures)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if is_genuine(self.headers, body):
            self.answer(204)  # within 10 seconds; work on the message afterwards
            message = json.loads(body)
            print(message["sequence"], message["type"], message["subject"], flush=True)
        else:
            self.answer(401)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()


HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver).serve_forever()
