"""Tokens that give themselves away by their first characters: kind, prefix, shortest body, and what a body is made of.

Prefixes as the vendors publish them. A body of class "w" is letters, digits, `_` and `-`; "d" also has `.`, `+`, `/`, `=`, `~` and `:`; "h" is lower-case hex.
A body must hold a digit (or, when it is long, both cases), so that words like `sk-learn-contrib` stay.
"""

import re
from collections.abc import Iterator

from bot.core.redaction_span import Span

_BODIES = {
    "w": re.compile(r"[A-Za-z0-9_-]{1,20000}"),
    "d": re.compile(r"[A-Za-z0-9_.+/=~:!-]{1,20000}"),
    "h": re.compile(r"[0-9a-f]{1,20000}"),
    "u": re.compile(r"[A-Z0-9]{1,200}"),
}

_PREFIXES = """
aws-key AKIA 16 u|aws-key ASIA 16 u|aws-key ABIA 16 u|aws-key ACCA 16 u|aws-key ABSK 60 d|aws-key bedrock-api-key- 20 d
github-token ghp_ 20 w|github-token gho_ 20 w|github-token ghu_ 20 w|github-token ghs_ 20 d|github-token ghr_ 20 w|github-token github_pat_ 20 w
gitlab-token glpat- 16 d|gitlab-token gldt- 16 w|gitlab-token glrt- 16 d|gitlab-token glcbt- 16 w|gitlab-token glptt- 16 w|gitlab-token glft- 16 w
gitlab-token glimt- 16 w|gitlab-token glsoat- 16 w|gitlab-token gloas- 16 w|gitlab-token glagent- 16 w|gitlab-token glffct- 16 w|gitlab-token GR1348941 16 w
slack-token xoxb- 10 w|slack-token xoxp- 10 w|slack-token xoxa- 10 w|slack-token xoxr- 10 w|slack-token xoxs- 10 w|slack-token xoxo- 10 w|slack-token xapp- 10 w
slack-token xoxe- 10 w|slack-token xoxe.xoxb- 10 w|slack-token xoxe.xoxp- 10 w|slack-token xoxc- 10 w|slack-token xoxd- 10 d|slack-token xwfp- 10 w
stripe-key sk_live_ 10 d|stripe-key sk_test_ 10 d|stripe-key rk_live_ 10 d|stripe-key rk_test_ 10 d|stripe-key pk_live_ 20 d|stripe-key sk_prod_ 10 d
stripe-key rk_prod_ 10 d|stripe-key whsec_ 20 d|google-key AIza 30 w|google-key GOCSPX- 7 w|google-key ya29. 20 w|google-key AQ.Ab 30 w|google-key 1// 30 w
anthropic-key sk-ant- 20 w|openrouter-key sk-or-v1- 20 w|openai-key sk-proj- 20 w|openai-key sk-svcacct- 20 w|openai-key sk-admin- 20 w|openai-key sk- 32 w
elevenlabs-key sk_ 40 h|groq-key gsk_ 30 w|perplexity-key pplx- 30 w|huggingface-token hf_ 30 w|huggingface-token api_org_ 30 w|replicate-token r8_ 30 w
cerebras-key csk- 30 w|langsmith-key lsv2_pt_ 30 w|langsmith-key lsv2_sk_ 30 w|xai-key xai- 40 w|wandb-key wandb_v1_ 30 w
npm-token npm_ 30 w|pypi-token pypi-AgE 40 w|rubygems-key rubygems_ 40 h|clojars-token CLOJARS_ 30 w|crates-token cio 32 w|nuget-key oy2 43 w
sendgrid-key SG. 30 d|twilio-key SK 32 h|mailgun-key key- 32 h|mailgun-key pubkey- 32 h|mailersend-token mlsn. 30 w|sendinblue-key xkeysib- 40 w
square-token EAAA 20 d|square-token sq0atp- 20 w|square-token sq0csp- 30 w|square-token sq0idp- 20 w|facebook-token EAAM 40 w|facebook-token EAAC 40 w
shopify-token shpat_ 30 w|shopify-token shpca_ 30 w|shopify-token shppa_ 30 w|shopify-token shpss_ 30 w|shopify-token shptka_ 30 w
digitalocean-token dop_v1_ 30 w|digitalocean-token doo_v1_ 30 w|digitalocean-token dor_v1_ 30 w|heroku-key HRKU- 30 w|cloudflare-token cfat_ 30 w
cloudflare-token cfut_ 30 w|cloudflare-token cfk_ 30 w|cloudflare-token v1.0- 60 w|vercel-token vcp_ 30 w|vercel-token vci_ 30 w|vercel-token vca_ 30 w|vercel-token vck_ 30 w
flyio-token fo1_ 30 w|flyio-token fm1_ 40 d|flyio-token fm1a_ 40 d|flyio-token fm1r_ 40 d|flyio-token fm2_ 40 d|netlify-token nfp_ 30 w|deno-token ddp_ 30 w|deno-token ddo_ 30 w
vault-token hvs. 20 w|vault-token hvb. 40 w|vault-token hvr. 20 w|databricks-token dapi 32 h|datadog-key ddapp_ 30 w|grafana-token glc_ 20 d|grafana-token glsa_ 30 w
newrelic-key NRAK- 20 w|newrelic-key NRII- 20 w|newrelic-key NRJS- 15 w|newrelic-key NRRA- 20 w|sentry-token sntrys_ 30 d|sentry-token sntryu_ 30 w|dynatrace-token dt0c01. 40 d
pulumi-token pul- 40 h|terraform-token atlasv1. 30 d|planetscale-token pscale_tkn_ 20 d|planetscale-token pscale_pw_ 20 d|planetscale-token pscale_oauth_ 20 d
supabase-key sb_secret_ 20 w|supabase-key sbp_ 30 w|neon-key napi_ 40 w|cockroach-key CCDB1_ 30 w|elastic-key essu_ 30 d|prefect-key pnu_ 30 w|algolia-key algc_ 30 w
doppler-token dp.pt. 30 w|doppler-token dp.st. 30 d|doppler-token dp.ct. 30 w|age-key AGE-SECRET-KEY-1 50 u|docker-token dckr_pat_ 20 w|docker-token SWMTKN-1- 40 w|docker-token SWMKEY-1- 30 d
artifactory-key AKCp 60 w|artifactory-key cmVmdGtu 50 w|linear-key lin_api_ 30 w|notion-token ntn_ 30 w|notion-token secret_ 40 w|figma-token figd_ 20 w|figma-token figdr_ 20 w
atlassian-token ATATT3 50 d|atlassian-token ATCTT3 50 d|typeform-token tfp_ 40 d|posthog-key phx_ 30 w|posthog-key phc_ 30 w|sourcegraph-token sgp_ 30 w
sourcegraph-token slk_ 60 h|launchdarkly-key sdk- 30 w|frameio-token fio-u- 40 w|lichess-token lip_ 20 w|polar-token polar_ 30 w|clickup-token pk_ 30 w
1password-token ops_eyJ 40 d|1password-key A3- 30 w|alibaba-key LTAI 12 w|alibaba-key STS. 16 w|alibaba-key CAIS 40 d|yandex-key AQVN 30 w|tencent-key AKID 32 w
plaid-token access-sandbox- 30 w|plaid-token access-production- 30 w|easypost-key EZAK 50 w|easypost-key EZTK 50 w|duffel-token duffel_ 30 w|dropbox-token sl. 60 w
shippo-token shippo_live_ 30 w|shippo-token shippo_test_ 30 w|gocardless-token live_ 36 d|gocardless-token sandbox_ 36 d|lob-key test_pub_ 30 w|lob-key live_pub_ 30 w|lob-key test_ 35 h
flutterwave-key FLWSECK 12 w|flutterwave-key FLWPUBK 12 w|paystack-key sk_live 30 w|razorpay-key rzp_live_ 12 w|razorpay-key rzp_test_ 12 w|adyen-key AQE 60 d|aikido-token AIK_ 20 w
mapbox-token pk.ey 40 d|mapbox-token sk.ey 40 d|mapbox-token pk. 70 d|tailscale-key tskey- 20 w|zuplo-key zpka_ 30 w|rootly-key rootly_ 40 h
ramp-secret ramp_sec_ 20 w|samsara-token samsara_api_ 20 w|segment-token sgp_ 40 w|workato-token wrka 40 d|workos-key sk_a2V 40 w|stability-key sk-Zc 40 w|proof-key prf_ 30 w
intra42-secret s-s4t2 40 w|defined-token dnkey- 40 d|cloudsmith-key csa_ 30 w|readme-key rdme_ 40 w|sonar-token squ_ 30 h|sonar-token sqp_ 30 h|sonar-token sqa_ 30 h
devin-key apk_ 40 w|devcycle-key dvc_ 16 w|endor-key endr+ 14 w|infracost-key ico- 30 w|authress-key sc_ 40 d|configcat-key configcat-sdk- 40 d
buildkite-token bkua_ 30 h|circleci-token CCIPAT_ 30 w|circleci-token CCIPRJ_ 30 w|harness-token pat. 50 d|postman-key PMAK- 40 w|contentful-token CFPAT- 40 w
scalr-token at- 200 w|kagi-key AQAAU 40 d|tableau-token TSC. 40 d|openshift-token sha256~ 40 w|pinecone-key pcsk_ 40 w|lark-secret lark_ 30 w
"""

Token = tuple[str, str, int, re.Pattern[str]]


def _tokens() -> tuple[Token, ...]:
    rows = (row.split(" ") for line in _PREFIXES.split("\n") for row in line.split("|") if row)
    return tuple((kind, prefix, int(shortest), _BODIES[body]) for kind, prefix, shortest, body in rows)


TOKENS = _tokens()
_BY_PREFIX = {prefix: (kind, shortest, body) for kind, prefix, shortest, body in TOKENS}


def _trie(words: list[str]) -> str:
    """One pattern for many literals, the longest first, that looks at each character once."""
    if "" in words and len(words) == 1:
        return ""
    heads = sorted({word[0] for word in words if word})
    tails = {head: _trie([word[1:] for word in words if word.startswith(head)]) for head in heads}
    inner = "|".join(re.escape(head) + tail for head, tail in tails.items())
    return f"(?:{inner})?" if "" in words else inner if len(heads) == 1 else f"(?:{inner})"


# A token begins a word, or follows the letter of an escape (`\n`) or a percent escape (`%3D`).
_START = re.compile(rf"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt])|(?<=%[0-9A-F]{{2}}))(?:{_trie(list(_BY_PREFIX))})")


def prefixed(text: str, lowered: str) -> Iterator[Span]:  # noqa: ARG001  every rule takes both
    """Every token of the table, whole; a prefix in the middle of a word is none."""
    start = _START.search(text)
    while start is not None:
        span, end = _whole(text, start.start(), start.group())
        if span is not None:
            yield span
        start = _START.search(text, end)


def _whole(text: str, at: int, prefix: str) -> tuple[Span | None, int]:
    """The token that begins here with this prefix or, when its body does not fit, with a shorter one of the table; and where to look on."""
    end = at + len(prefix)
    for length in range(len(prefix), 1, -1):
        known = _BY_PREFIX.get(prefix[:length])
        match = known[2].match(text, at + length) if known else None
        if known and match:
            words = match.group().rstrip(".:=/!~")
            if len(words) >= known[1] and _random(words):
                return Span(at, at + length + len(words), known[0]), match.end()
            if len(words) > 400:  # a long run that is no token holds none: do not read it again from each of its words
                end = match.end()
    return None, end


def _random(words: str) -> bool:
    if any(character.isdigit() for character in words[:200]):
        return len(words) > 20 or len(set(words)) > 3
    return len(words) >= 20 and (words != words.lower() or ("-" not in words and "_" not in words))
