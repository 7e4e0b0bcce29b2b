"""The workflow files as they are, read for what tests ask of them."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

GITHUB = Path(__file__).resolve().parent.parent / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))


@cache
def workflow(name: str) -> dict[Any, Any]:
    """One workflow file as data, which nobody changes."""
    data = yaml.safe_load((GITHUB / "workflows" / name).read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every job of every workflow, with a name to complain by."""
    for path in WORKFLOWS:
        for name, job in workflow(path.name)["jobs"].items():
            yield f"{path.name}: {name}", job


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step of every job."""
    for where, job in jobs():
        for step in job.get("steps", ()):  # a job that calls another workflow has none
            yield f"{where}: {step['name']}", step


def secrets_of(job: dict[str, Any]) -> set[str]:
    """The secrets that a job is given anywhere."""
    return set(re.findall(r"secrets\.([A-Z_]+)", json.dumps(job)))
