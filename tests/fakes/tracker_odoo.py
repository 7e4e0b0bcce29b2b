"""Odoo's JSON-RPC on loopback: one database with the quality module; refuses what Odoo refuses, in the shapes that it does."""

import re
from typing import Any

from tests.fakes.loopback import Answer, Loopback, Request

DATABASE, LOGIN, KEY = "acme", "errata@acme.example", "odoo-made-up-key"
FIELDS = {
    "qms.sop.document": {"code", "step_ids"},
    "qms.sop.run": {"sop_id", "state", "end_time", "step_ids", "create_date", "write_date"},
    "qms.sop.run.step": {"run_id", "step_id", "state", "actual_result", "create_date"},
    "qms.sop.run.error": {"run_id", "step_id", "error_code_id", "error_message", "create_date"},
    "qms.error.code": {"name"},
}


class OdooError(Exception):
    """What goes into `error`, traceback and all."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        data = {"name": f"odoo.exceptions.{name}", "message": message, "debug": f"Traceback (most recent call last):\n  secret {KEY}\n{message}"}
        self.body = {"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": data}}


class FakeOdoo(Loopback):
    """The server is at `url`. `tables` by model, each record by its id; `now` is what `create_date` says."""

    def __init__(self) -> None:
        super().__init__()
        self.now = "2025-12-17 09:13:00"
        self.may_write = True
        steps = tuple(range(11, 17))
        self.tables: dict[str, dict[int, dict[str, Any]]] = {model: {} for model in FIELDS}
        self.tables["qms.sop.document"][5] = {"id": 5, "code": "SOP-TRIAGE-001", "step_ids": list(steps)}
        self.tables["qms.error.code"][7] = {"id": 7, "name": "STEP_FAILURE"}

    def rows(self, model: str) -> list[dict[str, Any]]:
        """The records of a model, oldest first."""
        return list(self.tables[model].values())

    def answer(self, request: Request) -> Answer:
        """One call."""
        if request.path != "/jsonrpc":
            return Answer(404, b"<!DOCTYPE html><title>404", {"Content-Type": "text/html; charset=utf-8"})
        params = request.json["params"]
        try:
            if (params["service"], params["method"]) == ("common", "authenticate"):
                database, login, key, _ = params["args"]
                return Answer(body=self._result(2 if self._database(database) and (login, key) == (LOGIN, KEY) else False))
            database, uid, key, model, method, arguments, named = params["args"]
            if not self._database(database) or (uid, key) != (2, KEY):
                raise OdooError("AccessDenied", "Access Denied")
            if model not in FIELDS:
                raise OdooError("UserError", f"Object {model} doesn't exist")
            return Answer(body=self._result(getattr(self, f"_{method}")(model, *arguments, **named)))
        except OdooError as error:
            return Answer(body=error.body)

    def _database(self, name: str) -> bool:
        if name != DATABASE:
            raise OdooError("OperationalError", f'FATAL:  database "{name}" does not exist')
        return True

    def _result(self, result: object) -> dict[str, object]:
        return {"jsonrpc": "2.0", "id": 1, "result": result}

    def _search(self, model: str, domain: list[Any], limit: int = 0, order: str = "") -> list[int]:
        found = [row["id"] for row in self.rows(model) if all(self._holds(model, row, *term) for term in domain)]
        if order.startswith("write_date desc"):
            found.sort(key=lambda one: (self.tables[model][one].get("write_date", ""), one), reverse=True)
        else:
            found = sorted(found, reverse=order == "id desc")
        return found[:limit] if limit else found

    def _holds(self, model: str, row: dict[str, Any], field: str, operator: str, value: Any) -> bool:
        field, _, beyond = field.partition(".")  # a field of what a reference leads to
        self._known(model, [field])
        held = row.get(field) or ""
        if beyond:
            held = self.tables["qms.sop.document"][int(held)][beyond] if held else ""
        if operator == "in":
            return held in value
        if operator == "like":  # SQL's: any character for _, and any many for %
            pattern = "".join(".*" if one == "%" else "." if one == "_" else re.escape(one) for one in value)
            return re.search(pattern, str(held), re.DOTALL) is not None
        return bool(held == value)

    def _search_read(self, model: str, domain: list[Any], fields: list[str], limit: int = 0, order: str = "") -> list[dict[str, Any]]:
        return self._read(model, self._search(model, domain, limit, order), fields)

    def _read(self, model: str, ids: list[int], fields: list[str]) -> list[dict[str, Any]]:
        self._known(model, fields)
        return [{"id": one, **{field: self._shown(self.tables[model][one].get(field), field) for field in fields}} for one in ids if one in self.tables[model]]

    def _shown(self, value: Any, field: str) -> Any:
        """A reference is id and name; what is empty is false."""
        if isinstance(value, list):
            return value
        return [value, f"Record {value}"] if field in ("run_id", "step_id", "sop_id") and value else value or False

    def _create(self, model: str, values: dict[str, Any]) -> int:
        self._write_allowed(model, values)
        number = len(self.tables[model]) + 1
        inside = values.pop("step_ids", [])
        self.tables[model][number] = {"id": number, "create_date": self.now, **values}
        for command, _, row in inside:
            assert command == 0
            self._create("qms.sop.run.step", {"run_id": number, **row})
        return number

    def _write(self, model: str, ids: list[int], values: dict[str, Any]) -> bool:
        self._write_allowed(model, values)
        for one in ids:
            self.tables[model][one].update(values)
        return True

    def _write_allowed(self, model: str, values: dict[str, Any]) -> None:
        if not self.may_write:
            raise OdooError("AccessError", "You are not allowed to modify 'SOP Run' (qms.sop.run) records.")
        self._known(model, values)
        if values.get("state", "in_progress") not in ("in_progress", "completed", "failed"):
            raise OdooError("ValueError", f"Wrong value for {model}.state: {values['state']!r}")

    def _known(self, model: str, fields: Any) -> None:
        unknown = set(fields) - FIELDS[model] - {"id"}
        if unknown:
            raise OdooError("ValueError", f"Invalid field {sorted(unknown)[0]!r} on model {model!r}")
