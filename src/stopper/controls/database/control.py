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

LDAP_INJECTION = Rule(
    name="ldap-injection",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} asks a directory with a filter that is made of {origin}.",
    reason="A parenthesis in the value ends the condition that it stands in: `*` matches every name, and `)(userPassword=a*` asks for a password letter by letter.",
    mend="Put each value through ldap3.utils.conv.escape_filter_chars or ldap.filter.escape_filter_chars.",
    cwe=(90,),
    asvs=("1.2.6",),
)

XPATH_INJECTION = Rule(
    name="xpath-injection",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} looks things up by a path into XML that is made of {origin}.",
    reason="A quote in the value ends the text that it stands in, and what follows is XPath: it reads every part of the document.",
    mend="Name a variable and pass the value beside it: tree.xpath('//user[@name=$name]', name=name). ElementTree has none: find the elements first and compare in Python.",
    cwe=(643,),
    asvs=("1.2.7",),
)

NOSQL_INJECTION = Rule(
    name="nosql-injection",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} is given a query for documents in which {origin} may be an operator.",
    reason="JSON brings mappings as well as text: with {'$ne': ''} for a password every document matches, and what stands in $where runs as a script.",
    mend="Say of which type each value is before it is asked with: str(value), or a schema. Leave $where out.",
    cwe=(943,),
    asvs=("1.2.4", "2.2.1"),
)

DATABASE = Control(
    name="database",
    promise="A value never becomes SQL, and every statement is tracked",
    rules=(SQL_INJECTION, LDAP_INJECTION, XPATH_INJECTION, NOSQL_INJECTION),
)
