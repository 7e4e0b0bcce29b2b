"""What makes two proposals the same: to the person who declined one of them, and to the run that finishes another."""

import hashlib

from bot.core.signature.signature import normalised
from bot.model import Diagnosis, Permalink, Signature


def content_digest(signature: Signature, diagnosis: Diagnosis) -> str:
    """16 hex digits over the error and what is claimed of it: cause, code, recurrence.

    Times and counts are left out, so that one more occurrence with nothing new to say stays declined.
    """
    claims = (
        signature.fingerprint,
        diagnosis.category,
        diagnosis.bug_class,
        diagnosis.history.recurrence,
        str(diagnosis.root_cause.known),
        normalised(diagnosis.root_cause.statement),
        *sorted(f"{code.path}:{code.function}" for code in diagnosis.affected_code),
    )
    return hashlib.sha256("\n".join(claims).encode()).hexdigest()[:16]


def counted_digest(signature: Signature, reviewed_at: str) -> str:
    """16 hex digits over the error and the review whose words answered: a "no" to counting holds until the next review."""
    return hashlib.sha256(f"counted\n{signature.fingerprint}\n{reviewed_at}".encode()).hexdigest()[:16]


def case_digest(permalink: Permalink, content: str) -> str:
    """16 hex digits over one alert and what is claimed of it: the description of a pull request names those that it tells of."""
    return hashlib.sha256(f"{permalink.identity}\n{content}".encode()).hexdigest()[:16]
