"""Database: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

SQL_INJECTION = Rule(
    name="sql-injection",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} is given SQL that is put together from {origin}.",
    reason="A quote in the value ends the text that it stands in, and what follows is SQL: it reads, changes or deletes any row.",
    mend="Leave a placeholder (?, %s or :name) and pass the value beside the statement. Choose names of tables and columns from a table of your own.",
    cwe=(89,),
    asvs=("1.2.4",),
)

DATABASE = Control(
    name="database",
    promise="A value never becomes SQL, and every statement is tracked",
    rules=(SQL_INJECTION,),
)
