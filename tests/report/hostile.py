"""Texts that want to be more than text: for a browser, a typesetter, a spreadsheet, a template."""

import random

ACTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><circle r=9 /></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=http://127.0.0.1:9/frame></iframe>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video autoplay><source src=http://127.0.0.1:9/v onerror=alert(1)></video>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<a href='javascript:alert(1)' autofocus tabindex=1 onfocus=alert(1)>x</a>",
    "<form action='javascript:alert(1)'><button autofocus onfocus=alert(1)>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='http://127.0.0.1:9/e'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "<base href=http://127.0.0.1:9/>",
    "<style>@import 'http://127.0.0.1:9/y.css'; * { background: url(http://127.0.0.1:9/z) }</style>",
    "<template shadowrootmode=open><script>alert(1)</script></template>",
    "<animate attributeName=href values=javascript:alert(1) onbegin=alert(1) />",
    "<select autofocus onfocus=alert(1)><option>x</select>",
)
AROUND = (
    "{}",
    '"><!-- -->{}',
    "</title></desc></style></pre></bdi></caption></script>{}",
    "--><![CDATA[ ]]>{}<!--",
    "' onmouseover='alert(1)' onload='alert(1)' style='x:expression(1)' {} x='",
)
VECTORS = [around.format(act) for act in ACTS for around in AROUND]
"""A hundred: each act in each surrounding it might have to break out of."""

PARTS = (
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://127.0.0.1:9","x")',
    "http://127.0.0.1:9/link", "mailto:a@b.example", "internal:Sheet1!A1", '#eval("1+1")',
    '#read("/etc/passwd")', "$ x^2 $", "*bold* _emph_ `raw`", "= Heading", "<label> @label", "\\u{1F600} \\",
    "{{ 7*7 }}", "{% raw %}", "${7*7}", "\x1b[2J\x1b]0;x\x07", "\x00\x08\x0b", "\u202etxet",
    "\u2066\u2069\u200b\u200d\ufeff", "\u0301" * 40, "\uffff\ufdd0", "\u0085\u2028\u2029",
    "漢字 हिन्दी عربى", "👩\u200d👩\u200d👧", "ﷺ", "a" * 900, "_x0041_", "&lt;b&gt;", "\\", "%s%n", "';--",
    "\r\nX: y", "{}", "]]>", "\U000e0041", "ǅİıſ",
)  # fmt: skip


def texts(count: int = 2_000) -> list[str]:
    """So many texts, the same ones each time, of these parts one after another."""
    draw = random.Random(7)
    return ["".join(draw.choice(PARTS) for _ in range(draw.randint(1, 4))) for _ in range(count)]


HALVES = ("\ud800", "x\udfffy")
"""Halves of characters: no table can hold them, a document could."""
