"""What a limit says, and which routes let a visitor guess."""

from __future__ import annotations

import pytest
from limits import parse_many

from stopper.catalogue.error import SettingError
from stopper.controls.ratelimits.control import ALL
from stopper.controls.ratelimits.control import POLICIES
from stopper.controls.ratelimits.policy import guessable
from stopper.controls.ratelimits.policy import rates


@pytest.mark.parametrize(
    "text",
    [
        "5/minute",
        "10 per 2 minutes",
        "100/hour; 1000/day",
        "1 per day|2 per hour,3/second",
        "3/10second",
        "5 PER Minute",
        "1/month",
        "1/year",
        " 7  /  3  hours ",
    ],
)
def test_the_notation_means_what_it_means_to_the_limits_library(text):
    theirs = [(item.amount, item.get_expiry()) for item in parse_many(text)]

    assert [(rate.amount, rate.period) for rate in rates(text)] == theirs


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "''"),
        ("5", "'5'"),
        ("5/fortnight", "'5/fortnight'"),
        ("5/min", "'5/min'"),
        ("0/minute", "'0/minute'"),
        ("5/0 minutes", "'5/0 minutes'"),
        ("-5/minute", "'-5/minute'"),
        ("5.5/minute", "'5.5/minute'"),
        ("5/minute;", "''"),
        ("5/minute; often", "'often'"),
        ("٥/minute", "'٥/minute'"),
        ("9" * 200 + "/minute", "'999"),
    ],
)
def test_what_is_no_rate_is_refused_and_named(text, part):
    with pytest.raises(ValueError, match=r"\w") as refused:
        rates(text)

    assert part in str(refused.value)
    assert len(str(refused.value)) < 200


def test_a_long_text_is_refused_at_once():
    with pytest.raises(ValueError, match="no amount"):
        rates("1" * 50_000 + " " * 50_000)


@pytest.mark.parametrize(
    ("text", "said"),
    [("5/minute", "5 per minute"), ("10/7200 second", "10 per 2 hours")],
)
def test_a_rate_is_said_in_words(text, said):
    assert [str(rate) for rate in rates(text)] == [said]


def test_half_of_a_rate_leaves_one_try():
    assert [rate.halved().amount for rate in rates("10/minute;1/minute")] == [5, 1]


def test_a_setting_names_the_part_that_is_wrong():
    with pytest.raises(SettingError, match="'7/week' names no unit of time"):
        ALL.read({"STOPPER_LIMIT_ALL": "5/minute;7/week"})


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"api": "often"}, r"'often'.*\(of 'api'\)"),
        ({"api": 5}, "'5/minute' for 'api', and not 5"),
        ({"a b": "5/minute"}, "and not 'a b'"),
        ({'x";q=1': "5/minute"}, "takes names of letters"),
        ({"api": ""}, "for 'api'"),
    ],
)
def test_a_table_of_policies_names_what_is_wrong(table, says):
    with pytest.raises(SettingError, match=says):
        POLICIES.read({"STOPPER_LIMITS": table})


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("/login", "index"),
        ("/log-in", ""),
        ("/log_in/<provider>", ""),
        ("/account/sign-in", ""),
        ("/users/sign_in", ""),
        ("/authenticate", ""),
        ("/auth", ""),
        ("/api/auth/token", ""),
        ("/oauth/token", ""),
        ("/reset/<token>", ""),
        ("/password/forgot", ""),
        ("/me/change-password", ""),
        ("/otp", ""),
        ("/2fa", ""),
        ("/mfa/check", ""),
        ("/verify-email/<code>", ""),
        ("/register", ""),
        ("/signUp", ""),
        ("/sign-up", ""),
        ("/", "do_login"),
        ("/", "resetPassword"),
        ("/", "LoginView"),
        ("/anmelden", ""),
        ("/connexion", ""),
        ("/mot-de-passe-oublie", ""),
        ("/iniciar-sesion", ""),
        ("/contraseña", ""),
        ("/entrar", ""),
        ("/accedi", ""),
        ("/inloggen", ""),
        ("/logga-in", ""),
        ("/zaloguj", ""),
        ("/přihlásit", ""),
        ("/giriş", ""),
        ("/вход", ""),
        ("/κωδικός", ""),
        ("/登录", ""),
        ("/ログイン", ""),
        ("/パスワード", ""),
        ("/로그인", ""),
    ],
)
def test_a_route_at_which_one_guesses_is_known(rule, name):
    assert guessable(rule, name)


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("/", "index"),
        ("/logout", "logout"),
        ("/sign-out", ""),
        ("/notes/<int:id>", "note"),
        ("/api/tokens", "tokens"),
        ("/token/revoke", "revoke"),
        ("/auth/profile", "save"),
        ("/catalog/index", ""),
        ("/blog/in-depth", ""),
        ("/verified", ""),
        ("/notes/<login>", "note"),
        ("/author", "author"),
        ("/passwordless-notes", ""),
    ],
)
def test_another_route_is_not_taken_for_one(rule, name):
    assert not guessable(rule, name)
