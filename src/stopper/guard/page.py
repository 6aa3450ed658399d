"""The page that an error is answered with, unless the app brings one of its own."""

from __future__ import annotations

#: A style element, for the policy allows it by its nonce; no style attribute, no
#: script and nothing that is loaded, so that it works when nothing else does.
_STYLE = """\
:root { color-scheme: light dark; --ink: #1c1f23; --soft: #555b63; --ground: #fff;
  --line: #d5d9de; --mark: #f2f4f6 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9ebee; --soft: #a6adb6; --ground: #15181b; --line: #3a4047;
    --mark: #23282d }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  padding: 1.5rem; background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
main { width: 100%; max-width: 34rem }
.status { margin: 0; color: var(--soft); font-variant-numeric: tabular-nums }
h1 { margin: 0 0 1rem; font-size: clamp(1.6rem, 6vw, 2.2rem); line-height: 1.2 }
p { margin: 0 0 .75rem; overflow-wrap: anywhere }
aside, footer { margin-top: 1.75rem; padding-top: 1rem;
  border-top: 1px solid var(--line); color: var(--soft); font-size: .9375rem }
code { font: .9375em/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  color: var(--ink); background: var(--mark); padding: .1em .4em; border-radius: .25em;
  overflow-wrap: anywhere; user-select: all }
"""


def page(
    *,
    status: int,
    title: str,
    paragraphs: list[str],
    incident: str,
    developer: str,
    nonce: str,
) -> str:
    """Return the page. All text is taken as HTML: the caller escapes it.

    :param incident: The number to tell whoever runs the site, empty for none.
    :param developer: What only the developer is to read, empty for nothing.
    :param nonce: Of the request's policy, empty for a page without a style.
    """
    style = f'<style nonce="{nonce}">\n{_STYLE}</style>\n' if nonce else ""
    text = "\n".join(f"<p>{p}</p>" for p in paragraphs if p)
    number = (
        f"<footer>\n<p>Incident number: <code>{incident}</code></p>\n</footer>\n"
        if incident
        else ""
    )
    note = (
        f'<aside aria-label="For the developer">\n<p>{developer}</p>\n</aside>\n'
        if developer
        else ""
    )
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{status} {title}</title>
{style}</head>
<body>
<main>
<p class="status">Error {status}</p>
<h1>{title}</h1>
{text}
{note}{number}</main>
</body>
</html>
"""
