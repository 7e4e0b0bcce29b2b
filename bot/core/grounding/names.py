"""Names of people in a sentence, by what they are said to have done or are to be asked; a product's name is none."""

import re
from collections.abc import Iterator

from bot.regex import regex

_NAME = r"[^\W\d_a-z](?:[^\W\d_]{1,30}|(?=['’][^\W\d_]{2}))(?:[-'’][^\W\d_]{1,30}){0,3}"
_FULL = rf"{_NAME}(?: (?:van|von|de|del|da|di|la|le|bin|al|{_NAME})){{1,4}}"
_DID = (
    "removed|added|changed|merged|wrote|deployed|reverted|introduced|committed|pushed|approved|reviewed|fixed|broke|dropped|said|reported|authored|rolled|refactored|"
    "released|shipped|resolved|diagnosed|confirmed|noticed|told|suggested|disabled|enabled|touched|modified|edited|renamed|deleted|upgraded|bumped"
)
_MADE = (
    "authored|written|committed|merged|reviewed|approved|pushed|reverted|deployed|reported|made|owned|introduced|added|removed|changed|resolved|"
    "fixed|released|shipped|opened"
)
_BY = rf"(?:{_MADE}) by"
_TALK = "ask|tell|talk to|speak to|speak with|talk with|reach out to|check with|loop in|ping|contact|notify|email"
_TO = rf"by|from|{_TALK}|work with|involve|escalate to|mention|page|cc|thank|thanks to|according to|assigned to|assign|owner is|author is"
_DOER = regex(rf"(?<![\w.])({_FULL}|{_NAME})(?:'s|’s)?(?:,? who)? (?:{_DID}|commit|change|pull request|fix|refactoring|patch)\b")
_TOLD = regex(rf"\b(?i:{_BY}|{_TO})(?: the author)?:? ({_FULL}|{_NAME})(?!\w|\.\w)")
# Stands before every name that is told, and is found faster.
_INNER = regex(r" [^\W\d_a-z]")
_SURE = regex(rf"\b(?i:{_BY}|{_TALK}|according to|assigned to|author is|owner is)(?: the author)?:? \Z")
_ORGANISATIONS = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "amazon aws google azure microsoft github gitlab slack stripe postgres postgresql mysql redis kafka mongo mongodb docker kubernetes linux "
        "ubuntu debian alpine python java javascript node django flask rails spring boot hibernate celery nginx apache envoy istio cloudflare datadog "
        "sentry grafana prometheus elastic elasticsearch opensearch cloudwatch lambda oracle sqlite twilio sendgrid paypal adyen visa mastercard okta "
        "auth0 firebase heroku vercel netlify terraform ansible jenkins actions bot dependabot renovate errata chrome firefox safari android ios "
        "internet explorer windows macos web services cloud platform engine mail error exception timeout support team engineering management "
        "operations security payments infrastructure release deploy deployment monitoring alertmanager pagerduty digitalocean snowflake bigquery "
        "rabbitmq sidekiq puma gunicorn uvicorn sqlalchemy pydantic react vue angular next webpack vite jira linear odoo the this that it a an its "
        "his her their our your no some any each both these those who which what what's when where why how if commit pull request fix change nobody "
        "someone somebody everyone anyone whoever one another others everybody check let keep leave have make see use run try read add set find look "
        "you we they i he she e1"
    ).split()
)


def people(sentence: str) -> Iterator[str]:
    """Each name as it stands; a single one only where nobody but a person can be meant."""
    for match in _DOER.finditer(sentence):
        name = re.sub(r"['’]s\Z", "", match[1])
        if _is_person(name) and (" " in name or match.start() > 0):
            yield name
    for match in _TOLD.finditer(sentence) if _INNER.search(sentence) else ():
        if _is_person(match[1]) and (" " in match[1] or _SURE.search(sentence, 0, match.start(1))):
            yield match[1]


def _is_person(name: str) -> bool:
    words = name.replace("-", " ").split()
    if any(word.casefold() in _ORGANISATIONS for word in words):
        return False
    capital = [word for word in words if word[:1].isupper()]
    return bool(capital) and all(word[1:] == word[1:].lower() or len(word) < 4 or "'" in word or "’" in word for word in capital)
