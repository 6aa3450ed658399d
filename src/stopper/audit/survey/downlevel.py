"""Python of a later version, rewritten for the one that runs, line for line.

A scan of words, brackets and strings is enough for what is new since 3.11, takes a
tenth of what a full parser takes, and cannot be driven into deep recursion. Whether
the result is Python at all is judged by the running parser afterwards.
"""

from __future__ import annotations

import ast
import dataclasses
import re

from .fstring import Marks
from .fstring import merged
from .fstring import TEXT
from .fstring import text_value

NESTING = 50  # f-strings inside f-strings; the tokenizer's own limit is 150

_TOKEN = re.compile(
    r"""
    (?P<string>(?:[rRuUbBfFtT]{1,2})?(?:\"{3}|'{3}|\"|'))
    | (?P<name>[^\W\d]\w*)
    | (?P<skip>[ \t\f]+ | \#[^\n]* | \\\n | \d[\w.]*)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<newline>\n)
    | (?P<op>[!=<>]= | -> | \*\*? | .)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = {
    quote: re.compile(rf"(?:[^\\{quote[0]}{line}]|\\.|{inner})*{quote}", re.DOTALL)
    for quote, line, inner in (
        ('"', r"\n", "(?!)"),
        ("'", r"\n", "(?!)"),
        ('"""', "", '"(?!"")'),
        ("'''", "", "'(?!'')"),
    )
}
_GAP = re.compile(r"(?:[ \t\f]|\\\n)*")
_WIDE_GAP = re.compile(r"(?:[ \t\f\n]|\\\n|#[^\n]*)*")
_START = re.compile(r"(?:[rRuUbBfFtT]{1,2})?(?:\"{3}|'{3}|\"|')")
_ALIAS = re.compile(r"type[ \t]+(?=[^\W\d]\w*[ \t]*(?:\[|=(?!=)))")
_LAZY = re.compile(r"lazy[ \t]+(?=(?:import|from)\b)")
_DEBUG = re.compile(r"=(?!=)(?:\s|#[^\n]*)*(?=[!:}])")
_CONVERSION = re.compile(r"\s*!\s*([A-Za-z]\w*)\s*")
_SPACE = re.compile(r"(?:[ \t\f]|\\\n)*")


class DownlevelError(ValueError):
    """The text is not such Python either."""


@dataclasses.dataclass(slots=True)
class Bracket:
    """An open bracket. ``star`` is where its first word is an asterisk."""

    sign: str
    at: int
    star: int = -1


class Rewriter:
    """Copies a text, word by word, and writes what is new in an older way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.marks = Marks.absent_from(text)
        self.lost = 0
        self.position = 0
        self._nesting = 0

    def module(self) -> str:
        """Return the text, rewritten, with every line where it was."""
        return self._code(field=False)

    def _code(self, *, field: bool) -> str:
        """Copy code up to the end, or to what ends a replacement field."""
        out: list[str] = []
        stack: list[Bracket] = []
        start = not field
        except_at, comma = -1, False
        last = ""

        while match := _TOKEN.match(self.text, self.position):
            kind, word = match.lastgroup, match[0]
            if kind == "string" and match["string"]:
                out.append(self._strings(wide=field or bool(stack)))
                start, last = False, "string"
                continue
            if field and not stack and self._ends_field(word):
                break

            self.position = match.end()
            if kind == "name":
                word = self._name(match, out, stack, last, start=start)
                if start and match[0] == "except":
                    except_at, comma = len(out) + 1, False
            elif kind == "open":
                stack.append(Bracket(word, len(out)))
            elif kind == "close":
                if not stack:
                    raise DownlevelError("A bracket is closed that is not open.")
                stack.pop()
            elif kind == "op" and word[0] == "*" and stack:
                if stack[-1].at == self._last_word(out):
                    stack[-1].star = len(out)
            elif kind == "op" and word == "*" and last == "except":
                except_at = len(out) + 1
            elif word == "," and not stack:
                comma = True
            elif word == ":" and not stack and except_at >= 0:
                if comma:
                    out.insert(except_at, "(")
                    word = "):"
                except_at = -1

            out.append(word)
            if kind == "newline" or (word.endswith((";", ":")) and kind == "op"):
                start = not stack and not field
            elif kind != "skip":
                start = False
            if kind != "skip":
                last = match[0]
        return "".join(out)

    @staticmethod
    def _last_word(out: list[str]) -> int:
        index = len(out) - 1
        while index > 0 and not out[index].strip():
            index -= 1
        return index

    def _ends_field(self, word: str) -> bool:
        if word in ("}", ":", "!"):
            return True
        return word == "=" and bool(_DEBUG.match(self.text, self.position))

    def _name(
        self,
        match: re.Match[str],
        out: list[str],
        stack: list[Bracket],
        last: str,
        *,
        start: bool,
    ) -> str:
        """Take a word that is no sign, and return what is written for it."""
        word = match[0]
        if last in ("def", "class"):
            return word + self._type_parameters()
        if word in ("for", "async") and stack and stack[-1].star >= 0:
            # PEP 798. The items of the items are lost; the names are kept.
            out[stack[-1].star] = " "
            stack[-1].star = -1
            self.lost = self.lost or self.text.count("\n", 0, match.start()) + 1
        if start and word == "type" and (m := _ALIAS.match(self.text, match.start())):
            name = _TOKEN.match(self.text, m.end())
            self.position = name.end() if name else m.end()
            return (name[0] if name else "") + self._type_parameters()
        if start and word == "lazy" and (m := _LAZY.match(self.text, match.start())):
            self.position = m.end()
            return ""
        return word

    def _type_parameters(self) -> str:
        """Pass over ``[T: int = str]`` (PEP 695, 696). Its lines are kept."""
        gap = _SPACE.match(self.text, self.position)
        begin = gap.end() if gap else self.position
        if not self.text.startswith("[", begin):
            return ""
        first = self.position
        self.position, depth = begin, 0
        while match := _TOKEN.match(self.text, self.position):
            if match["string"]:
                self._strings(wide=True)
                continue
            self.position = match.end()
            depth += bool(match["open"]) - bool(match["close"])
            if not depth:
                break
        return "\\\n" * self.text.count("\n", first, self.position)

    def _strings(self, *, wide: bool) -> str:
        """Copy strings that stand side by side, as one call if there is an f-string.

        :param wide: Whether brackets are open, so that they may stand on many lines.
        """
        first = self.position
        parts: list[str] = []
        formatted = template = False
        gap = ""
        while start := _START.match(self.text, self.position):
            prefix = start[0].rstrip("\"'").lower()
            if "f" in prefix or "t" in prefix:
                formatted, template = True, template or "t" in prefix
                written = self._formatted(start, prefix)
            else:
                written = self._plain(start)
            parts.append(f"{gap},{written}" if parts else written)
            end = self.position
            space = (_WIDE_GAP if wide else _GAP).match(self.text, end)
            gap = space[0] if space else ""
            self.position = end + len(gap)
        self.position = end

        if not formatted:
            return self.text[first:end]
        mark = self.marks.template if template else self.marks.joined
        return f"{mark}({''.join(parts)})"

    def _plain(self, start: re.Match[str]) -> str:
        quote = start[0].lstrip("rRuUbBfFtT")
        end = _PLAIN[quote].match(self.text, start.end())
        if end is None:
            raise DownlevelError("A string does not end.")
        self.position = end.end()
        return self.text[start.start() : self.position]

    def _formatted(self, start: re.Match[str], prefix: str) -> str:
        quote = start[0][len(prefix) :]
        self.position = start.end()
        self._nesting += 1
        if self._nesting > NESTING:
            raise DownlevelError("The f-strings are nested too deep.")
        written = self._parts(quote, raw="r" in prefix, spec=False)
        self.position += len(quote)
        self._nesting -= 1
        # A call needs an argument for the comma that follows it.
        return written or "''"

    def _parts(self, quote: str, *, raw: bool, spec: bool) -> str:
        """Copy the inside of an f-string, or of a format specification in one."""
        parts: list[str] = []
        piece: list[str] = []

        while match := TEXT.match(self.text, self.position):
            word = match[0]
            if word[0] == quote[0] and self.text.startswith(quote, match.start()):
                return self._ended(parts, piece, raw=raw)
            if word == "\n" and len(quote) == 1 and not spec:
                raise DownlevelError("A string does not end.")
            if spec and word[0] == "}":
                return self._ended(parts, piece, raw=raw)
            if word == "{" or (spec and word[0] == "{"):
                self._ended(parts, piece, raw=raw)
                self.position = match.start() + 1
                debug, written = self._field(quote, raw=raw)
                parts += [repr(debug)] * bool(debug) + [written]
                continue
            if raw and word.startswith("\\N{"):
                word = "\\N"
            piece.append(word)
            self.position = match.start() + len(word)
        raise DownlevelError("A string does not end.")

    @staticmethod
    def _ended(parts: list[str], piece: list[str], *, raw: bool) -> str:
        if piece:
            text = "".join(piece)
            parts.append(repr(text_value(piece, raw=raw)) + "\n" * text.count("\n"))
            piece.clear()
        return ",".join(parts)

    def _field(self, quote: str, *, raw: bool) -> tuple[str, str]:
        """Copy a replacement field. Return what ``=`` prints before it, and the field."""
        first = self.position
        written = self._code(field=True)
        debug, conversion, spec = "", -1, ""

        if equals := _DEBUG.match(self.text, self.position):
            self.position = equals.end()
            debug = self.text[first : self.position]
            written += "\n" * equals[0].count("\n")
            conversion = ord("r")
        if converted := _CONVERSION.match(self.text, self.position):
            self.position = converted.end()
            conversion = ord(converted[1][0])
        if self.text.startswith(":", self.position):
            self.position += 1
            if debug and not converted:
                conversion = -1
            spec = f",{self.marks.joined}({self._parts(quote, raw=raw, spec=True)})"
        if not self.text.startswith("}", self.position):
            raise DownlevelError("A replacement field does not end.")
        self.position += 1
        return debug, f"{self.marks.field}(({written}),{conversion}{spec})"


def mend(tree: ast.Module, marks: Marks) -> None:
    """Turn the calls that stand for f-strings back into what they stand for."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                value[:] = [merged(item, marks) for item in value]
                stack += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                mended = merged(value, marks)
                setattr(node, name, mended)
                stack.append(mended)
