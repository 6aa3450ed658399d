"""Which comparisons and random values are about secrets, and which are not."""

from __future__ import annotations

import pytest

from projects import found
from projects import project
from stopper.audit.run import audit
from stopper.catalogue.rule import Confidence


def rules(text):
    return {rule for rule, _, _ in found({"app.py": text})}


@pytest.mark.parametrize(
    "condition",
    [
        "api_key is None",
        'api_key == ""',
        "len(password) == 8",
        "password == password2",
        "first_password != second_password",
        "new_password == password",
        "self.secret_key == other.secret_key",
        "kind == Kind.PASSWORD",
        "kind == cls.PASSWORD",
        "token == following",
        "session_id == row.session_id",
        "checksum == file.digest",
        "status_code == expected",
    ],
)
def test_a_comparison_that_gives_nothing_away_is_silent(condition):
    text = f"def f(self, cls, other, **k):\n    return {condition}\n"
    assert "timing-comparison" not in rules(text)


@pytest.mark.parametrize(
    "condition",
    [
        'apikey == settings().get(["api", "key"])',
        "user.api_key != given",
        'request.headers["X-Token"] == token',
        "hmac.new(key, body, 'sha256').hexdigest() == given",
        "signature == calculated",
        "auth.password == password",
        "Config.API_KEY == given",
    ],
)
def test_a_comparison_of_a_secret_is_found(condition):
    text = f"import hmac\nfrom flask import request\ndef f():\n    return {condition}\n"
    assert "timing-comparison" in rules(text)


@pytest.mark.parametrize(
    "line",
    [
        "colour = random.choice(['red', 'green'])",
        "delay = random.uniform(1, 2)",
        "status_code = random.choice([200, 404])",
        "index = random.randint(0, 5)",
        "token = random.SystemRandom().choice('abc')",
        "key = random.choice(keys)",
    ],
)
def test_chance_that_makes_no_secret_is_silent(line):
    assert "predictable-random" not in rules(f"import random\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "otp = random.randint(1000, 9999)",
        "send(reset_token=random.getrandbits(64))",
        "data = {'password': ''.join(random.choices('abc', k=8))}",
        "user.api_key = str(random.random())",
        "session['oauth_state'] = str(random.random())",
    ],
)
def test_chance_that_makes_a_secret_is_found(line):
    assert "predictable-random" in rules(f"import random\n{line}\n")


def test_the_hash_of_a_password_that_is_looked_up_elsewhere_is_silent():
    text = "import hashlib\ndef pwned(password):\n    return hashlib.sha1(password)\n"
    assert "weak-password-hash" not in rules(text)


def test_a_password_that_is_fed_later_is_found():
    text = """
import hashlib
def f(password):
    h = hashlib.sha256()
    h.update(password)
    return h.digest()
"""
    assert "weak-password-hash" in rules(text)


def test_a_first_look_at_a_token_is_a_weak_finding():
    text = """
import jwt
def f(token, keys):
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    return jwt.decode(token, keys[issuer], algorithms=["RS256"])
"""
    assert ("unverified-jwt", "app.py", 4) in found({"app.py": text})
    assert ("unverified-jwt", "app.py", 5) not in found({"app.py": text})


HELPERS = """
import random, uuid
import secrets
import string

rng = secrets.SystemRandom()
LETTERS = string.ascii_letters

def made(n):
    return "".join(random.choice(LETTERS) for _ in range(n))

def safe(n):
    return "".join(rng.choice(LETTERS) for _ in range(n))

def number():
    return random.randint(0, 999999)

def letters(n):
    text = ""
    for _ in range(n):
        text += LETTERS[random.randrange(len(LETTERS))]
    return text

def colour():
    return random.choice(["red", "green"])

def jitter():
    return random.random()

def unique():
    return uuid.uuid1().hex
"""


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("user.reset_token = made(20)", 10),
        ("user = User(api_key=made(20))", 10),
        ("user.otp = f'{number():06d}'", 16),
        ("answer.set_cookie('sid', letters(20))", 21),
        ("user.api_token = unique()", 31),
        ("session['csrf_token'] = made(8).upper()", 10),
        ("return request.cookies.get('seen') == made(8)", 10),
        ("token = Column(Text, default=lambda: made(8)); row.token = made(9)", 10),
        # Safe twins, and what is no secret where it ends.
        ("user.reset_token = safe(20)", None),
        ("user.secret_colour = colour()", None),
        ("answer.set_cookie('theme', colour())", None),
        ("user.token = colour()", None),
        ("user.retry_token = jitter()", None),
        ("row.sample_code = number()", None),
        ("row.partition_key = made(3).x", None),
        ("row.token = fetch(params={'at': number()}).json()['token']", None),
    ],
)
def test_chance_is_followed_from_its_helper_to_the_secret(line, where):
    view = (
        "from flask import request, session\n"
        "from .helpers import colour, jitter, letters, made, number, safe, unique\n"
        f"def view(user, row, answer):\n    {line}\n"
    )
    files = {"app/__init__.py": "", "app/views.py": view, "app/helpers.py": HELPERS}
    result = audit([project(files)])
    sure = [
        f
        for f in result.findings
        if f.rule.name == "predictable-random" and f.confidence > Confidence.LOW
    ]

    assert [f.place.line for f in sure] == ([] if where is None else [where])
    assert all(f.begins and f.steps[-1].place.path == "app/views.py" for f in sure)


DIGESTS = """
import hashlib

def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()

def short(text):
    found = hashlib.md5()
    found.update(text)
    return found.hexdigest()

def unimportant(text):
    return hashlib.md5(text, usedforsecurity=False).hexdigest()
"""


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("user.password = digest(form.secret)", "weak-password-hash"),
        ("user = User(password_hash=digest(form.secret))", "weak-password-hash"),
        ("return user.password_hash == digest(form.secret)", "weak-password-hash"),
        ("user.auth_token = short(user.name)", "broken-hash"),
        (
            "open('passwords.txt', 'a').close(); f = open('password.txt', 'w'); f.write(short(x))",
            "broken-hash",
        ),
        ("user.auth_token = digest(user.name)", None),
        ("user.auth_token = unimportant(user.name)", None),
        ("answer.headers['ETag'] = short(text)", None),
        ("cache.cache_key = short(text)", None),
        ("row.session = {'picture': short(text)}", None),
        ("f = open('names.txt', 'w'); f.write(short(x))", None),
    ],
)
def test_a_digest_is_followed_from_its_helper_to_what_rests_on_it(line, rule):
    view = (
        "from .helpers import digest, short, unimportant\n"
        f"def view(user, form, answer, text, x):\n    {line}\n"
    )
    files = {"app/__init__.py": "", "app/views.py": view, "app/helpers.py": DIGESTS}
    names = {"weak-password-hash", "broken-hash"}

    assert {r for r, _, _ in found(files)} & names == ({rule} if rule else set())


def test_a_name_says_nothing_of_what_went_through_many_hands():
    steps = "\n".join(f"    v{n + 1} = v{n}\n" for n in range(12))
    text = f"import random\ndef f(user):\n    v0 = random.random()\n{steps}    user.otp = v12\n"

    assert "predictable-random" not in rules(text)


@pytest.mark.parametrize(
    "condition",
    [
        'app.config["SECRET_KEY"] == default',
        "token != dummy_bearer_token",
        "password == FAILED_TO_DECRYPT_PASSWORD",
        "answer.code == packet.AccessChallenge",
        "kind == RESPONSE.CHALLENGE",
        "should_be_secret == bool(row)",
        'row["nonce"] == nonce',
        'request.args["key"] == row["name"]',
    ],
)
def test_a_comparison_with_what_stands_in_for_a_secret_is_silent(condition):
    text = f"from flask import request\ndef f(app, row, packet, default):\n    return {condition}\n"
    assert "timing-comparison" not in rules(text)


def test_a_program_that_tests_itself_is_silent():
    assert "timing-comparison" not in rules(
        "def f(a, api_key):\n    assert a == api_key\n"
    )
