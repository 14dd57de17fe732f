"""Signs what a terminal posts, so that schemathesis gets past the door."""

import hashlib
import hmac
import os
import time
from urllib.parse import urlsplit

import requests
import schemathesis

TERMINAL = os.environ.get("FUZZ_TERMINAL_ID", "")
KEY = bytes.fromhex(os.environ.get("FUZZ_TERMINAL_KEY", ""))
last = 0


class Signature(requests.auth.AuthBase):
    """HMAC-SHA256 over method, path, time, key and the body's SHA-256, a line each: made of the very bytes."""

    def __call__(self, prepared):
        global last
        last = max(last + 1, int(time.time() * 1000))
        target = urlsplit(prepared.url)
        path = target.path + (f"?{target.query}" if target.query else "")
        body = prepared.body or b""
        if isinstance(body, str):
            body = body.encode()
        key = prepared.headers.get("Idempotency-Key", "")
        if isinstance(key, bytes):
            key = key.decode("latin-1")
        digest = hashlib.sha256(body).hexdigest()
        text = "\n".join([prepared.method, path, str(last), key, digest])
        prepared.headers["Terminal-Id"] = TERMINAL
        prepared.headers["Request-Time"] = str(last)
        prepared.headers["Request-Signature"] = hmac.new(KEY, text.encode("latin-1"), hashlib.sha256).hexdigest()
        return prepared


if TERMINAL:

    @schemathesis.hook
    def before_call(context, case, kwargs):
        kwargs["auth"] = Signature()
