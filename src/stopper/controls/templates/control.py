"""Templates: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

SAFE_FILTER = Rule(
    name="safe-filter",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{subject} is printed as it is: |safe turns escaping off for it.",
    reason="Whoever can choose a part of the value writes HTML into the page, and a "
    "script in it runs as the visitor who looks at it.",
    mend="Drop |safe. Where the value must be HTML, clean it with nh3.clean in Python "
    "and pass on Markup.",
    cwe=(79, 116),
    asvs=("1.2.1", "1.3.1"),
)

AUTOESCAPE_OFF = Rule(
    name="autoescape-off",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="Nothing is escaped where `{subject}` says so.",
    reason="Each value in the block, and each that is added to it later, can bring "
    "HTML and script with it.",
    mend="Take the block away, and pass what must be HTML on as Markup, cleaned.",
    cwe=(79, 116),
    asvs=("1.2.1",),
)

UNQUOTED_ATTRIBUTE = Rule(
    name="unquoted-attribute",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="The value of {attribute} has no quotes around it.",
    reason="Escaping leaves spaces alone, so a value with a space in it adds "
    "attributes of its own, such as an event handler.",
    mend="Put quotes around the value.",
    cwe=(79, 83),
    asvs=("1.2.1",),
)

VALUE_IN_SCRIPT = Rule(
    name="value-in-script",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    message="{subject} is printed into a script without |tojson ({where}).",
    reason="Escaping for HTML is not escaping for JavaScript: a value can end the "
    "string or the statement that it stands in, or the script itself.",
    mend="Write {{ value|tojson }} without quotes around it, or put the value into a "
    "data attribute and read it from there.",
    cwe=(79, 116),
    asvs=("1.2.3",),
)

VALUE_IN_HANDLER = Rule(
    name="value-in-handler",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{subject} is printed into the script of {attribute}.",
    reason="A browser undoes the HTML escaping before it runs the handler, so a "
    "quotation mark in the value ends the string that it stands in.",
    mend="Put the value into a data attribute and add the listener in a script file.",
    cwe=(79, 83),
    asvs=("1.2.3",),
)

VALUE_IN_STYLE = Rule(
    name="value-in-style",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    message="{subject} is printed into a style.",
    reason="A value that holds CSS can restyle the page, cover parts of it, and read "
    "attributes by loading images.",
    mend="Choose among classes that the style sheet has, or allow a number or a "
    "colour name only.",
    cwe=(79, 116),
    asvs=("1.2.1",),
)

VALUE_AS_URL = Rule(
    name="value-as-url",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    message="{attribute} begins with {subject}, so the value chooses the scheme.",
    reason="A javascript: URL runs as script when the link is followed, and escaping "
    "has nothing to escape in it.",
    mend="Check that the URL begins with https:// before it is stored, or build it "
    "with url_for.",
    cwe=(79, 84),
    asvs=("1.2.2",),
)

UNESCAPED_TEMPLATE = Rule(
    name="unescaped-template",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    message="Flask escapes nothing in a template of this name, and {subject} is printed.",
    reason="Flask escapes in .html, .htm, .xml, .xhtml and .svg alone. In any other "
    "template each value can bring HTML with it.",
    mend="Call the file .html, or print each value through |e.",
    cwe=(79, 116),
    asvs=("1.2.1",),
)

MARKUP_FROM_VALUE = Rule(
    name="markup-from-value",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    message="{subject} is told that a value is HTML that needs no escaping.",
    reason="Whoever can choose a part of the value writes HTML into every page that "
    "prints it.",
    mend='Write Markup("<b>{}</b>").format(value), which escapes the value, or clean '
    "it with nh3.clean first.",
    cwe=(79, 116),
    asvs=("1.2.1", "1.3.1"),
)

TEMPLATE_FROM_VALUE = Rule(
    name="template-from-value",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    message="{subject} compiles text that is no constant as a template.",
    reason="A template is code: whoever can choose a part of it reads the "
    "configuration with its secret key, and runs commands.",
    mend="Keep the template constant and pass the value as a variable, or use "
    "jinja2.sandbox.SandboxedEnvironment.",
    cwe=(1336, 94),
    asvs=("1.3.7",),
)

UNSANDBOXED_ENVIRONMENT = Rule(
    name="unsandboxed-environment",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    message="{subject} is an environment of the app's own, without a sandbox.",
    reason="Templates that its users can edit reach every object of the process "
    "through the attributes of any value.",
    mend="Derive it from jinja2.sandbox.SandboxedEnvironment, unless every template "
    "that it loads is a file of the app.",
    cwe=(1336, 94),
    asvs=("1.3.7",),
)

ENVIRONMENT_WITHOUT_AUTOESCAPE = Rule(
    name="environment-without-autoescape",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    message="{subject} escapes nothing: its autoescape is off.",
    reason="Flask turns escaping on for its own environment alone. HTML that comes "
    "from this one holds every value as it is.",
    mend="Pass autoescape=jinja2.select_autoescape(), or use the app's own "
    "environment through render_template.",
    cwe=(79, 116),
    asvs=("1.2.1",),
)

HTML_FROM_VALUE = Rule(
    name="html-from-value",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    message="The view answers with text that holds a value, sent as HTML.",
    reason="What a view returns as text goes out as text/html with nothing escaped, "
    "so a value of the request can bring a script with it.",
    mend="Render a template, or escape the value with markupsafe.escape.",
    cwe=(79, 116),
    asvs=("1.2.1",),
)

CHOSEN_CONTENT_TYPE = Rule(
    name="chosen-content-type",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="{subject} answers with a content type that is made of {origin}.",
    reason="Sent as text/html, what was to be an image or a download runs as a page of the app, with its scripts and cookies.",
    mend="Choose the type from a table of your own, or by the ending with mimetypes.guess_type, and send what visitors uploaded as an attachment.",
    cwe=(79, 430),
    asvs=("3.2.1", "5.4.1"),
)

TEMPLATES = Control(
    name="templates",
    promise="A value never becomes markup, script or template code.",
    rules=(
        SAFE_FILTER,
        AUTOESCAPE_OFF,
        UNQUOTED_ATTRIBUTE,
        VALUE_IN_SCRIPT,
        VALUE_IN_HANDLER,
        VALUE_IN_STYLE,
        VALUE_AS_URL,
        UNESCAPED_TEMPLATE,
        MARKUP_FROM_VALUE,
        TEMPLATE_FROM_VALUE,
        UNSANDBOXED_ENVIRONMENT,
        ENVIRONMENT_WITHOUT_AUTOESCAPE,
        HTML_FROM_VALUE,
        CHOSEN_CONTENT_TYPE,
    ),
)
