"""Odoo's external API, as JSON-RPC: the same `execute_kw` that XML-RPC offers, without a parser of XML that strangers feed.

Source: odoo.com, External API: `common.authenticate`, `object.execute_kw`; a refusal comes as `error` under HTTP 200.
"""

from typing import Any, TypeVar

import msgspec

from bot.config import Secret
from bot.config.tracking import Odoo
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import TrackerError
from bot.http_client import System
from bot.trackers.asking import Door

SYSTEM = System(
    "Odoo",
    "`odoo: url:` or ODOO_URL",
    "ODOO_LOGIN and ODOO_API_KEY",
    "give the user the right to read and write runs in the quality module",
    "`odoo: database:` and `odoo: procedure:`",
)
T = TypeVar("T")
_DENIED = ("AccessDenied", "AccessError")


class Fault(msgspec.Struct, frozen=True):
    """What Odoo's `error` holds."""

    message: str = ""
    data: dict[str, Any] = {}


class Reply(msgspec.Struct, frozen=True):
    """Every answer."""

    result: Any = None
    error: Fault | None = None


class OdooRpc:
    """One user of one database. Signs in at the first call."""

    def __init__(self, url: str, login: str, key: Secret, settings: Odoo, seconds: float) -> None:
        self._door = Door(url, SYSTEM, {}, seconds)
        self._login, self._key, self._settings = login, key, settings
        self._uid: int | None = None

    def call(self, model: str, method: str, arguments: list[object], kind: type[T], doing: str, **named: object) -> T:
        """One method of a model. Raises TrackerError; Unclear where the answer was lost."""
        uid = self._signed_in(doing)
        return self._ask("object", "execute_kw", [self._settings.database, uid, self._key.reveal(), model, method, arguments, named], kind, doing)

    def _signed_in(self, doing: str) -> int:
        if self._uid is None:
            found = self._ask("common", "authenticate", [self._settings.database, self._login, self._key.reveal(), {}], int | bool | None, doing)  # type: ignore[arg-type]
            if not found:
                remedy = f"set {SYSTEM.token} to a user of the database and an API key of theirs (Preferences, Account Security)"
                raise TrackerError(f"{doing} (Odoo)", f"Odoo does not know the user, or not the key, in the database {self._settings.database!r}", remedy)
            self._uid = int(found)
        return self._uid

    def _ask(self, service: str, method: str, arguments: list[object], kind: type[T], doing: str) -> T:
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {"service": service, "method": method, "args": arguments}}
        reply = self._door.read(self._door.post("jsonrpc", body, doing), Reply, doing)
        if reply.error is not None:
            raise self._refusal(reply.error, doing)
        return self._door.read(reply.result, kind, doing)

    def _refusal(self, fault: Fault, doing: str) -> TrackerError:
        """Only the fault's own sentence is told, never the traceback that Odoo sends along, and never the key."""
        name = str(fault.data.get("name", "")).rpartition(".")[2]
        words = cut(one_line(str(fault.data.get("message") or fault.message).replace(self._key.reveal(), "(hidden)")), 300)
        remedy = SYSTEM.permission if name in _DENIED else f"check {SYSTEM.names}, and that the quality module is installed"
        return TrackerError(f"{doing} (Odoo)", f"Odoo refused ({one_line(name)[:60] or 'no name'}): {words}", remedy)
