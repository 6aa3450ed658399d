"""Authorization: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from .settings import SETTINGS

GUARD_ABOVE_ROUTE = Rule(
    name="guard-above-route",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="@{subject} stands above the route, so it guards nothing when {view} is requested.",
    reason="A decorator changes what is below it. The route was registered with the bare "
    "view before this one ran, so anyone gets in.",
    mend="Put the route decorator first, on top, and the guard right below it.",
    cwe=(862, 306),
    asvs=("8.2.1", "8.3.1"),
)

UNGUARDED_SIBLING = Rule(
    name="unguarded-sibling",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{view} has no guard, but {count} views beside it {guard}.",
    reason="A guard that is written once per view is forgotten once. What the siblings "
    "protect can be had here without it.",
    mend="Give it the same guard, or guard the blueprint as a whole; if it is public on "
    "purpose, say so with an allow comment.",
    cwe=(862, 306),
    asvs=("8.2.1", "8.3.1"),
)

WEAKER_SIBLING = Rule(
    name="weaker-sibling",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{view} has {own} only; the {count} views beside it have {more} as well.",
    reason="Who may log in is not who may do this: what the siblings keep for a few is "
    "open to every account here.",
    mend="Give it the guards of the others; if it is for everyone, move it away from them "
    "or say so with an allow comment.",
    cwe=(863, 862),
    asvs=("8.2.1", "8.3.1"),
)

IDLE_GUARD = Rule(
    name="idle-guard",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} reads like a guard, and every request passes it.",
    reason="The wrapper that refuses is never given back, or calls the view whatever it "
    "finds: each view below this decorator is open.",
    mend="Return the wrapper, and refuse in it before the view is called.",
    cwe=(862, 306),
    asvs=("8.2.1", "8.3.1"),
)

DROPPED_REFUSAL = Rule(
    name="dropped-refusal",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{view} drops what {subject} gives, so nobody is refused.",
    reason="An answer that is not returned, and an error that is not raised, do nothing: "
    "what follows is done for whoever asks.",
    mend="Return the answer, raise the error, or have the check call abort().",
    cwe=(698, 862),
    asvs=("8.2.1", "8.3.1"),
)

ALWAYS_TRUE_CHECK = Rule(
    name="always-true-check",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="`{subject}` is true by itself, so this test of who asks holds for everyone.",
    reason='`role == "admin" or "editor"` asks whether "editor" is an empty text, and a '
    "function that is not called is no answer: the test never says no.",
    mend='Compare with each value, `role in ("admin", "editor")`, and call what is a function.',
    cwe=(571, 863),
    asvs=("8.2.1", "8.3.1"),
)

LOOSE_EXEMPTION = Rule(
    name="loose-exemption",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{guard} asks nothing of a request that has a certain text in `{subject}`, "
    "and the visitor writes that.",
    reason="A segment of the path, or the query, that the view takes for anything can hold "
    "the text too: `/admin/users?x=/static` is then open to everyone.",
    mend="Compare `request.endpoint` with a list of names, or the whole path.",
    cwe=(288, 863),
    asvs=("8.2.1", "8.3.1"),
)

TRUSTED_CLAIM = Rule(
    name="trusted-claim",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{claim} decides who gets in, and whoever sends the request writes it.",
    reason="A header, a cookie that nobody signed and a parameter say what the visitor "
    "wants them to say: that he is an administrator, or that he is this machine.",
    mend="Take it from the session, from a signed token or from the database; for the "
    "address, from `request.remote_addr` behind a proxy that is known.",
    cwe=(290, 639, 807),
    asvs=("8.2.1", "8.3.1"),
)

SKIPPABLE_CHECK = Rule(
    name="skippable-check",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{guard} refuses a wrong `{subject}`, and lets in who brings none.",
    reason="The check is only made where there is something to check, and whether there "
    "is something is the visitor's choice.",
    mend="Refuse when it is missing: `if not token or not valid(token)`.",
    cwe=(303, 287),
    asvs=("8.2.1", "8.3.1"),
)

UNSET_SECRET = Rule(
    name="unset-secret",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="Where nobody sets what `{subject}` reads, a request without it is let in.",
    reason="What is not set and what is not sent are both None, or both empty, and so "
    "they are equal.",
    mend='Read it so that the start fails without it, `os.environ["API_TOKEN"]`, and '
    "compare with hmac.compare_digest().",
    cwe=(287, 1188),
    asvs=("8.2.1", "13.3.1"),
)

OPEN_ADMIN = Rule(
    name="open-admin",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{subject} is added to the admin interface, and nothing asks who opens it.",
    reason="Flask-Admin lets everyone in: whoever knows `/admin` reads and changes the "
    "tables that its views show.",
    mend="Derive the view from a class of your own whose is_accessible() asks "
    "current_user, and its index view as well.",
    cwe=(306, 862),
    asvs=("8.2.1", "8.3.1"),
)

UNGUARDED_SOCKET = Rule(
    name="unguarded-socket",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{view} answers whoever connects, while {count} views of the app are guarded.",
    reason="The guards of the views are not asked for what comes through the socket, so "
    "a stranger sends events where he could not send a request.",
    mend="Refuse in the handler of `connect`, by returning False where current_user is "
    "not authenticated, or put a guard on each handler.",
    cwe=(306, 862),
    asvs=("4.4.2", "8.3.1"),
)

UNOWNED_OBJECT = Rule(
    name="unowned-object",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{view} changes any {model} that the URL names; {count} views beside it ask "
    "whose it is.",
    reason="Who is logged in may name another one's: he counts the number in the URL up "
    "and changes or deletes what is not his.",
    mend="Look it up with its owner, `filter_by(id=id, owner_id=current_user.id)`, or "
    "compare before anything is changed.",
    cwe=(639, 862),
    asvs=("8.2.2", "8.3.1"),
)

VIEW_WITHOUT_AUTHORIZATION = Rule(
    name="view-without-authorization",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{view} {does} any {model} that the request names, and nothing asks who is there.",
    reason="The app has a login, and this view passes it by: whoever counts the number up "
    "has one row after the other.",
    mend="Put the app's guard on it and look the row up with its owner; if it is for "
    "everyone, say so with @stopper.public or an allow comment.",
    cwe=(862, 306, 639),
    asvs=("8.2.1", "8.2.2", "8.3.1"),
)

#: The modes are about routes of which nothing says who may ask. What the app itself
#: declares is its own decision, and holds in each of them.
AUTHORIZATION = Control(
    name="authorization",
    promise="What is not allowed is refused.",
    settings=SETTINGS,
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
    rules=(
        GUARD_ABOVE_ROUTE,
        UNGUARDED_SIBLING,
        WEAKER_SIBLING,
        IDLE_GUARD,
        DROPPED_REFUSAL,
        ALWAYS_TRUE_CHECK,
        LOOSE_EXEMPTION,
        TRUSTED_CLAIM,
        SKIPPABLE_CHECK,
        UNSET_SECRET,
        OPEN_ADMIN,
        UNGUARDED_SOCKET,
        UNOWNED_OBJECT,
        VIEW_WITHOUT_AUTHORIZATION,
    ),
)
