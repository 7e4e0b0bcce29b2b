"""The part of GitHub that tells what closed an issue: single issues, moved and deleted ones, and the one GraphQL question about it."""

import re

from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import NOT_FOUND, Json
from tests.fakes.loopback import Answer, Request


class WorkingGitHub(FakeGitHub):
    """`closers` holds what GraphQL says closed an issue; `moved` leads from a number to another repository's issue."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.closers: dict[int, Json] = {}
        self.moved: dict[int, str] = {}
        self.knows_graphql = True

    def track(self, signature: str, labels: tuple[str, ...] = ("errata",), body: str | None = None) -> int:
        """A tracking issue as the bot opens it."""
        number = max(self.items, default=0) + 1
        text = f"It happens.\n\n<!-- errata:issue={signature} -->\n" if body is None else body
        self.items[number] = {"state": "open", "title": "It happens", "body": text, "labels": list(labels), "reviews": []}
        return number

    def answer(self, request: Request) -> Answer:
        """The questions of this part, else what the whole answers."""
        one = re.fullmatch(rf"/repos/{self.repository}/issues/(\d+)", request.path)
        if request.method == "GET" and one and request.headers.get("authorization", "").endswith(self.token):
            number = int(one[1])
            if number in self.moved:
                body = "It happens.\n\n<!-- errata:issue=whatever_1a2b3c -->\n"
                return Answer(body={"number": 7, "state": "closed", "html_url": self.moved[number], "url": self.moved[number], "body": body, "labels": []})
            return Answer(body=self._issue(number)) if number in self.items else NOT_FOUND
        commit = re.fullmatch(rf"/repos/{self.repository}/commits/([0-9a-f]{{40}})", request.path)
        if request.method == "GET" and commit and self.git.has(commit[1], "commit"):
            return Answer(body=self._commit(commit[1]))
        if request.path == "/graphql" and request.method == "POST" and "timelineItems" in request.json["query"]:
            if not self.knows_graphql:
                return Answer(body={"errors": [{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}]})
            closer = self.closers.get(request.json["variables"]["number"])
            return Answer(body={"data": {"repository": {"issue": {"timelineItems": {"nodes": [{"closer": closer}]}}}}})
        return super().answer(request)
