"""Requests to OpenSearch are signed with an AWS session; one that fails says how to renew it."""

from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError, ProfileNotFound, UnauthorizedSSOTokenError

from bot.config import Limits, OpenSearchCluster
from bot.errors import SourceError
from bot.sources.opensearch.opensearch import OpenSearchSource
from tests.fakes.fault_proxy import on
from tests.fakes.loopback import Answer
from tests.opensearch_cluster import FIRST, Cluster

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.opensearch_fixtures"]


class Session:
    """An AWS session with these credentials."""

    profile_name = "ops"
    region_name = None

    def __init__(self, credentials: object) -> None:
        self._credentials = credentials

    def get_credentials(self) -> Any:
        """Raises what it was given, if that is an error."""
        if isinstance(self._credentials, Exception):
            raise self._credentials
        return self._credentials

    def client(self, service_name: str, **settings: Any) -> Any:
        """The one client that doctor asks for fails as the credentials do."""
        raise self._credentials if isinstance(self._credentials, Exception) else NoCredentialsError


class ExpiredCredentials:
    """Found, but past renewing: known only when a request is signed."""

    def get_frozen_credentials(self) -> Any:
        """As botocore's refreshable credentials do."""
        raise UnauthorizedSSOTokenError


def signing(cluster: Cluster, credentials: object, **told: Any) -> OpenSearchSource:
    """A source that signs with these."""
    settings: dict[str, Any] = {"url": cluster.proxy.url, "indices": ("logs-*",), "auth": "sigv4", "region": "us-west-2", **told}

    def session(_region: str | None) -> Session:
        if isinstance(credentials, ProfileNotFound):
            raise credentials
        return Session(credentials)

    return OpenSearchSource("prod", OpenSearchCluster(**settings), Limits(), session=session)


def test_requests_are_signed_for_region_and_service(logs: Cluster) -> None:
    """SigV4 over urllib3; the body is part of what is signed."""
    assert len(signing(logs, Credentials("AKIAEXAMPLE", "made-up")).gather(FIRST).events) == 2
    signed = logs.proxy.requests[-1].headers
    assert signed["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
    assert "/us-west-2/es/aws4_request" in signed["authorization"]
    assert signed["x-amz-content-sha256"]


@pytest.mark.parametrize(
    ("credentials", "cause", "remedy"),
    [
        (None, "no AWS credentials were found", "id-token: write"),
        (UnauthorizedSSOTokenError(), "the SSO session has expired", "aws sso login --profile ops"),
        (ExpiredCredentials(), "the SSO session has expired", "aws sso login --profile ops"),
        (ProfileNotFound(profile="ops"), "the AWS profile does not exist", "AWS_PROFILE"),
    ],
)
def test_an_aws_session_that_fails_says_how_to_renew_it(logs: Cluster, credentials: object, cause: str, remedy: str) -> None:
    """At once or only when the first request is signed."""
    with pytest.raises(SourceError) as caught:
        signing(logs, credentials).gather(FIRST)
    assert caught.value.cause == cause
    assert remedy in caught.value.remedy
    checkups = list(signing(logs, credentials).examine())
    assert not any(checkup.ok for checkup in checkups)
    assert remedy in checkups[-1].remedy


def test_a_signer_without_region_names_the_key(logs: Cluster) -> None:
    """Neither in the configuration nor in the session."""
    with pytest.raises(SourceError) as caught:
        signing(logs, Credentials("AKIAEXAMPLE", "made-up"), region=None).gather(FIRST)
    assert "region:" in caught.value.remedy


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("The security token included in the request is expired", "aws sso login --profile ops"),
        ("The request signature we calculated does not match", "aoss for Serverless"),
        ("User: arn:aws:iam::1:role/x is not authorized to perform: es:ESHttpPost", "es:ESHttpPost"),
    ],
)
def test_a_signed_request_that_is_forbidden_says_why(logs: Cluster, message: str, remedy: str) -> None:
    """Expired, wrongly scoped, or not allowed: three different things to do."""
    logs.proxy.fail(on("/"), Answer(403, {"message": message}), times=9)
    with pytest.raises(SourceError) as caught:
        signing(logs, Credentials("AKIAEXAMPLE", "made-up")).gather(FIRST)
    assert message in caught.value.cause
    assert remedy in caught.value.remedy
