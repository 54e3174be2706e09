"""Curves as pictures: a Vega-Lite specification, and the same panels drawn as SVG without any library."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

Row = Mapping[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
MEASURES = (("recall", "#0072b2", ""), ("precision", "#d55e00", "5 3"))
"""Measures with colour and dashes; the two colours differ for colour-blind readers as well."""

WIDE, HIGH, COLUMNS = 250, 130, 3
LEFT, TOP, BELOW = 34, 34, 48
"""Pixels of a panel, and what is left free around it for its texts."""

FOOT = 30


def vega_lite(rows: Sequence[Row]) -> dict[str, Any]:
    """One panel per knob, means over seeds as lines, single measurements as points; data inside."""
    values = [
        {"knob": f"{row['knob']}: {row['unit']}", "budget": row["budget"], "seed": row["seed"],
         "measure": name, "value": row[name]}
        for row in rows for name, _, _ in MEASURES if row[name] is not None
    ]  # fmt: skip
    colour = {
        "field": "measure",
        "type": "nominal",
        "title": None,
        "scale": {"domain": [name for name, _, _ in MEASURES], "range": [shade for _, shade, _ in MEASURES]},
    }
    x = {"field": "budget", "type": "quantitative", "title": "attack budget"}
    y = {"type": "quantitative", "title": "B³, operators' accounts", "scale": {"domain": [0, 1]}}
    return {
        "$schema": SCHEMA,
        "title": "What is still found, by what the attacker pays",
        "data": {"values": values},
        "facet": {"field": "knob", "type": "nominal", "title": None, "sort": None},
        "columns": COLUMNS,
        "resolve": {"scale": {"x": "independent"}},
        "spec": {
            "width": WIDE,
            "height": HIGH,
            "encoding": {"x": x, "color": colour},
            "layer": [
                {"mark": "line", "encoding": {"y": {**y, "field": "value", "aggregate": "mean"}}},
                {"mark": {"type": "point", "size": 20}, "encoding": {"y": {**y, "field": "value"}}},
            ],
        },
    }


def svg(rows: Sequence[Row]) -> str:
    """The same panels as a picture that any browser shows, without a script and without a network."""
    knobs = list(dict.fromkeys(row["knob"] for row in rows))
    across, down = min(COLUMNS, len(knobs)), -(-len(knobs) // COLUMNS)
    width, height = across * (WIDE + LEFT + 16), down * (HIGH + TOP + BELOW) + FOOT
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11" fill="#333333">',
        "<title>Recall and precision against attack budget</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for number, knob in enumerate(knobs):
        row, column = divmod(number, COLUMNS)
        left, top = column * (WIDE + LEFT + 16) + LEFT, row * (HIGH + TOP + BELOW) + TOP
        drawn.append(f'<g transform="translate({left} {top})">')
        drawn.extend(_panel([each for each in rows if each["knob"] == knob]))
        drawn.append("</g>")
    drawn.extend(_legend(height - FOOT / 2))
    return "\n".join([*drawn, "</svg>", ""])


def _legend(y: float) -> Iterator[str]:
    for number, (name, shade, dashes) in enumerate(MEASURES):
        x = LEFT + number * 110
        yield (
            f'<line x1="{x}" y1="{y:g}" x2="{x + 24}" y2="{y:g}" stroke="{shade}" stroke-width="2"'
            f' stroke-dasharray="{dashes}"/>'
        )
        yield f'<text x="{x + 30}" y="{y + 4:g}">{name} (B³)</text>'


def _panel(rows: Sequence[Row]) -> Iterator[str]:
    budgets = sorted({row["budget"] for row in rows})
    yield f'<text y="-10" font-size="13" font-weight="bold">{escape(str(rows[0]["knob"]))}</text>'
    for share in (0.0, 0.5, 1.0):
        y = _y(share)
        yield f'<line x1="0" y1="{y}" x2="{WIDE}" y2="{y}" stroke="#dddddd"/>'
        yield f'<text x="-6" y="{y + 4:g}" text-anchor="end">{share:g}</text>'
    for budget in _apart(budgets):
        yield f'<text x="{_x(budget, budgets)}" y="{HIGH + 16}" text-anchor="middle">{budget:g}</text>'
    unit = escape(str(rows[0]["unit"]))
    yield f'<text x="{WIDE / 2:g}" y="{HIGH + 32}" text-anchor="middle" fill="#666666">{unit}</text>'
    for name, shade, dashes in MEASURES:
        yield from _curve(rows, budgets, (name, shade, dashes))


def _apart(budgets: Sequence[float]) -> list[float]:
    """Those that can be written under the axis without running into each other."""
    shown: list[float] = []
    for budget in budgets:
        if not shown or _x(budget, budgets) - _x(shown[-1], budgets) >= 22:
            shown.append(budget)
    return shown


def _curve(rows: Sequence[Row], budgets: Sequence[float], measure: tuple[str, str, str]) -> Iterator[str]:
    name, shade, dashes = measure
    line = []
    for budget in budgets:
        values = sorted(row[name] for row in rows if row["budget"] == budget and row[name] is not None)
        x = _x(budget, budgets)
        for value in values:
            yield f'<circle cx="{x}" cy="{_y(value)}" r="2.5" fill="{shade}" fill-opacity="0.5"/>'
        if values:
            line.append(f"{x},{_y(sum(values) / len(values))}")
    yield (
        f'<polyline points="{" ".join(line)}" fill="none" stroke="{shade}" stroke-width="2"'
        f' stroke-dasharray="{dashes}"/>'
    )


def _x(budget: float, budgets: Sequence[float]) -> float:
    span = budgets[-1] - budgets[0]
    return round((budget - budgets[0]) / span * WIDE, 1) if span else WIDE / 2


def _y(share: float) -> float:
    return round((1 - share) * HIGH, 1)
