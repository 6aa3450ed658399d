"""Which comparisons and random values are about secrets, and which are not."""

from __future__ import annotations

import pytest

from projects import found


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
    ],
)
def test_chance_that_makes_a_secret_is_found(line):
    assert "predictable-random" in rules(f"import random\n{line}\n")


def test_the_hash_of_a_password_that_is_looked_up_elsewhere_is_silent():
    text = "import hashlib\ndef pwned(password):\n    return hashlib.sha1(password)\n"
    assert "fast-password-hash" not in rules(text)


def test_a_password_that_is_fed_later_is_found():
    text = """
import hashlib
def f(password):
    h = hashlib.sha256()
    h.update(password)
    return h.digest()
"""
    assert "fast-password-hash" in rules(text)


def test_a_first_look_at_a_token_is_a_weak_finding():
    text = """
import jwt
def f(token, keys):
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    return jwt.decode(token, keys[issuer], algorithms=["RS256"])
"""
    assert ("unverified-jwt", "app.py", 4) in found({"app.py": text})
    assert ("unverified-jwt", "app.py", 5) not in found({"app.py": text})
