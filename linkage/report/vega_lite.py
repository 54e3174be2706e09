"""The pictures as Vega-Lite specifications, with their data inside."""

from collections.abc import Mapping, Sequence
from typing import Any

from linkage.report.formatting import clean

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
ACCENT, INK, GREY = "#1f5a96", "#1b1f24", "#9aa3ae"
WIDTH = 640

Spec = dict[str, Any]


def _spec(title: str, values: Sequence[Mapping[str, Any]], **more: Any) -> Spec:
    return {"$schema": SCHEMA, "title": clean(title), "data": {"values": list(values)}, **more}


def _axis(field: str, kind: str, **more: Any) -> Spec:
    return {"field": field, "type": kind, **more}


def timeline(title: str, rows: Sequence[tuple[str, str, int]]) -> Spec:
    """Bars by day, one row for each of the series."""
    values = [{"day": day, "series": series, "count": number} for day, series, number in rows]
    encoding = {
        "x": _axis("day", "temporal", timeUnit="utcyearmonthdate", title="day, UTC"),
        "y": _axis("count", "quantitative", title=None),
        "row": _axis("series", "nominal", title=None),
    }
    return _spec(
        title,
        values,
        width=WIDTH,
        height=90,
        mark={"type": "bar", "color": ACCENT},
        encoding=encoding,
        resolve={"scale": {"y": "independent"}},
    )


def week(rows: Sequence[tuple[str, int, int]], days: Sequence[str]) -> Spec:
    """A map of hours by weekday."""
    values = [{"day": day, "hour": hour, "requests": number} for day, hour, number in rows]
    encoding = {
        "x": _axis("hour", "ordinal", title="hour, UTC"),
        "y": _axis("day", "ordinal", sort=list(days), title=None),
        "color": _axis("requests", "quantitative", scale={"scheme": "blues"}),
    }
    return _spec(
        "Requests by weekday and hour of the day, UTC", values, width=WIDTH, mark="rect", encoding=encoding
    )


def hours(rows: Sequence[tuple[int, int]]) -> Spec:
    """Bars by hour of the day."""
    values = [{"hour": hour, "requests": number} for hour, number in rows]
    encoding = {"x": _axis("hour", "ordinal", title="hour, UTC"), "y": _axis("requests", "quantitative")}
    mark = {"type": "bar", "color": ACCENT}
    return _spec("Requests by hour of the day, UTC", values, width=WIDTH, mark=mark, encoding=encoding)


def waterfall(title: str, steps: Sequence[tuple[str, float, float, str]]) -> Spec:
    """Steps from the prior to the sum: label, start, end, tone."""
    values = [
        {"step": f"{number + 1}. {clean(label)}", "from": start, "to": end, "kind": tone}
        for number, (label, start, end, tone) in enumerate(steps)
    ]
    colours = {"domain": ["prior", "for", "against", "sum"], "range": [GREY, ACCENT, "#ffffff", INK]}
    encoding = {
        "y": _axis("step", "nominal", sort=None, title=None),
        "x": _axis("from", "quantitative", title="bits"),
        "x2": {"field": "to"},
        "color": _axis("kind", "nominal", scale=colours, title=None),
    }
    mark = {"type": "bar", "stroke": INK, "strokeWidth": 0.5}
    return _spec(title, values, width=WIDTH, mark=mark, encoding=encoding)


def left_out(title: str, rows: Sequence[tuple[str, float, bool]]) -> Spec:
    """What stands when a family is left out, and whether the rest passes the gates."""
    values = [
        {"family": clean(name), "links that stand": share, "still reported": "yes" if passes else "no"}
        for name, share, passes in rows
    ]
    encoding = {
        "y": _axis("family", "nominal", sort=None, title=None),
        "x": _axis("links that stand", "quantitative", scale={"domain": [0, 1]}, axis={"format": "%"}),
        "color": _axis(
            "still reported", "nominal", scale={"domain": ["yes", "no"], "range": [ACCENT, "#ffffff"]}
        ),
    }
    mark = {"type": "bar", "stroke": INK, "strokeWidth": 0.5}
    return _spec(title, values, width=WIDTH, mark=mark, encoding=encoding)


def network(title: str, nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]]) -> Spec:
    """Accounts at their places and the links between them."""
    place = {
        "x": _axis("x", "quantitative", axis=None),
        "y": _axis("y", "quantitative", axis=None, scale={"reverse": True}),
    }
    ends = {**place, "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    points = {
        **place,
        "shape": _axis(
            "role", "nominal", scale={"domain": ["core", "fringe"], "range": ["circle", "square"]}
        ),
        "tooltip": [_axis("account", "nominal"), _axis("role", "nominal")],
    }
    layer = [
        {
            "data": {"values": list(edges)},
            "mark": {"type": "rule", "color": GREY, "opacity": 0.5},
            "encoding": {**ends, "tooltip": [_axis("bits", "quantitative")]},
        },
        {
            "data": {"values": list(nodes)},
            "mark": {"type": "point", "filled": True, "color": ACCENT, "size": 60},
            "encoding": points,
        },
    ]
    return {"$schema": SCHEMA, "title": clean(title), "width": WIDTH, "height": 480, "layer": layer}
