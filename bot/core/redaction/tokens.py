"""Tokens that give themselves away by their first characters: kind, prefix, shortest body, and what a body is made of.

Prefixes as the vendors publish them. A body of class "w" is letters, digits, `_` and `-`; "d" also has `.`, `+`, `/`, `=`, `~`, `%` and `:`;
"h" is lower-case hex, "x" any hex, "u" capitals and digits, "v", "q" and "y" have exactly that length.
A body must hold a digit (or, when it is long, both cases), so that words like `sk-learn-contrib` stay.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from bot.core.redaction.span import Span
from bot.regex import regex

_BODIES = {
    "w": regex(r"[A-Za-z0-9_-]{1,20000}"),
    "d": regex(r"[A-Za-z0-9_.+/=~:!%-]{1,20000}"),
    "h": regex(r"[0-9a-f]{1,20000}"),
    "x": regex(r"[0-9a-fA-F]{1,20000}"),
    "u": regex(r"[A-Z0-9]{1,200}"),
    "v": regex(r"[A-Za-z0-9]{24}(?![\w-])"),
    "q": regex(r"[A-Za-z0-9]{16}(?![\w-])"),
    "y": regex(r"[A-Za-z0-9_-]{38}(?![\w-])"),
}

_PREFIXES = """
aws-key: AKIA 16u ASIA 16u ABIA 16u ACCA 16u ABSK 60d bedrock-api-key- 20d
github-token: ghp_ 20w gho_ 20w ghu_ 20w ghs_ 20d ghr_ 20w github_pat_ 20w
slack-token: xoxb- 10w xoxp- 10w xoxa- 10w xoxr- 10w xoxs- 10w xoxo- 10w xapp- 10w xoxe- 10w xoxe.xoxb- 10w xoxe.xoxp- 10w xoxc- 10w xoxd- 10d
gitlab-token: glpat- 16d gldt- 16w glrt- 16d glcbt- 16w glptt- 16w glft- 16w glimt- 16w glsoat- 16w gloas- 16w glagent- 16w glffct- 16w GR1348941 16w
slack-token: xwfp- 10w | stripe-key: sk_live_ 10d sk_test_ 10d rk_live_ 10d rk_test_ 10d pk_live_ 20d sk_prod_ 10d rk_prod_ 10d whsec_ 20d
google-key: AIza 30w GOCSPX- 7w ya29. 20w AQ.Ab 30w 1// 30w | anthropic-key: sk-ant- 20w | openrouter-key: sk-or-v1- 20w
openai-key: sk-proj- 20w sk-svcacct- 20w sk-admin- 20w sk- 32w | elevenlabs-key: sk_ 40h | groq-key: gsk_ 30w | perplexity-key: pplx- 30w
huggingface-token: hf_ 30w api_org_ 30w | replicate-token: r8_ 30w | cerebras-key: csk- 30w | langsmith-key: lsv2_pt_ 30w lsv2_sk_ 30w
xai-key: xai- 40w | wandb-key: wandb_v1_ 30w | npm-token: npm_ 30w | pypi-token: pypi-AgE 40w | rubygems-key: rubygems_ 40h
clojars-token: CLOJARS_ 30w | crates-token: cio 32w | nuget-key: oy2 43w | sendgrid-key: SG. 30d | twilio-key: SK 32x
mailgun-key: key- 32h pubkey- 32h | mailersend-token: mlsn. 30w | sendinblue-key: xkeysib- 40w
square-token: EAAA 20d sq0atp- 20w sq0csp- 30w sq0idp- 20w | facebook-token: EAA 60w
shopify-token: shpat_ 30w shpca_ 30w shppa_ 30w shpss_ 30w shptka_ 30w | digitalocean-token: dop_v1_ 30w doo_v1_ 30w dor_v1_ 30w
heroku-key: HRKU- 30w | cloudflare-token: cfat_ 30w cfut_ 30w cfk_ 30w v1.0- 60w | vercel-token: vcp_ 30w vci_ 30w vca_ 30w vck_ 30w vcr_ 30w
flyio-token: fo1_ 30w fm1_ 40d fm1a_ 40d fm1r_ 40d fm2_ 40d | netlify-token: nfp_ 30w | deno-token: ddp_ 30w ddo_ 30w
vault-token: s. 24v hvs. 20w hvb. 40w hvr. 20w | databricks-token: dapi 32h | datadog-key: ddapp_ 30w | grafana-token: glc_ 20d glsa_ 30w
newrelic-key: NRAK- 20w NRII- 20w NRJS- 15w NRRA- 20w | sentry-token: sntrys_ 30d sntryu_ 30w | dynatrace-token: dt0c01. 40d | pulumi-token: pul- 40h
terraform-token: atlasv1. 30d | planetscale-token: pscale_tkn_ 20d pscale_pw_ 20d pscale_oauth_ 20d | supabase-key: sb_secret_ 20w sbp_ 30w
neon-key: napi_ 40w | cockroach-key: CCDB1_ 30w | elastic-key: essu_ 30d | prefect-key: pnu_ 30w | algolia-key: algc_ 30w
doppler-token: dp.pt. 30w dp.st. 30d dp.ct. 30w | age-key: AGE-SECRET-KEY-1 50u
docker-token: dckr_pat_ 20w dckr_oat_ 20w SWMTKN-1- 40w SWMKEY-1- 30d | artifactory-key: AKCp 60w cmVmd 59w | linear-key: lin_api_ 30w lin_oauth_ 30w
notion-token: ntn_ 30w secret_ 40w | figma-token: figd_ 20w figdr_ 20w | atlassian-token: ATAT 60d ATCTT3 50d | typeform-token: tfp_ 40d
posthog-key: phx_ 30w phc_ 30w | sourcegraph-token: sgp_ 30w slk_ 60h | launchdarkly-key: sdk- 30w | frameio-token: fio-u- 40d
lichess-token: lip_ 16w | polar-token: polar_at_ 20w polar_oat_ 20w polar_pat_ 20w | clickup-token: pk_ 30w | 1password-token: ops_eyJ 40d
1password-key: A3- 30w | alibaba-key: LTAI 12w STS. 16w CAIS 40d | yandex-key: AQVN 30w | tencent-key: AKID 32w
plaid-token: access-sandbox- 30w access-production- 30w | easypost-key: EZAK 50w EZTK 50w | duffel-token: duffel_live_ 30d duffel_test_ 30d
dropbox-token: sl. 60w | shippo-token: shippo_live_ 30w shippo_test_ 30w | gocardless-token: live_ 36d sandbox_ 36d
lob-key: test_pub_ 30w live_pub_ 30w test_ 35h | flutterwave-key: FLWSECK 12w FLWPUBK 12w | paystack-key: sk_live 30w
razorpay-key: rzp_live_ 12w rzp_test_ 12w | adyen-key: AQE 60d | aikido-token: AIK_ 20w | mapbox-token: pk.ey 40d sk.ey 40d pk. 70d
tailscale-key: tskey- 20w | zuplo-key: zpka_ 30w | rootly-key: rootly_ 40h | ramp-secret: ramp_sec_ 20w ramp_id_ 30w | samsara-token: samsara_api_ 20w
workato-token: wrka 40d | workos-key: sk_a2V 40w | stability-key: sk-Zc 40w | proof-key: prf_ 20w prf_cli_ 20w | intra42-secret: s-s4t2 40w
defined-token: dnkey- 40d | cloudsmith-key: csa_ 30w | readme-key: rdme_ 40w | sonar-token: squ_ 30h sqp_ 30h sqa_ 30h
devin-key: apk_ 70d apk_user_ 70d cog_ 40w | devcycle-key: dvc_client_ 8w dvc_mobile_ 8w dvc_server_ 8w | endor-key: endr+ 14w
infracost-key: ico- 30w | configcat-key: configcat-sdk- 40d
buildkite-token: bkua_ 30w bkaa_ 40w bkaj_ 40w bkar_ 40w bkct_ 40w bkpt_ 40w bkpat_ 40w bkps_ 40w | circleci-token: CCIPAT_ 30w CCIPRJ_ 30w
postman-key: PMAK- 40w | contentful-token: CFPAT- 40w | scalr-token: at- 200w | kagi-key: AQAAU 40d | tableau-token: TSC. 40d
openshift-token: sha256~ 40w | pinecone-key: pcsk_ 40w | lark-secret: lark_ 30w cli_ 16q | adobe-secret: p8e- 32w | apify-token: apify_api_ 30w
asaas-key: $aact_ 20w | bitbucket-token: BBDC- 30d ATBB 28w | brave-key: BSA 24w | notify-key: gcntfy- 40w | canva-secret: cnvca 45w
cartesia-key: sk_car_ 16w | astra-token: AstraCS: 20d | exoscale-key: EXO 24w | ionic-token: ion_ 40w | langfuse-key: pk-lf- 30w sk-lf- 30w
llamacloud-key: llx- 40w | mercury-token: mercury_production_ 40w | mergify-key: mergify_application_key_ 40w | minimax-key: sk-api- 60w
mongodb-secret: mdb_sa_sk_ 30w mdb_sa_id_ 24h | nvidia-key: nvapi- 40w | nylas-key: nyk_ 50w | octopus-key: API- 26u
onesignal-token: os_v2_app_ 60w os_v2_org_ 60w | onfido-token: api_live. 20w api_live_ca. 20w | onfido-token: api_live_us. 20w api_sandbox. 20w
paddle-key: pdl_live_apikey_ 40w pdl_sdbx_apikey_ 40w | pinterest-token: pina_ 20w | persona-key: persona_production_ 20w persona_sandbox_ 20w
redirectpizza-token: rpa_ 30w | render-key: rnd_ 24w | scalingo-token: tk-us- 40w | settlemint-token: sm_aat_ 16w sm_pat_ 16w sm_sat_ 16w
together-key: tgp_v1_ 30w | thunderstore-token: tss_ 20w | unkey-key: unkey_ 20w | upcloud-token: ucat_ 24w | valtown-token: vtwn_ 20w
wakatime-key: waka_ 30w | xendit-key: xnd_production_ 40w xnd_development_ 40w | yandex-key: YC 38y
hubspot-token: pat-na1- 30w pat-na2- 30w pat-eu1- 30w | cursor-key: key_ 60h crsr_ 40w | jwt: ZXlK 60d | grafana-key: eyJrIjoi 40d
miro-token: eyJtaXJv 30w | tavily-key: tvly- 20w | jina-key: jina_ 30w | firecrawl-key: fc- 32h | pubnub-secret: sec-c- 30w
snyk-token: snyk_uat. 20d snyk_sat. 20d | openai-token: sess- 40w | instagram-token: IGQV 60w | cal-key: cal_live_ 20w | fireworks-key: fw_ 24v
vercel-token: vercel_blob_rw_ 30w | linear-key: lin_wh_ 30w | e2b-key: e2b_ 40h | inngest-key: signkey-prod- 32h signkey-test- 32h signkey-branch- 32h
paseto: v1.local. 40d v1.public. 40d v2.local. 40d v2.public. 40d v3.local. 40d v3.public. 40d v4.local. 40d v4.public. 40d
"""

Token = tuple[str, str, int, re.Pattern[str]]


def _tokens() -> Iterator[Token]:
    for group in re.split(r" \| |\n", _PREFIXES.strip()):
        kind, _, listed = group.partition(": ")
        words = listed.split(" ")
        for prefix, body in zip(words[::2], words[1::2], strict=True):
            yield kind, prefix, int(body[:-1]), _BODIES[body[-1]]


TOKENS = tuple(_tokens())
_BY_PREFIX = {prefix: (kind, shortest, body) for kind, prefix, shortest, body in TOKENS}


def _branches(words: Iterable[str]) -> str:
    """A pattern for these words, the longest first, that decides one character at a time: the engine tries alternatives one after the other."""
    tails: dict[str, list[str]] = {}
    for word in words:
        tails.setdefault(word[:1], []).append(word[1:])
    ending = [""] if tails.pop("", None) else []
    return "|".join([*_halved([(first, re.escape(first) + _group(rests)) for first, rests in sorted(tails.items())]), *ending])


def _group(rests: Sequence[str]) -> str:
    return re.escape(rests[0]) if len(rests) == 1 else f"(?:{_branches(rests)})"


def _halved(branches: Sequence[tuple[str, str]]) -> list[str]:
    if len(branches) <= 5:
        return [pattern for _, pattern in branches]
    parts = (branches[: len(branches) // 2], branches[len(branches) // 2 :])
    return [f"(?=[{''.join(re.escape(first) for first, _ in part)}])(?:{'|'.join(_halved(part))})" for part in parts]


def _starts(before: str) -> re.Pattern[str]:
    """All prefixes behind something: two characters are looked at first, which turns most words away."""
    first, second = ("".join(sorted({re.escape(prefix[place]) for prefix in _BY_PREFIX})) for place in (0, 1))
    return regex(rf"{before}(?=[{first}][{second}])(?P<prefix>{_branches(_BY_PREFIX)})")


_ESCAPE = regex(r"\\[nrtu]|%[0-9A-Fa-f]{2}")
_ESCAPED = r"[\\%](?:(?<=\\)(?:[nrt]|u[0-9a-fA-F]{4})|(?<=%)[0-9A-Fa-f]{2})"
_START = _starts(r"[^A-Za-z0-9_]")


@cache
def _escaped_start() -> re.Pattern[str]:
    """Made when a text asks for it: many hold no escape, and making it takes longer than reading them."""
    return _starts(_ESCAPED)


def prefixed(text: str, lowered: str) -> Iterator[Span]:  # noqa: ARG001  every rule takes both
    r"""Every token of the table, whole. A prefix in the middle of a word is none, but an escape (`\n`, `\u003d`, `%3D`) is no part of a word."""
    text = f" {text}"  # so that the first word, too, begins behind something
    yield from _begun(_START, text)
    if ("\\" in text or "%" in text) and _ESCAPE.search(text):
        yield from _begun(_escaped_start(), text)


def _begun(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    start = pattern.search(text)
    while start is not None:
        span, end = _whole(text, start.start("prefix"), start.group("prefix"))
        if span is not None:
            yield Span(span.start - 1, span.end - 1, span.kind)
        start = pattern.search(text, end - 1)


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
