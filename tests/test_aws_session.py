"""Every way in which AWS credentials fail has its remedy."""

import boto3
import pytest
from botocore import exceptions

from bot.sources.aws_session import examine_session, remedy
from tests.fakes.loopback import Answer, Loopback, Request

pytestmark = pytest.mark.slow


def refused(code: str, message: str = "no") -> exceptions.ClientError:
    """What AWS answers with an error code."""
    return exceptions.ClientError({"Error": {"Code": code, "Message": message}}, "GetCallerIdentity")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (exceptions.UnauthorizedSSOTokenError(), "aws sso login --profile ops"),
        (exceptions.SSOTokenLoadError(profile_name="ops", error_msg="x"), "aws sso login --profile ops"),
        (exceptions.TokenRetrievalError(provider="sso", error_msg="x"), "aws sso login --profile ops"),
        (exceptions.NoCredentialsError(), "AWS_PROFILE"),
        (exceptions.NoAuthTokenError(), "id-token: write"),
        (exceptions.PartialCredentialsError(provider="env", cred_var="x"), "AWS_SECRET_ACCESS_KEY"),
        (exceptions.CredentialRetrievalError(provider="process", error_msg="secret output"), "aws sts get-caller-identity --profile ops"),
        (exceptions.ProfileNotFound(profile="ops"), "AWS_PROFILE"),
        (exceptions.NoRegionError(), "AWS_REGION"),
        (exceptions.EndpointConnectionError(endpoint_url="https://x"), "VPN"),
        (refused("ExpiredToken"), "assume the role again"),
        (refused("ExpiredTokenException"), "assume the role again"),
        (refused("InvalidClientTokenId"), "clock"),
        (refused("SignatureDoesNotMatch"), "clock"),
        (refused("AccessDenied", "not allowed to es:ESHttpGet on arn:x"), "administrator"),
        (refused("Odd"), "aws sts get-caller-identity --profile ops"),
    ],
)
def test_an_error_of_aws_becomes_cause_and_remedy(error: Exception, advice: str) -> None:
    """By its class or its code; what a credential process printed is not repeated."""
    cause, told = remedy(error, "ops")
    assert cause
    assert advice in told
    assert "secret output" not in cause + told


def test_the_login_flow_has_its_own_command() -> None:
    """`aws login` is not `aws sso login`; older botocore does not know its errors."""
    error = type("LoginRefreshRequired", (exceptions.BotoCoreError,), {"fmt": "x"})()
    assert remedy(error)[1] == "run `aws login`"


class Sts(Loopback):
    """AWS STS: knows one identity, or refuses."""

    def __init__(self, code: str = "") -> None:
        super().__init__()
        self._code = code

    def answer(self, request: Request) -> Answer:
        """GetCallerIdentity, the one call doctor makes."""
        if self._code:
            return Answer(403, f"<ErrorResponse><Error><Code>{self._code}</Code><Message>no</Message></Error></ErrorResponse>".encode())
        arn = "<Arn>arn:aws:sts::1:assumed-role/errata/me</Arn>"
        return Answer(200, f"<GetCallerIdentityResponse><GetCallerIdentityResult>{arn}</GetCallerIdentityResult></GetCallerIdentityResponse>".encode())


def given_session() -> boto3.Session:
    """Made-up keys."""
    return boto3.Session(aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="made-up", region_name="us-west-2")


def test_doctor_names_the_identity() -> None:
    """Who requests are signed as."""
    with Sts() as sts:
        [checkup] = examine_session(given_session(), "opensearch prod", sts.url)
    assert (checkup.ok, checkup.saw) == (True, "arn:aws:sts::1:assumed-role/errata/me")


def test_doctor_explains_a_refusal() -> None:
    """With the same table."""
    with Sts("ExpiredToken") as sts:
        [checkup] = examine_session(given_session(), "opensearch prod", sts.url)
    assert not checkup.ok
    assert "expired" in checkup.saw
    assert "assume the role again" in checkup.remedy
