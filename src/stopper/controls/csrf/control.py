"""CSRF: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from ...catalogue.setting import Setting
from ..general import complain_of_origin

ORIGINS: Setting[tuple[str, ...]] = Setting(
    key="STOPPER_CSRF_ORIGINS",
    default=(),
    says="Other origins whose pages may send requests that change something, as in `https://admin.example`. Never `null`.",
    source="nobody is trusted who was not named",
    complain=complain_of_origin,
)

PER_FORM: Setting[bool] = Setting(
    key="STOPPER_CSRF_PER_FORM",
    default=False,
    says="Whether a token holds for one address and method alone, so that one read from a page cannot be sent with another form.",
    source="a token is the fallback: a browser says by itself where a form comes from",
)

CSRF_MISSING = Rule(
    name="csrf-missing",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="This app takes forms from browsers, and nothing refuses those that another site sends.",
    reason="A browser sends the user's cookies with every request, also with one that a "
    "page of a stranger makes it send: it acts in the user's name.",
    mend="Protect every state-changing request: Stopper(app) does, and so does "
    "CSRFProtect(app) of Flask-WTF.",
    cwe=(352,),
    asvs=("3.5.1",),
)

CSRF_DISABLED = Rule(
    name="csrf-disabled",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{subject} is switched off, and with it the protection of every form.",
    reason="A switch that tests once needed tends to reach production.",
    mend="Leave it on; tests can fetch a token or use a test configuration of their own.",
    cwe=(352,),
    asvs=("3.5.1",),
)

CSRF_EXEMPTION = Rule(
    name="csrf-exemption",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="{what} takes requests that other sites send.",
    reason="That is right for a webhook that checks a signature, and wrong for anything "
    "that trusts a cookie. Every exemption is listed so that someone looks at it.",
    mend="Exempt only what proves the sender in another way than by a cookie.",
    cwe=(352,),
    asvs=("3.5.1",),
)

FORM_WITHOUT_TOKEN = Rule(
    name="form-without-token",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="This form posts without a token.",
    reason="Either it is refused as soon as the protection works, or it works because "
    "its view is not protected.",
    mend='Put <input type="hidden" name="csrf_token" value="{{ csrf_token() }}"> into it, '
    "or {{ form.hidden_tag() }} of a FlaskForm.",
    cwe=(352,),
    asvs=("3.5.1",),
)

TOKEN_AS_TEXT = Rule(
    name="token-as-text",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="The token is printed as text, so the form sends none.",
    reason="csrf_token() gives the bare token, not a field. Printed between the tags it "
    "is shown to the user and never sent.",
    mend='Put it into a field: <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">.',
    cwe=(352,),
    asvs=("3.5.1",),
)

CHANGE_ON_GET = Rule(
    name="change-on-get",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    message="{view} changes something when it is merely read: it calls {subject} on GET.",
    reason="A link, an image or a prefetch makes the change. Tokens and SameSite=Lax do "
    "not cover GET.",
    mend="Take such a request by POST only.",
    cwe=(352, 650),
    asvs=("3.5.3",),
)

CSRF = Control(
    name="csrf",
    promise="No other site can act in a user's name.",
    rules=(
        CSRF_MISSING,
        CSRF_DISABLED,
        CSRF_EXEMPTION,
        FORM_WITHOUT_TOKEN,
        TOKEN_AS_TEXT,
        CHANGE_ON_GET,
    ),
    settings=(ORIGINS, PER_FORM),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
