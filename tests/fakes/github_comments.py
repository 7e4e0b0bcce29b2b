"""What the fake GitHub knows of comments: a person's and the bot's, reactions on them, and who may write."""

from tests.fakes.github_state import NOT_FOUND, GitHubState, Json, refuse, too_long
from tests.fakes.loopback import Answer, Request

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


def comment(hub: GitHubState, number: int, login: str, body: str) -> int:
    """A comment on an issue or a request, which counts as an update of it; its id."""
    identifier = 1 + sum(len(item.get("comments", [])) for item in hub.items.values())
    user = hub._user(login)
    url = f"{hub.url}/repos/{hub.repository}/issues/comments/{identifier}"
    made = {"id": identifier, "url": url, "body": body, "user": user, "created_at": hub.now, "updated_at": hub.now, "author_association": "OWNER"}
    hub.items[number].setdefault("comments", []).append({**made, "reactions": []})
    hub.items[number]["updated_at"] = hub.now
    return identifier


def comments(hub: GitHubState, number: int, login: str = "errata[bot]") -> list[str]:
    """What somebody has said there."""
    return [str(one["body"]) for one in hub.items[number].get("comments", []) if one["user"]["login"] == login]


def reactions(hub: GitHubState, identifier: int) -> list[str]:
    """The reactions on a comment."""
    found = _found(hub, identifier)
    return list(found["reactions"]) if found else []


def event(hub: GitHubState, number: int, identifier: int) -> Json:
    """What a workflow is told of a comment."""
    item, found = hub.items[number], _found(hub, identifier)
    pull = {"pull_request": {"url": f"{hub.url}/pulls/{number}"}} if "head" in item else {}
    return {"action": "created", "issue": {"number": number, "state": item["state"], **pull}, "comment": found, "sender": {"login": "x"}}


def edit(hub: GitHubState, request: Request, identifier: int) -> Answer:
    """`PATCH /issues/comments/{id}`: only of one's own."""
    found = _found(hub, identifier)
    if found is None:
        return NOT_FOUND
    if found["user"]["login"] != hub.login:
        return refuse(403, "Resource not accessible by integration")
    wrong = too_long(request.json)
    if wrong is None:
        found["body"] = request.json["body"]
    return wrong or Answer(body=found)


def react(hub: GitHubState, request: Request, identifier: int) -> Answer:
    """`POST /issues/comments/{id}/reactions`: twice the same is once."""
    found, content = _found(hub, identifier), request.json["content"]
    if found is None:
        return NOT_FOUND
    if content not in REACTIONS:
        return refuse(422, "Validation Failed", "content is not included in the list")
    known = content in found["reactions"]
    if not known:
        found["reactions"].append(content)
    return Answer(200 if known else 201, {"id": 1, "content": content, "user": hub._user(hub.login)})


def permission(hub: GitHubState, login: str) -> Answer:
    """`GET /collaborators/{login}/permission`: anybody may read a public repository."""
    if not hub.tells_permissions:
        return refuse(403, "Resource not accessible by integration")
    if login == "nobody-of-that-name":
        return NOT_FOUND
    return Answer(body={"permission": "write" if login in hub.collaborators else "read", "user": hub._user(login)})


def _found(hub: GitHubState, identifier: int) -> Json | None:
    listed = (one for item in hub.items.values() for one in item.get("comments", []))
    return next((one for one in listed if one["id"] == identifier), None)
