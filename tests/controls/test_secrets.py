"""What is a secret by its name and its looks, and how a line is shown without it."""

from __future__ import annotations

import pytest

from stopper.controls.secrets.formats import private_keys
from stopper.controls.secrets.formats import tokens
from stopper.controls.secrets.policy import credentials
from stopper.controls.secrets.policy import credible
from stopper.controls.secrets.policy import filled_in
from stopper.controls.secrets.policy import mask
from stopper.controls.secrets.policy import sample
from stopper.controls.secrets.policy import secret_name
from stopper.controls.secrets.policy import signing_name

SECRET = "kX7pl0wq22Zb"
# Put together here, so that no line of this file looks as a token does.
GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "REDASH_COOKIE_SECRET", "jwtSecretKey", "MAIL_PASSWORD", "api-key"],
)
def test_a_name_says_that_it_holds_a_secret(name):
    assert secret_name(name) or signing_name(name)


@pytest.mark.parametrize(
    "name",
    ["PASSWORD_MIN_LENGTH", "TOKEN_URL", "SECRET_KEY_FILE", "KEYBOARD", "TOKENIZER"],
)
def test_a_name_about_secrets_holds_none(name):
    assert not secret_name(name)
    assert not signing_name(name)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "${KEY}",
        "{{ key }}",
        "<your key>",
        "%(key)s",
        "$KEY",
        "ENC[AES]",
        "/run/secrets/key",
    ],
)
def test_a_value_that_is_filled_in_later_is_none(value):
    assert filled_in(value)


@pytest.mark.parametrize(
    "value", ["dev", "Secret-Key", "you-will-never-guess", "hard to guess string"]
)
def test_keys_of_tutorials_are_known(value):
    assert sample(value)


@pytest.mark.parametrize(
    "value",
    ["c292a0a3aa32397cdb050e23", "S3al-pup!9x", "kX7-pl0wq-22", "qHRaseheRsic6-h2I"],
)
def test_a_random_value_is_credible(value):
    assert credible(value)


@pytest.mark.parametrize(
    "value",
    [
        "password",
        "password_reset_token",
        "your-api-key-here",
        "xxxxxxxxxxxx",
        "oauth2_token",
        "https://club.org/token",
        "[A-Za-z0-9]+x",
        "a text of several words 12",
        "short1",
    ],
)
def test_a_word_is_not_credible(value):
    assert not credible(value)


@pytest.mark.parametrize(
    "line",
    [
        f'app.config["SECRET_KEY"] = "{SECRET}"',
        f"app.config['SECRET_KEY'] = '{SECRET}'",
        f'SECRET_KEY = os.environ.get("SECRET_KEY", "{SECRET}")',
        f'app.config.from_mapping(SECRET_KEY="{SECRET}", DEBUG=True)',
        f'app.config.update({{"SECRET_KEY": "{SECRET}"}})',
        f"SECRET_KEY={SECRET}",
        f"export SECRET_KEY={SECRET}",
        f"SECRET_KEY: {SECRET}",
        f"  - SECRET_KEY={SECRET}",
        f"ENV SECRET_KEY {SECRET}",
        f"ENV A=1 SECRET_KEY={SECRET}",
        f'ENV A="1" SECRET_KEY={SECRET}',
        f'"secret_key": "{SECRET}",',
        f'key = """{SECRET}',
        f'key = "{SECRET}',
        f'key = b"{SECRET}"',
        f'key = f"{SECRET}"',
        f'key = "a\\"{SECRET}"',
        f"postgresql://club:{SECRET}@db.club.org/club",
        f"password={SECRET};",
        f'run(password="{SECRET}")',
        f'["{SECRET}"]',
        f'jwt.encode(data, "{SECRET}", algorithm="HS256")',
        f"Environment=SECRET_KEY={SECRET}",
        f'get("{SECRET}")',
        f'return "{SECRET}"',
        f"# {GITHUB}",
    ],
)
def test_a_shown_line_holds_no_secret(line):
    assert SECRET not in mask(line)
    assert GITHUB not in mask(line)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f'app.config["SECRET_KEY"] = "{SECRET}"', 'app.config["SECRET_KEY"]'),
        (f'x = os.environ.get("SECRET_KEY", "{SECRET}")', '"SECRET_KEY"'),
        (f"SECRET_KEY={SECRET}", "SECRET_KEY="),
        (f"    secret_key: {SECRET}", "secret_key:"),
        (f'"MAIL_PASSWORD": "{SECRET}"', "MAIL_PASSWORD"),
    ],
)
def test_a_shown_line_keeps_its_name(line, name):
    assert name in mask(line)


def test_a_token_is_known_by_its_mark():
    assert [(t.issuer, t.mark, t.start) for t in tokens(f"x\n# {GITHUB}")] == [
        ("GitHub", "ghp_", 4)
    ]


@pytest.mark.parametrize(
    "text",
    ["ghp_" + "x" * 36, "AKIA" + "EXAMPLE" * 2 + "AA", "AKIA" + "A" * 16, "ghp_short"],
)
def test_a_placeholder_is_no_token(text):
    assert tokens(text) == []


def test_a_private_key_is_known_and_its_passphrase_too():
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
    plain = f"-----BEGIN PRIVATE KEY-----\n{body}\n"
    locked = f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{body}\n"

    assert [k.encrypted for k in private_keys(plain + locked)] == [False, True]


def test_a_key_without_content_is_none():
    assert private_keys("-----BEGIN PRIVATE KEY-----\n...\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://user:password@host/db",
        "postgresql://{user}:{password}@{host}/db",
        "mysql://root:%s@localhost",
        "redis://:${REDIS_PASSWORD}@redis",
        "https://user:pass@example.com/",
        "https://club.org:8080/a@b",
        "sqlite:///club.db",
    ],
)
def test_an_address_without_a_real_password_is_left_alone(text):
    assert credentials(text) == []


def test_an_address_gives_no_password_away():
    found = credentials(f"postgresql://club:{SECRET}@db.club.org/club")

    assert found == [("postgresql", "db.club.org")]
