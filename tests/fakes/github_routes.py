"""How views of the fake GitHub are registered by their path, and what their answers are made of."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from tests.fakes.github_state import NOT_FOUND, GitHubState, Json, refuse, too_long
from tests.fakes.loopback import Answer, Request

View = Callable[..., Answer]
V = TypeVar("V", bound=View)
ROUTES: list[tuple[str, re.Pattern[str], View]] = []


def route(method: str, pattern: str) -> Callable[[V], V]:
    """Registers a view for a path below `/repos/owner/name`."""

    def register(view: V) -> V:
        ROUTES.append((method, re.compile(pattern), view))
        return view

    return register


class GitHubAnswers(GitHubState):
    """What views share."""

    def _add(self, wanted: Json, fields: Json, shown: Callable[[int], Json]) -> Answer:
        number = len(self.items) + 1
        wrong = too_long(wanted)
        if wrong or set(wanted.get("assignees", [])) - self.collaborators:
            return wrong or refuse(422, "Validation Failed", "assignees is invalid")
        fields = {"assignees": wanted["assignees"], **fields} if "assignees" in wanted else fields
        common = {"title": wanted["title"], "body": wanted.get("body"), "labels": wanted.get("labels", []), "state": "open"}
        self.items[number] = {**common, **fields}
        return Answer(201, shown(number))

    def _edit(self, number: int, wanted: Json) -> Answer | None:
        if number not in self.items:
            return NOT_FOUND
        wrong = too_long(wanted)
        if wrong is None:
            item = self.items[number]
            head = self.git.head(item["head"]) if "head" in item else None
            if "head" in item and (wanted.get("state"), item["state"]) == ("open", "closed") and head != item.get("head_sha", head):
                return refuse(422, "Validation Failed", "state cannot be changed. The branch was force-pushed or recreated.")
            if (wanted.get("state"), item["state"]) == ("closed", "open"):
                item |= {"closed_at": self.now, **({"head_sha": head} if "head" in item else {})}
            self.items[number] |= {key: wanted[key] for key in ("title", "body", "state", "state_reason", "labels") if key in wanted}
            self.items[number]["updated_at"] = self.now
        return wrong

    def _sorted(self, request: Request, rows: list[Json]) -> list[Json]:
        """Newest first, unless something else is asked for."""
        key, up = {"updated": "updated_at"}.get(request.query.get("sort", ""), "created_at"), request.query.get("direction") == "asc"
        return sorted(rows, key=lambda row: (row[key] or "", row["number"]), reverse=not up)

    def _page(self, request: Request, rows: list[Any]) -> Answer:
        size, page = int(request.query.get("per_page", 30)), int(request.query.get("page", 1))
        more = len(rows) > page * size
        kept = "&".join(f"{key}={value}" for key, value in request.query.items() if key != "page")
        link = {"Link": f'<{self._here(request)}?{kept}&page={page + 1}>; rel="next"'} if more else {}
        return Answer(body=rows[(page - 1) * size : page * size], headers=link)

    def _here(self, request: Request) -> str:
        return f"{self.url}{request.path}"
