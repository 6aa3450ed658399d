"""Serialization: the promise and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity

UNSAFE_YAML_LOAD = Rule(
    name="unsafe-yaml-load",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{subject} builds any Python object that the text asks for.",
    reason="A YAML tag can name a function and its arguments: whoever writes the text runs a command as the app.",
    mend="Call yaml.safe_load, or pass Loader=yaml.SafeLoader.",
    cwe=(502,),
    asvs=("1.5.2",),
)

UNSAFE_PICKLE = Rule(
    name="unsafe-pickle",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    message="{subject} runs what the data asks it to run.",
    reason="Pickled data is a program: whoever can write to the cache, the queue, the file or the cookie that it comes from runs code as the app.",
    mend="Store JSON. Where pickle must stay, sign the data and check the signature first, or read it with an Unpickler whose find_class names the classes that are allowed.",
    cwe=(502,),
    asvs=("1.5.2",),
)

XML_ENTITIES = Rule(
    name="xml-entities",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="{subject} follows the entities and the addresses that the document declares.",
    reason="An external entity reads a file of the server or fetches an address inside its network, and the answer or an error shows it.",
    mend="Leave resolve_entities off and no_network on, or parse with defusedxml.",
    cwe=(611, 776),
    asvs=("1.5.1",),
)

SERIALIZATION = Control(
    name="serialization",
    promise="Reading data never runs it (YAML, pickle, XML)",
    rules=(UNSAFE_YAML_LOAD, UNSAFE_PICKLE, XML_ENTITIES),
)
