"""What is asked of Linear, and what it answers: constant GraphQL documents; everything that varies goes in as a variable."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=1_000)]

FIND = """query Find($mark: String!) {
  issues(filter: {description: {contains: $mark}}, includeArchived: true, first: 20) {
    nodes { id identifier url description createdAt trashed completedAt state { type } }
  }
}"""
PLACE = """query Place($team: String!, $labels: [String!]!, $project: String!, $people: [String!]!) {
  teams(filter: {key: {eq: $team}}, first: 1) { nodes { id } }
  issueLabels(filter: {name: {in: $labels}}, first: 50) { nodes { id name team { id } } }
  projects(filter: {name: {eq: $project}, accessibleTeams: {some: {key: {eq: $team}}}}, first: 1) { nodes { id name } }
  users(filter: {email: {in: $people}}, first: 10) { nodes { id email active } }
}"""
CREATE = """mutation Create($input: IssueCreateInput!) {
  issueCreate(input: $input) { success issue { id identifier url description createdAt trashed state { type } } }
}"""
ATTACH = "mutation Attach($input: AttachmentCreateInput!) { attachmentCreate(input: $input) { success } }"
TRACKED = """query Tracked($mark: String!, $after: String) {
  issues(filter: {description: {contains: $mark}}, includeArchived: true, orderBy: updatedAt, first: 100, after: $after) {
    nodes { id identifier url description createdAt trashed completedAt state { type } } pageInfo { hasNextPage endCursor }
  }
}"""
ENDED = """query Ended($id: String!) {
  issue(id: $id) {
    id identifier url description createdAt trashed completedAt state { type }
    attachments(first: 20) { nodes { url sourceType metadata } }
    comments(last: 50) { nodes { body createdAt user { id } } }
  }
}"""
STATES = """query States($id: String!) {
  issue(id: $id) { id team { id states(first: 50) { nodes { id type position } } } comments(last: 50) { nodes { body } } }
}"""
COMMENT = "mutation Comment($input: CommentCreateInput!) { commentCreate(input: $input) { success } }"
UPDATE = "mutation Update($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success } }"


class Error(msgspec.Struct, frozen=True):
    """One of GraphQL's `errors`."""

    message: str = ""
    extensions: dict[str, Any] = {}


class Reply(msgspec.Struct, frozen=True):
    """Every answer. Linear refuses with `errors`, also under HTTP 200; data beside them is not used."""

    data: Any = None
    errors: list[Error] | None = None


class State(msgspec.Struct, frozen=True):
    """Where work on an issue stands: triage, backlog, unstarted, started, completed, canceled, duplicate."""

    type: Text
    id: Text = ""
    position: float = 0


class Issue(msgspec.Struct, frozen=True):
    """An issue, as far as it is asked for."""

    id: Text
    identifier: Text
    url: Text
    state: State
    created: Text = msgspec.field(name="createdAt", default="")
    description: str | None = None
    trashed: bool | None = None
    completed: str | None = msgspec.field(name="completedAt", default=None)


def moment(words: str | None) -> datetime | None:
    """A time as Linear writes it, `2025-12-17T09:12:44.000Z`; None where there is none that can be read."""
    try:
        found = datetime.fromisoformat(words) if words else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


class Turn(msgspec.Struct, frozen=True):
    """Where the next page begins."""

    more: bool = msgspec.field(name="hasNextPage", default=False)
    after: str | None = msgspec.field(name="endCursor", default=None)


class Issues(msgspec.Struct, frozen=True):
    """A page."""

    nodes: list[Issue]
    turn: Turn = msgspec.field(name="pageInfo", default_factory=Turn)


class Found(msgspec.Struct, frozen=True):
    """Answer to FIND."""

    issues: Issues


class Node(msgspec.Struct, frozen=True):
    """Something that has an id, and perhaps a name and a team."""

    id: Text
    name: str = ""
    email: str = ""
    active: bool = True
    team: "Node | None" = None


class Nodes(msgspec.Struct, frozen=True):
    """A page of them."""

    nodes: list[Node]


class Place(msgspec.Struct, frozen=True):
    """Answer to PLACE."""

    teams: Nodes
    labels: Nodes = msgspec.field(name="issueLabels")
    projects: Nodes
    users: Nodes


class Created(msgspec.Struct, frozen=True):
    """Answer to CREATE."""

    created: "Outcome" = msgspec.field(name="issueCreate")


class Outcome(msgspec.Struct, frozen=True):
    """What became of a mutation."""

    success: bool
    issue: Issue | None = None


class States(msgspec.Struct, frozen=True):
    """A page of a team's states."""

    nodes: list[State]


class Team(msgspec.Struct, frozen=True):
    """A team with its states."""

    states: States


class Comment(msgspec.Struct, frozen=True):
    """A comment. `user` is somebody of the workspace; what came from elsewhere has none."""

    body: str
    created: str = msgspec.field(name="createdAt", default="")
    user: Node | None = None


class Comments(msgspec.Struct, frozen=True):
    """A page of them."""

    nodes: list[Comment]


class KnownIssue(msgspec.Struct, frozen=True):
    """An issue that is to be opened again."""

    id: Text
    team: Team
    comments: Comments


class Known(msgspec.Struct, frozen=True):
    """Answer to STATES."""

    issue: KnownIssue


class Attachment(msgspec.Struct, frozen=True):
    """Something that is linked. What Linear's integration with GitHub links says in `metadata` how it stands: open, merged, closed."""

    url: str
    source: str | None = msgspec.field(name="sourceType", default=None)
    metadata: dict[str, Any] | None = None


class Attachments(msgspec.Struct, frozen=True):
    """A page of them."""

    nodes: list[Attachment]


class EndedIssue(Issue, frozen=True, kw_only=True):
    """An issue with what is linked to it and said below it."""

    attachments: Attachments
    comments: Comments


class Ended(msgspec.Struct, frozen=True):
    """Answer to ENDED."""

    issue: EndedIssue
