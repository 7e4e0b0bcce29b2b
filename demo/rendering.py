"""Markdown and Slack's blocks as HTML pages, near enough to what GitHub and Slack show to be read and judged. Nothing is fetched."""

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

import cmarkgfm  # type: ignore[import-untyped]
import yaml
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]

Json = Mapping[str, Any]
_OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_GITHUB_PRE_LANG
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_ALERT = re.compile(r"<blockquote>\n<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](?:<br />)?\n")
_TASK = re.compile(r'<li>(?=<input type="checkbox")')

_GITHUB = """
body { margin: 0; background: #fff; color: #1f2328; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 16px; overflow-wrap: break-word; }
h1, h2 { border-bottom: 1px solid #d1d9e0; padding-bottom: .3em; } h1 { font-size: 1.8em; } h2 { font-size: 1.4em; margin-top: 24px; }
h3 { font-size: 1.15em; } h4 { font-size: 1em; }
code, pre { font: 85%/1.45 ui-monospace, "DejaVu Sans Mono", monospace; background: #f0f1f3; border-radius: 6px; }
code { padding: .2em .4em; white-space: break-spaces; } pre { padding: 12px; overflow: auto; } pre code { padding: 0; background: none; white-space: pre; }
table { border-collapse: collapse; display: block; overflow: auto; width: max-content; max-width: 100%; }
td, th { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; vertical-align: top; } tr:nth-child(2n) { background: #f6f8fa; }
blockquote { margin: 0 0 16px; padding: 0 1em; border-left: .25em solid #d1d9e0; color: #59636e; }
.alert { padding: 8px 16px; margin-bottom: 16px; border-left: .25em solid; } .alert > strong:first-child { display: block; }
.note { border-color: #0969da; } .tip { border-color: #1a7f37; } .important { border-color: #8250df; } .warning { border-color: #9a6700; }
.caution { border-color: #cf222e; } .alert p { margin: 0; color: #1f2328; }
.note > strong { color: #0969da; } .tip > strong { color: #1a7f37; } .important > strong { color: #8250df; } .warning > strong { color: #9a6700; }
.caution > strong { color: #cf222e; }
a { color: #0969da; } summary { cursor: pointer; } li.task { list-style: none; margin-left: -1.4em; }
"""
_SLACK = """
body { margin: 0; background: #fff; color: #1d1c1d; font: 15px/1.466 Lato, "Noto Sans", Helvetica, Arial, sans-serif; }
main { max-width: 720px; margin: 0 auto; padding: 12px 16px; overflow-wrap: anywhere; }
.message { display: flex; gap: 8px; margin: 0 0 16px; } .face { flex: none; width: 36px; height: 36px; border-radius: 6px; background: #4a154b; color: #fff;
text-align: center; line-height: 36px; font-weight: bold; } .words { min-width: 0; flex: 1; } .who { font-weight: 900; } .who small { font-weight: normal;
color: #616061; font-size: 12px; margin-left: 4px; } .section { margin: 4px 0 8px; white-space: pre-wrap; }
.context { font-size: 13px; color: #616061; margin: 4px 0; }
code { font: 12px/1.5 "DejaVu Sans Mono", monospace; color: #c01343; background: #f6f6f6; border: 1px solid #ddd; border-radius: 3px; padding: 1px 3px; }
.emoji { font-size: 11px; color: #616061; background: #f0f0f0; border-radius: 8px; padding: 0 5px; }
pre { font: 12px/1.5 "DejaVu Sans Mono", monospace; background: #f6f6f6; border: 1px solid #ddd; border-radius: 4px; padding: 8px; margin: 4px 0;
white-space: pre-wrap; } a { color: #1264a3; text-decoration: none; } .thread { border-left: 3px solid #ddd; padding-left: 12px; }
"""


def page(title: str, markdown: str, *, comment: bool = False) -> str:
    """A Markdown file as GitHub draws it, or a description (`comment`), where each line end is one; a diagram stays the text that it is made of."""
    front = _FRONT.match(markdown)
    body = _front(front[1]) if front else ""
    return _whole(title, _GITHUB, body + github(markdown[front.end() :] if front else markdown, comment=comment))


def github(markdown: str, *, comment: bool = False) -> str:
    """The HTML of GitHub Flavored Markdown, with its alerts; comments are not shown."""
    options = _OPTIONS | Options.CMARK_OPT_HARDBREAKS if comment else _OPTIONS
    made = cmarkgfm.github_flavored_markdown_to_html(_COMMENT.sub("", markdown), options)
    made = _TASK.sub('<li class="task">', made)
    parts = _ALERT.split(made)
    told = parts[0]
    for kind, words in zip(parts[1::2], parts[2::2], strict=True):
        inside, _, rest = words.partition("</blockquote>")
        told += f'<div class="alert {kind.lower()}"><strong>{kind.capitalize()}</strong>\n<p>{inside}</div>{rest}'
    return told


def _front(text: str) -> str:
    """Front matter, as the table that GitHub makes of it."""
    keys = yaml.safe_load(text)
    cells = ("<br>".join(html.escape(str(one)) for one in value) if isinstance(value, list) else html.escape(str(value)) for value in keys.values())
    heads = "".join(f"<th>{html.escape(key)}</th>" for key in keys)
    return f"<table><tr>{heads}</tr><tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr></table>\n"


def thread(title: str, alert: str, messages: Iterable[Json]) -> str:
    """An alert with the answers below it, as Slack draws them."""
    answers = "".join(_message("Errata", "E", "".join(map(_block, message["blocks"]))) for message in messages)
    posted = _message("spark-alerts", "!", f'<div class="section">{mrkdwn(html.escape(alert, quote=False))}</div>')
    return _whole(title, _SLACK, f'{posted}<div class="thread">{answers}</div>')


def mrkdwn(words: str) -> str:
    """The HTML of mrkdwn whose `&`, `<` and `>` are escaped, as Slack wants them; links are those of the form `<address|label>`."""
    parts = re.split(r"(```.*?```|`[^`\n]+`)", words, flags=re.DOTALL)
    return "".join(_coded(part) if part.startswith("`") and len(part) > 1 else _styled(part) for part in parts)


def _coded(part: str) -> str:
    if part.startswith("```"):
        return f"<pre>{part[3:-3].strip(chr(10))}</pre>"
    return f"<code>{part[1:-1]}</code>"


def _styled(part: str) -> str:
    part = re.sub(r"<(https?://[^|>]+)\|([^>]+)>", r'<a href="\1">\2</a>', part)
    part = re.sub(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"<strong>\1</strong>", part)
    part = re.sub(r"(?<![\w_/])_([^_\n]+)_(?![\w_])", r"<em>\1</em>", part)
    return re.sub(r":([a-z_]{2,30}|[+-]1):", r'<span class="emoji">\1</span>', part.replace("👍", ":+1:").replace("👎", ":-1:"))


def _block(block: Json) -> str:
    if block["type"] == "context":
        return f'<div class="context">{" ".join(mrkdwn(one["text"]) for one in block["elements"])}</div>'
    return f'<div class="section">{mrkdwn(block["text"]["text"])}</div>'


def _message(who: str, face: str, words: str) -> str:
    app = " <small>APP</small>"
    return f'<div class="message"><div class="face">{face}</div><div class="words"><div class="who">{who}{app}</div>{words}</div></div>'


def _whole(title: str, style: str, body: str) -> str:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title><style>{style}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body><main>\n{body}</main></body></html>\n'
