"""Linear's GraphQL on loopback: a team, its states and issues; refuses what Linear refuses, in the shapes that it does."""

import re
from typing import Any

from tests.fakes.loopback import Answer, Loopback, Request

KEY = "lin_api_made_up"
_INPUTS = {
    "IssueCreateInput": {"teamId", "title", "description", "priority", "labelIds", "projectId", "assigneeId", "stateId", "id"},
    "IssueUpdateInput": {"stateId", "title", "description", "priority", "assigneeId", "labelIds"},
    "CommentCreateInput": {"issueId", "body"},
    "AttachmentCreateInput": {"issueId", "title", "url", "subtitle"},
}


class GraphQLError(Exception):
    """What goes into `errors`."""

    def __init__(self, message: str, code: str, status: int = 200) -> None:
        super().__init__(message)
        self.answer = Answer(status, {"errors": [{"message": message, "extensions": {"code": code, "userPresentableMessage": message}}], "data": None})


class FakeLinear(Loopback):
    """The API is at `url`. `issues` by id; `comments` and `attachments` as they came in."""

    def __init__(self) -> None:
        super().__init__()
        self.labels = {"errata": None, "bug": "team-pay", "theirs": "team-other"}
        self.projects = {"Reliability": "project-1"}
        self.people = {"mira@acme.example": "user-mira"}
        self.issues: dict[str, dict[str, Any]] = {}
        self.comments: list[dict[str, Any]] = []
        self.attachments: list[dict[str, Any]] = []
        self.states = {"s-back": "backlog", "s-todo": "unstarted", "s-doing": "started", "s-done": "completed", "s-cancel": "canceled"}

    def close(self, identifier: str, state: str = "s-done", at: str = "2025-12-20T10:00:00.000Z") -> None:
        """A person moves an issue to another state; it counts as changed last."""
        issue = self._by(identifier)
        issue |= {"state": state, "completed": at if self.states[state] == "completed" else None, "changed": at}

    def link(self, identifier: str, url: str, status: str = "merged", source: str = "github") -> None:
        """Linear's integration links a pull request; it says how that stands."""
        self._by(identifier).setdefault("links", []).append({"url": url, "sourceType": source, "metadata": {"status": status}})

    def answer(self, request: Request) -> Answer:
        """One operation."""
        try:
            if request.path != "/graphql" or request.method != "POST":
                return Answer(404, b"<!DOCTYPE html><p>Not found", {"Content-Type": "text/html"})
            if request.headers.get("authorization") != KEY:  # a personal key goes without "Bearer"
                raise GraphQLError("Authentication required, not authenticated", "AUTHENTICATION_ERROR", 401)
            query, variables = request.json["query"], request.json["variables"]
            self._check(query, variables)
            operation = re.match(r"(?:query|mutation) (\w+)", query)
            assert operation
            return Answer(body={"data": getattr(self, f"_{operation[1].lower()}")(variables)})
        except GraphQLError as error:
            return error.answer

    def _check(self, query: str, variables: dict[str, Any]) -> None:
        """Every variable that is declared is given, and of its type; nothing else is."""
        declared = dict(re.findall(r"\$(\w+): ([\w!\[\]]+)", query.partition("{")[0]))
        if set(declared) != set(variables) or query.count("{") != query.count("}"):
            raise GraphQLError("Variable is not defined", "GRAPHQL_VALIDATION_FAILED", 400)
        for name, kind in declared.items():
            fields = _INPUTS.get(kind.rstrip("!"))
            if fields is not None and set(variables[name]) - fields:
                raise GraphQLError(f"Field is not defined by type {kind}", "BAD_USER_INPUT", 400)
            if kind == "String!" and not isinstance(variables[name], str):
                raise GraphQLError("String cannot represent the value", "BAD_USER_INPUT", 400)

    def _find(self, variables: dict[str, Any]) -> dict[str, Any]:
        found = [issue for issue in self.issues.values() if variables["mark"] in (issue["description"] or "")]
        return {"issues": {"nodes": [self._shown(issue) for issue in found[:20]]}}

    def _tracked(self, variables: dict[str, Any]) -> dict[str, Any]:
        found = [issue for issue in self.issues.values() if variables["mark"] in (issue["description"] or "")]
        found.sort(key=lambda issue: (issue.get("changed", ""), issue["number"]), reverse=True)
        start = int(variables["after"] or 0)
        page = {"hasNextPage": start + 100 < len(found), "endCursor": str(start + 100)}
        return {"issues": {"nodes": [self._shown(issue) for issue in found[start : start + 100]], "pageInfo": page}}

    def _ended(self, variables: dict[str, Any]) -> dict[str, Any]:
        issue = self._by(variables["id"])
        ours = [{"url": one["url"], "sourceType": "api", "metadata": {}} for one in self.attachments if one["issueId"] == issue["id"]]
        comments = [
            {"body": one["body"], "createdAt": one.get("createdAt", "2025-12-17T09:00:00.000Z"), "user": one.get("user", {"id": "user-mira"})}
            for one in self.comments
            if one["issueId"] == issue["id"]
        ]
        more = {"attachments": {"nodes": [*ours, *issue.get("links", [])]}, "comments": {"nodes": comments}}
        return {"issue": {**self._shown(issue), **more}}

    def _place(self, variables: dict[str, Any]) -> dict[str, Any]:
        labels = [
            {"id": f"label-{name}", "name": name, "team": {"id": team} if team else None} for name, team in self.labels.items() if name in variables["labels"]
        ]
        projects = [{"id": self.projects[name], "name": name} for name in self.projects if name == variables["project"]]
        users = [{"id": who, "email": mail, "active": True} for mail, who in self.people.items() if mail in variables["people"]]
        teams = [{"id": "team-pay"}] if variables["team"] == "PAY" else []
        return {"teams": {"nodes": teams}, "issueLabels": {"nodes": labels}, "projects": {"nodes": projects}, "users": {"nodes": users}}

    def _create(self, variables: dict[str, Any]) -> dict[str, Any]:
        wanted = variables["input"]
        known = {f"label-{name}" for name, team in self.labels.items() if team in (None, "team-pay")}
        if wanted["teamId"] != "team-pay" or set(wanted.get("labelIds", [])) - known or wanted["priority"] not in range(5) or not wanted["title"]:
            raise GraphQLError("Argument Validation Error", "INVALID_INPUT", 400)
        number = len(self.issues) + 1
        description = re.sub(r"<!--.*?-->", "", wanted["description"], flags=re.DOTALL)  # its editor keeps no comments
        self.issues[f"issue-{number}"] = {**wanted, "description": description, "id": f"issue-{number}", "number": number, "state": "s-todo", "trashed": None}
        return {"issueCreate": {"success": True, "issue": self._shown(self.issues[f"issue-{number}"])}}

    def _attach(self, variables: dict[str, Any]) -> dict[str, Any]:
        self.attachments.append(variables["input"])
        return {"attachmentCreate": {"success": True}}

    def _states(self, variables: dict[str, Any]) -> dict[str, Any]:
        issue = self._by(variables["id"])
        states = [{"id": name, "type": kind, "position": number} for number, (name, kind) in enumerate(self.states.items())]
        comments = [{"body": comment["body"]} for comment in self.comments if comment["issueId"] == issue["id"]]
        return {"issue": {"id": issue["id"], "team": {"id": "team-pay", "states": {"nodes": states}}, "comments": {"nodes": comments}}}

    def _comment(self, variables: dict[str, Any]) -> dict[str, Any]:
        self.comments.append(variables["input"])
        return {"commentCreate": {"success": True}}

    def _update(self, variables: dict[str, Any]) -> dict[str, Any]:
        self._by(variables["id"]).update({"state": variables["input"]["stateId"]})
        return {"issueUpdate": {"success": True}}

    def _by(self, name: str) -> dict[str, Any]:
        for issue in self.issues.values():
            if name in (issue["id"], f"PAY-{issue['number']}"):
                return issue
        raise GraphQLError("Entity not found: Issue", "INPUT_ERROR")

    def _shown(self, issue: dict[str, Any]) -> dict[str, Any]:
        where = f"https://linear.app/acme/issue/PAY-{issue['number']}/a-title"
        facts = {"id": issue["id"], "identifier": f"PAY-{issue['number']}", "url": where, "description": issue["description"], "trashed": issue["trashed"]}
        times = {"createdAt": f"2025-12-17T{9 + issue['number'] // 3600:02}:{issue['number'] // 60 % 60:02}:{issue['number'] % 60:02}.000Z"}
        return {**facts, **times, "completedAt": issue.get("completed"), "state": {"type": self.states[issue["state"]]}}
