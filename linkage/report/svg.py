"""Static pictures: shapes with tones, written as SVG for a page with a style sheet or for one without."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape

INK, FAINT, RULE, ACCENT, PAPER = "#1b1f24", "#59626d", "#c4cad2", "#1f5a96", "#ffffff"

TONES: dict[str, Mapping[str, str]] = {
    "for": {"fill": ACCENT},
    "against": {"fill": PAPER, "stroke": INK, "stroke-width": "1.2"},
    "prior": {"fill": "#9aa3ae"},
    "sum": {"fill": INK},
    "rule": {"stroke": RULE, "stroke-width": "1", "fill": "none"},
    "axis": {"stroke": INK, "stroke-width": "1", "fill": "none"},
    "join": {"stroke": FAINT, "stroke-width": "1", "stroke-dasharray": "2 2", "fill": "none"},
    "label": {"fill": INK, "font-size": "12"},
    "quiet": {"fill": FAINT, "font-size": "11"},
    "number": {"fill": INK, "font-size": "12", "text-anchor": "end"},
    "quiet-end": {"fill": FAINT, "font-size": "11", "text-anchor": "end"},
    "quiet-middle": {"fill": FAINT, "font-size": "11", "text-anchor": "middle"},
    "core": {"fill": ACCENT, "stroke": PAPER, "stroke-width": "1"},
    "fringe": {"fill": PAPER, "stroke": INK, "stroke-width": "1.4"},
    "link-0": {"stroke": "#c4cad2", "stroke-width": "0.6", "fill": "none"},
    "link-1": {"stroke": "#98a2ae", "stroke-width": "0.9", "fill": "none"},
    "link-2": {"stroke": "#59626d", "stroke-width": "1.4", "fill": "none"},
    "heat-0": {"fill": "#f1f3f6"},
    "heat-1": {"fill": "#d3e0ef"},
    "heat-2": {"fill": "#a5c2e0"},
    "heat-3": {"fill": "#6f9ccb"},
    "heat-4": {"fill": "#3d76af"},
    "heat-5": {"fill": "#123f70"},
}
"""Each tone with its looks on white paper; a page's style sheet gives them again, for light and dark."""

WIDE, NARROW = 720, 344
"""Width of a drawing, and of the same for a telephone: there its texts keep their size."""

MARGIN = 2
"""Around the shapes, on paper."""


@dataclass(frozen=True)
class Shape:
    """One element: its attributes, its tone, a text of its own, and what is said when it is pointed at."""

    tag: str
    attributes: Mapping[str, object]
    tone: str
    text: str = ""
    title: str = ""


@dataclass(frozen=True)
class Drawing:
    """Shapes on a plane of so many units."""

    width: int
    height: int
    shapes: Sequence[Shape] = field(default_factory=tuple)


def rect(x: float, y: float, size: tuple[float, float], tone: str, *, title: str = "") -> Shape:
    """A rectangle; `size` is width and height."""
    return Shape("rect", {"x": x, "y": y, "width": size[0], "height": size[1]}, tone, title=title)


def line(start: tuple[float, float], end: tuple[float, float], tone: str) -> Shape:
    """A straight line."""
    return Shape("line", {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}, tone)


def text(x: float, y: float, said: str, tone: str) -> Shape:
    """A text; the tone says which of its ends stands at `x`."""
    return Shape("text", {"x": x, "y": y}, tone, said)


def path(steps: str, tone: str, *, opacity: float = 1.0) -> Shape:
    """A path, which lets through what lies beneath it where `opacity` is under 1."""
    return Shape("path", {"d": steps, "stroke-opacity": max(opacity, 0.3)}, tone)


def with_classes(drawing: Drawing) -> str:
    """What stands inside the SVG of a page: tones are classes of its style sheet."""
    return "".join(_written(each, {"class": each.tone}) for each in drawing.shapes)


def on_paper(drawing: Drawing, drawn: Callable[[str], str]) -> str:
    """A whole SVG without a style sheet, as print has it; `drawn` makes texts such as its typeface has."""
    shapes = (
        _written(replace(each, text=drawn(each.text), title=""), TONES[each.tone]) for each in drawing.shapes
    )
    box = f"{-MARGIN} {-MARGIN} {drawing.width + 2 * MARGIN} {drawing.height + 2 * MARGIN}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="Libertinus Serif">'
    return "".join([head, *shapes, "</svg>"])


def _written(shape: Shape, looks: Mapping[str, object]) -> str:
    attributes = "".join(_attributes({**looks, **shape.attributes}))
    title = f"<title>{escape(shape.title, quote=False)}</title>" if shape.title else ""
    return f"<{shape.tag}{attributes}>{title}{escape(shape.text, quote=False)}</{shape.tag}>"


def _attributes(named: Mapping[str, object]) -> Iterable[str]:
    for name, value in named.items():
        said = short(value) if isinstance(value, float) else str(value)
        yield f' {name}="{escape(said)}"'


def short(value: float) -> str:
    """A place on the plane, with no more digits than anybody sees."""
    return "0" if abs(value) < 0.005 else f"{value:.2f}".rstrip("0").rstrip(".")
