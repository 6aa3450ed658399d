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

COMMANDS = Control(
    name="commands",
    promise="A value never becomes a command or code",
    rules=(SHELL_COMMAND, CHOSEN_PROGRAM, CODE_EVALUATION),
)
