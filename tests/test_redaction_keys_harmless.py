"""What stands under a telling key and is no secret: by the rest of the key, by what stands before it, by the value."""

from bot.core.redaction.keys import keyed
from tests.marked import wrong

REST = (
    "s s_used smanager ordhasher _hasher .hashing -encoder _type _count _limit _expiry _expires _name _url _uri _endpoint _length _size _file _path _arn "
    "_policy _provider _ttl _age _usage _used _id _ids _version _bucket _manager _service _class _field _error _status _kind _index _position _reset "
    "_required _valid _refresh _ize _ized _izer _hash_algorithm _encryption _number"
)
BEFORE = (
    "next page continuation cancellation cancelation sync pagination syntax unexpected max min total prompt completion input output by next_page "
    "sync.page max-page"
)
NO_COUNT = "ADMIN_TOKEN admin-token adminToken ruby_token rsync_token homepage_token ADMIN_PASSWORD RSYNC_PASSWORD INPUT_PASSWORD max_password next_secret"
PLAIN = (
    "true false null none nil undefined required optional missing invalid expired str string int bool bytes object any yes not empty redacted filtered hidden "
    "masked unset error incorrect wrong failed failure denied was found the and for with has bearer basic password secret token default changeme"
)
CODE = "self this os process env config settings req request args options params ctx secrets var data local github cls"
HASHES = "sha256 sha-512 md5 bcrypt12 scrypt-16 argon2 pbkdf2"


def test_a_harmless_key_stays() -> None:
    """Its rest, or what stands before it, says that no secret is meant."""
    assert wrong(keyed, "\n".join(f"token{rest}={{w16}}" for rest in REST.split())) == []
    assert wrong(keyed, "\n".join(f"{before}_token={{w16}}" for before in BEFORE.split())) == []
    assert wrong(keyed, "arn:123456789012:token={w16}\narn:12345678901:token=⟦{w16}⟧") == []
    assert wrong(keyed, "token_x=⟦{w16}⟧\ntoken_sized=⟦{w16}⟧\nmaxi_token=⟦{w16}⟧\nflyby_x_token=⟦{w16}⟧") == []


def test_a_count_or_a_page_is_a_whole_word_before_a_token() -> None:
    """`ADMIN_TOKEN` ends in `min`, and a password is never counted."""
    assert wrong(keyed, "\n".join(f"{key}=⟦{{w16}}⟧" for key in NO_COUNT.split())) == []
    assert wrong(keyed, "nextPageToken={w16}\nsyncToken={w16}\nmaxToken={w16}") == []


def test_a_plain_word_is_no_secret() -> None:
    """Even in quotes, whatever its case."""
    assert wrong(keyed, "\n".join(f'password="{word}"' for word in PLAIN.split())) == []
    assert wrong(keyed, "\n".join(f'password="{word.upper()}"' for word in PLAIN.split())) == []
    assert wrong(keyed, "\n".join(f'password="⟦{word}x1⟧"' for word in PLAIN.split())) == []


def test_code_is_no_secret() -> None:
    """An expression; in quotes it is a value."""
    assert wrong(keyed, "\n".join(f"password={name}.abc12" for name in CODE.split())) == []
    assert wrong(keyed, "password=⟦other.abc12⟧\npassword='⟦self.abc12⟧'") == []


def test_a_hash_is_a_name_of_a_kind() -> None:
    """`the password is sha256`."""
    assert wrong(keyed, "\n".join(f"password is {name}; x" for name in HASHES.split())) == []
    assert wrong(keyed, "password is ⟦xsha256⟧ x") == []


def test_a_long_name_is_a_variables() -> None:
    """More than 24 signs behind the telling word: a class, a sentence and a setting are as long."""
    assert wrong(keyed, "SECRET_KEY_THAT_SIGNS_THE_COOKIES_OF_THE_SHOP=⟦{w16}⟧\npassword_of_the_billing_service_in_production=⟦hunter22⟧") == []
    assert wrong(keyed, "TokenBasedAuthenticationEntryPointHandler: req-7f3c91\nsecret_rotation_of_the_billing_service_url={w16}") == []
    assert wrong(keyed, "password_reset_confirmation_email_template_name={w16}\npassword_failures_that_lock_an_account_out=100000") == []


def test_what_is_asked_of_a_field_is_no_secret() -> None:
    """Rules of Laravel and Joi."""
    assert wrong(keyed, 'password: ["min8"]\n"password":["max:255","between:8,20"]\npassword: ["same:password2"]\npassword: ["regex:/[a-z]1/"]') == []
    assert wrong(keyed, 'password: ["⟦hunter22⟧"]\npassword: ["⟦minx8⟧"]\npassword: ["⟦min1234⟧"]') == []
