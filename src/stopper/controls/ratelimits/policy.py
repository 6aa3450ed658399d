"""What a limit says, and which routes let a visitor guess."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Mapping

#: Seconds of each unit. A month is one of 30 days and a year one of 12 such months, as
#: the ``limits`` library counts, whose notation this is.
UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "month": 2_592_000,
    "year": 31_104_000,
}

#: Methods that only read (RFC 9110, 9.2.1): nobody guesses with them.
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

#: A name of a policy. It stands in headers and events.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}\Z")

_RATE = re.compile(
    r"\s*([0-9]{1,9})\s*(?:/|per)\s*([0-9]{1,6})?\s*([a-z]{1,7}?)s?\s*\Z", re.I
)

_SEPARATOR = re.compile(r"[;,|]")


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """An amount of tries over time.

    :param amount: How many tries may come at once.
    :param period: Seconds in which that many come back, evenly.
    """

    amount: int
    period: int

    @property
    def interval(self) -> float:
        """Seconds in which one try comes back."""
        return self.period / self.amount

    @property
    def span(self) -> str:
        """The period in words: ``minute``, ``2-hours``."""
        unit, seconds = max(
            (
                (unit, seconds)
                for unit, seconds in UNITS.items()
                if self.period % seconds == 0
            ),
            key=lambda found: found[1],
        )
        count = self.period // seconds
        return unit if count == 1 else f"{count}-{unit}s"

    def halved(self) -> Rate:
        """Return half of it, one try at least."""
        return Rate(max(1, self.amount // 2), self.period)

    def __str__(self) -> str:
        return f"{self.amount} per {self.span.replace('-', ' ')}"


def rates(text: str) -> tuple[Rate, ...]:
    """Return the rates in ``"10/minute; 100 per 2 hours"``, in order.

    The notation is that of the ``limits`` library: an amount, ``/`` or ``per``, a
    number of units or none, a unit; several with ``;``, ``,`` or ``|`` between them.

    :raises ValueError: If it is none; the message names the part that is wrong.
    """
    return tuple(_rate(part) for part in _SEPARATOR.split(text))


def _rate(text: str) -> Rate:
    found = _RATE.match(text)

    if found is None:
        raise ValueError(f"{text.strip()[:60]!r} is no amount over time")

    amount, count, unit = int(found[1]), int(found[2] or 1), found[3].lower()

    if unit not in UNITS:
        raise ValueError(
            f"{text.strip()[:60]!r} names no unit of time, one of {', '.join(UNITS)}"
        )

    if not amount or not count:
        raise ValueError(f"{text.strip()[:60]!r} has a zero, and takes 1 or more")

    return Rate(amount, count * UNITS[unit])


def complain_of_rates(text: str) -> str | None:
    """Say what is wrong with a setting that holds rates, or is empty for none."""
    if not text:
        return None

    try:
        rates(text)
    except ValueError as e:
        return f"takes rates such as '5/minute' or '10/minute; 100/hour': {e}"

    return None


def complain_of_policies(policies: Mapping[str, object]) -> str | None:
    """Say what is wrong with a table of named policies."""
    for name, text in policies.items():
        if not isinstance(name, str) or not NAME.match(name):
            return f"takes names of letters, digits, '.', '_' and '-', and not {name!r:.60}"

        if not isinstance(text, str) or not text:
            return f"takes rates such as '5/minute' for {name!r}, and not {text!r:.60}"

        complaint = complain_of_rates(text)

        if complaint:
            return f"{complaint} (of {name!r})"

    return None


_VARIABLE = re.compile(r"<[^<>]*>")
_WORDS = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def guessable(rule: str, name: str = "") -> bool:
    """Say whether a route looks like one at which a visitor guesses.

    :param rule: The URL rule, ``"/account/log-in/<provider>"``.
    :param name: The view's own name, without that of its blueprint.
    """
    segments = [s for s in _VARIABLE.sub("", rule).split("/") if s]
    return _tells(segments) or _tells([name])


def _tells(texts: Iterable[str]) -> bool:
    found = [words for text in texts if (words := _words(text))]

    if not found or _INSIDE & _joined(found[-1]):
        return False

    if any(_ANYWHERE & _joined(words) for words in found):
        return True

    last = found[-1]
    return last[-1] in _LAST or "".join(last) in _LAST


def _joined(words: list[str]) -> set[str]:
    """Return the words, and what two or three of them are together: ``sign``, ``in``."""
    return {
        "".join(words[start : start + count])
        for count in (1, 2, 3)
        for start in range(len(words) - count + 1)
    }


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", text))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return _WORDS.findall(bare.casefold())


def _set(words: str) -> frozenset[str]:
    # A letter may be written in two ways, and some change when they are compared.
    return frozenset(word for text in words.split() for word in _words(text))


#: What tells a login-like route wherever it stands in its URL, or in the view's name:
#: proof of who one is, or of owning an address, can be guessed there.
_ANYWHERE = _set(
    # English
    "login signin signon logon authenticate authentication otp totp hotp mfa 2fa twofa "
    "twofactor tfa verify verification passcode password passwords passwd signup register registration "
    "resetpassword passwordreset forgot forgotpassword lostpassword recover recovery "
    "magiclink onetimecode backupcode recoverycode unlock "
    # German, Dutch
    "anmelden anmeldung einloggen registrieren registrierung passwort kennwort "
    "passwortvergessen inloggen aanmelden registreren wachtwoord "
    # French, Spanish, Portuguese, Italian, Catalan, Romanian
    "connexion seconnecter motdepasse motdepasseoublie iniciarsesion "
    "inicisessio iniciosesion contrasena contrasenya clave ingresar registro "
    "registrarse entrar iniciarsessao senha cadastro registar accedi registrati "
    "registrazione autentificare autentificazione conectare parola inregistrare "
    # Swedish, Norwegian, Danish, Finnish
    "loggain logginn logind losenord passord adgangskode registrera registrer "
    "kirjaudu kirjautuminen salasana rekisteroidy "
    # Polish, Czech, Slovak, Hungarian, Croatian
    "zaloguj logowanie haslo rejestracja prihlasit prihlaseni prihlasenie heslo "
    "registrace registracia bejelentkezes jelszo regisztracio prijava lozinka "
    "registracija "
    # Turkish, Indonesian, Vietnamese
    "giris girisyap sifre kayitol kayit masuk katasandi daftar dangnhap matkhau dangky "
    # Russian, Ukrainian, Greek, in their own letters and in Latin ones
    "вход войти логин пароль регистрация вхід увійти реєстрація vhod voiti parol "
    "registratsiya συνδεση εγγραφη κωδικος "
    # Chinese, Japanese, Korean
    "登录 登入 登陆 注册 註冊 密码 密碼 denglu zhuce mima ログイン ロクイン 登録 パスワード "
    "로그인 회원가입 비밀번호"
)

#: The same, but only as the last word of the URL or the view's name: elsewhere these
#: mean too much else.
_LAST = _set(
    "auth token reset confirm challenge session authorize join enroll identification "
    "inscription acceso acces accesso accedere"
)

#: Words that take the meaning back: one has to be inside already.
_INSIDE = _set("logout signout logoff revoke unsubscribe cancel")
