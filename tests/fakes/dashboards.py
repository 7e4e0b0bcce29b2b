"""OpenSearch Dashboards as far as the bot asks it: short links by tenant, index patterns, basic authentication."""

import base64
from typing import Any

from tests.fakes.loopback import Answer, Loopback, Request

LOGIN = Answer(200, b"<!DOCTYPE html><title>Log in</title>", {"Content-Type": "text/html"})


class FakeDashboards(Loopback):
    """Serves below `/_dashboards`. Without the right user every path answers with the login page's redirect, as the security plugin does."""

    def __init__(self) -> None:
        super().__init__()
        self.base = "/_dashboards"
        self.short: dict[tuple[str, str], Any] = {}
        self.patterns: dict[str, str] = {}
        self.user: tuple[str, str] | None = None

    @property
    def address(self) -> str:
        """As `dashboards_url` names it."""
        return f"{self.url}{self.base}"

    def share(self, target: object, name: str = "8fe39392be1e352209f6a8b9f878ef33", tenant: str = "") -> str:
        """A short link to a page, as people paste it."""
        self.short[tenant, name] = target
        return f"{self.address}/goto/{name}"

    def answer(self, request: Request) -> Answer:
        """Its API."""
        if self.user is not None and request.headers.get("authorization") != f"Basic {base64.b64encode(':'.join(self.user).encode()).decode()}":
            return Answer(302, b"", {"Location": f"{self.base}/app/login"})
        kind, _, name = request.path.removeprefix(f"{self.base}/api/").partition("/")
        if kind == "short_url":
            target = self.short.get((request.headers.get("securitytenant", ""), name))
            return Answer(404, {"statusCode": 404, "error": "Not Found", "message": "Not Found"}) if target is None else Answer(200, {"url": target})
        if request.path == f"{self.base}/api/saved_objects/_find" and request.query.get("type") == "index-pattern":
            found = [{"type": "index-pattern", "id": one, "attributes": {"title": title}} for one, title in self.patterns.items()]
            return Answer(200, {"page": 1, "per_page": 1000, "total": len(found), "saved_objects": found})
        return Answer(404, {"statusCode": 404})
