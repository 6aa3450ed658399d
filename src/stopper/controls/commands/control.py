"""Commands: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

SHELL_COMMAND = Rule(
    name="shell-command",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} hands a shell a text that is made of {origin}.",
    reason="A shell runs what stands behind ;, $( or a new line: whoever chooses a part of the text runs commands as the app.",
    mend="Pass a list and no shell: subprocess.run(['convert', name]). Where a shell must be, put each value through shlex.quote.",
    cwe=(78, 77),
    asvs=("1.2.5",),
)

CHOSEN_PROGRAM = Rule(
    name="chosen-program",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} starts the program that `{origin}` names.",
    reason="Whoever chooses the program runs any that the machine has.",
    mend="Choose the program from a table of your own.",
    cwe=(78, 77),
    asvs=("1.2.5",),
)

CODE_EVALUATION = Rule(
    name="code-evaluation",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} runs a text as code, made of {origin}.",
    reason="Python code reaches everything the app has, and taking the builtins away does not hold it.",
    mend="Read data with json.loads or ast.literal_eval, and choose functions from a table.",
    cwe=(95, 94),
    asvs=("1.3.2",),
)

CHOSEN_CODE = Rule(
    name="chosen-code",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} takes what {origin} names: an attribute, a class or a module.",
    reason="Whoever chooses the name reaches what nobody meant to offer: __class__ and __globals__, a delete method, a module that does something when it is imported.",
    mend="Choose from a table of your own: HANDLERS[name].",
    cwe=(470,),
    asvs=("1.3.2",),
)

FORMAT_STRING = Rule(
    name="format-string",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="{subject} fills in a pattern that is made of {origin}.",
    reason="A hole in a pattern may go into attributes: {user.__init__.__globals__} prints what the module holds, its secrets too.",
    mend="Keep the pattern constant and pass values to it, or fill in templates of strangers with string.Template.",
    cwe=(134,),
    asvs=("1.3.10",),
)

COMMANDS = Control(
    name="commands",
    promise="A value never becomes a command or code",
    rules=(
        SHELL_COMMAND,
        CHOSEN_PROGRAM,
        CODE_EVALUATION,
        CHOSEN_CODE,
        FORMAT_STRING,
    ),
)
