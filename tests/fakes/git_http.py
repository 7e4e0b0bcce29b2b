"""A git host on loopback: `git http-backend` behind a token, refusing what GitHub refuses, remembering what it was told."""

import base64
import gzip
import os
import subprocess
from pathlib import Path
from urllib.parse import urlencode

from tests.fakes.loopback import Answer, Loopback, Request

TOKEN = "ghs_code_loopback"


class GitHost(Loopback):
    """Serves the repositories below a folder as `/<name>`. With `token` None everybody may read."""

    def __init__(self, folder: Path, token: str | None = TOKEN) -> None:
        super().__init__()
        self.folder, self.token = folder, token

    def answer(self, request: Request) -> Answer:
        """401 without or with a wrong token, 404 for what is not there, else what git itself says."""
        if self.token is not None and request.headers.get("authorization") not in self._accepted():
            return Answer(401, b"no", {"WWW-Authenticate": 'Basic realm="git"'})
        name = request.path.split("/")[1]
        if not (self.folder / name).is_dir():
            return Answer(404, b"Not Found")
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path,
            "QUERY_STRING": urlencode(request.query),
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], input=request.body, env=environment, capture_output=True, check=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        status = int(headers.pop("Status", "200").split()[0])
        return Answer(status, body, headers)

    @property
    def fetches(self) -> list[bytes]:
        """The requests for objects so far, each what was asked."""
        bodies = [gzip.decompress(one.body) if one.headers.get("content-encoding") == "gzip" else one.body for one in self.requests]
        return [body for body in bodies if b"command=fetch" in body]

    def _accepted(self) -> tuple[str, str]:
        basic = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        return f"Basic {basic}", f"Bearer {self.token}"
