"""Who asks which checks: this process alone, or several that share what was read."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from collections.abc import Sequence

from . import workers
from .check import Check
from .survey.flow.flows import flows
from .survey.project import Project

AnswerT = t.TypeVar("AnswerT")

#: Evidence, and what is asked of it.
Question = tuple[object, Check[t.Any]]

#: Checks that read what others of them read, by their modules: one process asks them all.
TOGETHER = ("csrf",)

#: Checks that follow the same values to the same ends, by their modules. One process asks
#: those of a module: each would follow them anew.
SAME = ("files",)

#: Checks that follow no values, by their modules: they need not wait until it is known
#: who calls whom.
APART = (*TOGETHER, "authorization", "cors", "errors", "secrets", "transport")

#: Checks that take longest, by their modules, the longest first. They are asked first.
LONG = ("files", "inputs", "templates", "commands", "redirects")

#: Where less is read, a process more costs what it gains.
WORTH = 20_000  # lines

#: How many processes are started of our own accord. Reading is done by one, and so is
#: what all have in common: more would wait for each other.
MOST = 4

#: Each process copies what it touches of what was read. With less room there are fewer.
ROOM = 3 * 1024 * 1024 * 1024  # bytes


def processes(project: Project, asked: int | None) -> int:
    """Return how many processes are to ask a project.

    :param asked: What the command line says, ``None`` if nothing.
    """
    if not workers.possible():
        return 1

    if asked is not None:
        return asked

    lines = sum(module.text.count("\n") for module in project.modules)

    if lines < WORTH:
        return 1

    return max(1, min(workers.cores(), MOST, ROOM // max(workers.memory(), 1)))


def answered(
    questions: Sequence[Question],
    answer: Callable[[Question], AnswerT],
    jobs: int,
    progress: Callable[[int], None],
) -> dict[int, AnswerT]:
    """Return the answers by the number of their question.

    There is none where the process that was to give it has died.

    :param progress: Called with how many are answered.
    """
    if jobs > 1:
        return _shared(questions, answer, jobs, progress)

    found: dict[int, AnswerT] = {}

    for number, question in enumerate(questions):
        progress(number)
        found[number] = answer(question)

    return found


def _shared(
    questions: Sequence[Question],
    answer: Callable[[Question], AnswerT],
    jobs: int,
    progress: Callable[[int], None],
) -> dict[int, AnswerT]:
    shares = _Shares(questions)
    piles = workers.Pile(shares.rest), workers.Pile(shares.apart)

    def ask(share: int) -> dict[int, AnswerT]:
        return {n: answer(questions[n]) for n in shares.all[share]}

    for piece in shares.followed:
        # Every check asks for names: what they stand on is read before there are several
        # processes, each of which would read it for itself.
        _ = piece.names

    with workers.Crew(ask) as crew:
        for _ in range(min(jobs - 1, len(shares.apart))):
            crew.hire(piles[1:], full=False)

        found = {n: answer(questions[n]) for n in shares.own}

        for piece in shares.followed:
            flows(piece)

        for answers in crew.work(piles, jobs):
            found |= answers
            progress(len(found))

        # No process more could be started: this one is left.
        if crew.unable:
            for pile in piles:
                for share in pile:
                    found |= ask(share)

    for pile in piles:
        pile.close()

    return found


class _Shares:
    """Numbers of questions, each in a share that one process answers."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.all: list[list[int]] = []
        #: Shares for which it need not be known who calls whom, and those others.
        self.apart: list[int] = []
        self.rest: list[int] = []
        #: What else there is, is read while it is asked, and by one alone.
        self.own: list[int] = []
        self.followed: list[Project] = []
        together: list[int] = []
        later: dict[str | int, list[int]] = {}

        for number, (piece, check) in enumerate(questions):
            module = _module(check)

            if not isinstance(piece, Project):
                self.own.append(number)
            elif module.startswith(TOGETHER):
                together.append(number)
            elif module.startswith(APART):
                self._add(self.apart, [number])
            else:
                self.followed += [] if piece in self.followed else [piece]
                later.setdefault(module if module in SAME else number, []).append(
                    number
                )

        for share in sorted(later.values(), key=lambda s: _rank(questions[s[0]])):
            self._add(self.rest, share)

        if together:
            self._add(self.apart, together)
            self.apart.insert(0, self.apart.pop())

    def _add(self, to: list[int], share: list[int]) -> None:
        to.append(len(self.all))
        self.all.append(share)


def _rank(question: Question) -> int:
    module = _module(question[1])
    return next((n for n, m in enumerate(LONG) if module.startswith(m)), len(LONG))


def _module(check: Check[t.Any]) -> str:
    """Return the module of a check, by its name among the checks."""
    return check.run.__module__.rpartition(".checks.")[2]
