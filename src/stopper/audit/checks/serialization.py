"""Is data read without running it?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.serialization.control import UNSAFE_PICKLE
from ...controls.serialization.control import UNSAFE_YAML_LOAD
from ...controls.serialization.control import XML_ENTITIES
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..survey.flow.flows import flows
from ..survey.project import Project
from ..survey.project import SinkSite
from ..survey.site import Site


@check(UNSAFE_YAML_LOAD, asks=Project)
def unsafe_yaml_load(project: Project) -> Iterator[Finding]:
    """Is YAML read by a loader that only builds data?"""
    for found in project.sinks("yaml"):
        confidence = _by_loader(project, found.call)

        if confidence is not None and not found.argument.literal:
            # Of a loader that nobody knows a stranger's text says nothing.
            loader = found.call.argument(1, "Loader")
            named = loader is not None and (loader.type or "").startswith("yaml.")
            known = named or confidence > Confidence.LOW
            yield _yaml(project, found, confidence, sent=known)

    for found in project.sinks("yaml-unsafe"):
        if not found.argument.literal:
            yield _yaml(project, found, min(found.sink.confidence, Confidence.MEDIUM))

    for call in project.calls(
        *(f"{name}.load" for name in sorted(project.models.named("yaml-typed")))
    ):
        if _builds(call):
            yield finding(UNSAFE_YAML_LOAD, call.place, call.written)


def _builds(call: Site) -> bool:
    """Say whether a loader was made with ``typ="unsafe"``, here or where it is named."""
    func = call.node.func if isinstance(call.node, ast.Call) else None
    maker: ast.AST | None = func.value if isinstance(func, ast.Attribute) else None

    if isinstance(maker, ast.Name):
        bound = call.at(maker).bound
        maker = bound[1].node if bound is not None else None

    given = call.at(maker).argument(-1, "typ") if isinstance(maker, ast.Call) else None
    constant = given.constant if given is not None else None
    return constant is not None and constant.value == "unsafe"


def _yaml(
    project: Project, found: SinkSite, confidence: Confidence, *, sent: bool = True
) -> Finding:
    flow = flows(project).first(found.argument, "yaml")

    if flow is not None and sent:
        confidence = max(confidence, flow.confidence)

    call = found.call
    return finding(
        UNSAFE_YAML_LOAD,
        call.place,
        call.written,
        confidence=confidence,
        steps=flow.steps if flow else (),
        others=flow.ways if flow else (),
    )


def _by_loader(project: Project, call: Site) -> Confidence | None:
    """Return how surely the loader builds objects, ``None`` if it does not."""
    loader = call.argument(1, "Loader")

    if loader is None:
        return Confidence.LOW if call.open_ended else Confidence.MEDIUM

    found = [_of_loader(project, names) for names in _loaders(loader)]
    return max((f for f in found if f is not None), default=None)


def _of_loader(project: Project, names: list[str]) -> Confidence | None:
    safe = project.models.named("yaml-safe-loader")
    unsafe = project.models.named("yaml-unsafe-loader")

    # A class of the project's own is what its nearest known base is.
    for name in names:
        if name in safe:
            return None

        if name in unsafe:
            return Confidence.MEDIUM

    return Confidence.LOW


def _loaders(loader: Site) -> list[list[str]]:
    """Return the names of the classes that a loader may be, with those above each."""
    node = loader.node

    if isinstance(node, ast.IfExp):
        return [*_loaders(loader.at(node.body)), *_loaders(loader.at(node.orelse))]

    # ``getattr(yaml, "CSafeLoader", yaml.SafeLoader)``
    if isinstance(node, ast.Call) and loader.name == "builtins.getattr":
        named = loader.argument(1)
        constant = named.constant if named is not None else None
        home = loader.at(node.args[0]).type if node.args else None
        first = [f"{home}.{constant.value}"] if home and constant else []
        return [first, *(_lineage(loader.at(a)) for a in node.args[2:])]

    return [_lineage(loader)]


def _lineage(site: Site) -> list[str]:
    """Return the name of a class and of all its bases, the nearest first."""
    name = site.type
    known = site.names.definition(name)
    bases: list[str] = []

    if known is not None and isinstance(known[1], ast.ClassDef):
        bases = site.names.bases(known[0], known[1])

    return [*([name] if name else []), *bases]


@check(UNSAFE_PICKLE, asks=Project)
def unsafe_pickle(project: Project) -> Iterator[Finding]:
    """Is stored data read without a format that runs code?"""
    for found in project.sinks("pickle"):
        if not _own(project, found.argument):
            yield _pickle(project, found)

    for found in project.sinks("pickle-if-allowed"):
        allowed = found.call.argument(2, "allow_pickle")

        if allowed and allowed.constant and allowed.constant.value:
            yield _pickle(project, found)

    for found in project.sinks("pickle-unless-weights"):
        weights = found.call.argument(-1, "weights_only")
        only = weights is not None and weights.constant is not None

        if not (only and weights and weights.constant and weights.constant.value):
            yield _pickle(project, found)

    yield from _unpicklers(project)


def _pickle(project: Project, found: SinkSite) -> Finding:
    flow = flows(project).first(found.argument, "pickle")
    most = flow.confidence if flow else found.sink.confidence
    call = found.call
    return finding(
        UNSAFE_PICKLE,
        call.place,
        call.written,
        confidence=max(most, found.sink.confidence),
        steps=flow.steps if flow else (),
        others=flow.ways if flow else (),
    )


def _own(project: Project, argument: Site) -> bool:
    """Say whether the data is what this very program has just written."""
    if argument.literal:
        return True

    node = argument.node
    name = argument.name if isinstance(node, ast.Call) else None

    if isinstance(node, ast.Name) and argument.bound is not None:
        home, binding = argument.bound

        if home is argument.module and isinstance(binding.node, ast.Call):
            name = argument.at(binding.node).name

    return name in project.models.named("pickle-writer")


def _unpicklers(project: Project) -> Iterator[Finding]:
    """Yield the uses of a class of the project that unpickles without a list."""
    unpicklers = project.models.named("unpickler")

    for site in project.nodes(ast.ClassDef):
        node = site.node

        if not isinstance(node, ast.ClassDef):
            continue

        bases = site.names.bases(site.module, node)

        # One that overrides find_class decides which classes may be built.
        if unpicklers.isdisjoint(bases) or site.names.member(
            site.module, node, "find_class"
        ):
            continue

        place = site.place
        yield finding(UNSAFE_PICKLE, place, node.name, confidence=Confidence.LOW)


@check(XML_ENTITIES, asks=Project)
def xml_entities(project: Project) -> Iterator[Finding]:
    """Is XML read without following what it declares?"""
    for call in project.calls(*sorted(project.models.named("xml-parser"))):
        if _is(call, "resolve_entities", True) or _is(call, "no_network", False):
            yield finding(XML_ENTITIES, call.place, call.written)

    for call in project.calls(
        "xml.sax.make_parser().setFeature",
        "*.setFeature",
        "xml.sax.xmlreader.XMLReader.setFeature",
    ):
        feature, on = call.argument(0), call.argument(1)
        name = (feature.name or "") if feature else ""
        external = name.endswith(("feature_external_ges", "feature_external_pes"))

        if external and on and on.constant and on.constant.value:
            yield finding(XML_ENTITIES, call.place, call.written)

    for found in project.sinks("xml"):
        if not _default(project, found.call.argument(1, "parser")):
            continue

        flow = flows(project).first(found.argument, "xml")

        if flow is not None:
            call, low = found.call, min(found.sink.confidence, flow.confidence)
            yield finding(
                XML_ENTITIES,
                call.place,
                call.written,
                confidence=low,
                steps=flow.steps,
                others=flow.ways,
            )


def _default(project: Project, parser: Site | None) -> bool:
    """Say whether a parser does what its library's default one does."""
    if parser is None or isinstance(parser.node, ast.Constant):
        return True

    made = parser
    bound = parser.bound

    if bound is not None and isinstance(bound[1].node, ast.Call):
        made = parser.elsewhere(bound[0], bound[1].node)

    known = isinstance(made.node, ast.Call) and (
        made.name in project.models.named("xml-parser")
    )
    return (
        known and made.argument(-1, "resolve_entities") is None and not made.open_ended
    )


def _is(call: Site, keyword: str, value: bool) -> bool:
    given = call.argument(-1, keyword)
    constant = given.constant if given else None
    return constant is not None and constant.value is value
