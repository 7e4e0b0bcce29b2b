"""What the fake GitHub knows of merging over its API: only at the head that the caller names, and only where no rule forbids it."""

from tests.fakes.github_state import NOT_FOUND, Conflict, GitHubState, refuse
from tests.fakes.loopback import Answer, Request


def files(hub: GitHubState, number: int) -> list[dict[str, str]]:
    """`GET /pulls/{number}/files`."""
    item = hub.items[number]
    main, head = hub.git.head(item["base"]), hub.git.head(item["head"])
    return hub.git.changes(hub.git.merge_base(main, head), head) if main and head else []


def merge(hub: GitHubState, request: Request, number: int) -> Answer:
    """`PUT /pulls/{number}/merge`: 405 where it may not, 409 where the branch moved."""
    item = hub.items.get(number, {})
    if "head" not in item:
        return NOT_FOUND
    if item["state"] != "open" or hub.forbids_merging:
        return refuse(405, hub.forbids_merging or "Pull Request is not mergeable")
    if request.json.get("sha") not in (None, hub.git.head(item["head"])):
        return refuse(409, "Head branch was modified. Review and try the merge again.")
    if request.json.get("merge_method", "merge") not in hub.merge_methods:
        return refuse(405, "Squash merges are not allowed on this repository.")
    try:
        sha = hub.squash(number)
    except Conflict:
        return refuse(405, "Pull Request is not mergeable")
    return Answer(body={"sha": sha, "merged": True, "message": "Pull Request successfully merged"})
