"""Words with digits that name a technique and claim nothing: `utf-8`, `s3`, `p99`, `sha256`."""

import re

from bot.regex import regex

_NAMES = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "s3 ec2 r53 route53 utf8 utf-8 utf16 utf-16 utf8mb4 latin1 http1 http2 http3 http/1 http/1.0 http/1.1 http/2 http/3 h2 h2c sha1 sha-1 sha2 "
        "sha256 sha-256 sha384 sha512 sha-512 md5 md4 base64 base32 base58 int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 "
        "i32 i64 u8 u16 u32 u64 f32 f64 x86 x64 x86_64 amd64 arm64 armv7 aarch64 k8s k3s i18n l10n a11y o11y oauth1 oauth2 oauth2.0 log4j log4j2 "
        "log4shell slf4j junit4 junit5 p50 p75 p90 p95 p99 p999 p99.9 ipv4 ipv6 ip4 ip6 python2 python3 py3 es5 es6 es2015 es2020 h264 mp3 mp4 neo4j "
        "web2 web3 win32 win64 e2e b2b b2c p2p l3 l4 l7 tls1 tls1.1 tls1.2 tls1.3 tlsv1.2 tlsv1.3 ssl3 iso-8601 iso8601 rfc3339 rs256 hs256 es256 "
        "ed25519 x509 x.509 x.509v3 pkcs1 pkcs8 pkcs12 aes128 aes256 aes-256 c++11 c++17 c++20 vue2 vue3 angular2 h5 html5 css3 2fa 3ds 3ds2 psd2 pi2 "
        "v8 d3 d3.js oom2 psycopg2 psycopg3 boto3 urllib3 httplib2 asyncio3 pg8000 sqlite3 bs4 jinja2 pep8 pep517 python3.10 python3.11 python3.12 "
        "python3.13 python3.14 level3 2pc 3pc 1st 2nd 3rd 4xx 5xx 3xx 2xx 24/7 n+1 iso4217 m1 m2 m3 m4 r2 gp2 gp3 c10k a/b 3d 2d 32-bit 64-bit 64bit "
        "32bit 16-bit 8-bit 128-bit 256-bit two-phase 3-way 2-phase e.164 crc32 bcrypt2 argon2 scrypt2 gpt-4 z3 ws2 smtp2 grpc2 k6 i/o d1"
    ).split()
)
_STATUS_CLASS = regex(r"[1-5]xx", re.IGNORECASE)


def is_technology(word: str) -> bool:
    """Whether it is such a name, in any case of letters."""
    return word.casefold() in _NAMES or _STATUS_CLASS.fullmatch(word) is not None
