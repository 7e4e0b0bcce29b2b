"""Fixtures of the CloudWatch tests: one server and one AWS session for all, an empty account for each."""

from collections.abc import Iterator

import boto3
import pytest

from tests.cloudwatch_account import Account
from tests.fakes.cloudwatch import CloudWatch


@pytest.fixture(scope="session")
def aws() -> boto3.Session:
    """Made-up keys; its models are loaded once."""
    return boto3.Session(aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="made-up", region_name="us-west-2")


@pytest.fixture(scope="session")
def cloudwatch_server() -> Iterator[CloudWatch]:
    """One for all tests."""
    with CloudWatch() as server:
        yield server


@pytest.fixture
def account(cloudwatch_server: CloudWatch, aws: boto3.Session) -> Account:
    """An empty account."""
    cloudwatch_server.reset()
    return Account(cloudwatch_server, aws)
