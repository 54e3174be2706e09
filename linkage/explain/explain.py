"""Why two accounts are linked: each line of evidence with its bits, its reason and the rows it rests on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from linkage.explain import html
from linkage.explain.differ import Difference, differences, differences_html
from linkage.explain.evidence_lines import Observation, evidence_line, is_linked
from linkage.schema import FAMILIES, EvidenceLine
from linkage.settings.explain import Pairs

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """What a case holds about two accounts: their row of `links` and their rows of `evidence`.

    `outcome` is what became of their common `group` (one of OUTCOMES). `observations` are those that the
    evidence rests on, by id; `held` all traits and values of each account
    (trait, value, family); `texts` the text of values that are ids. The last two are empty where not looked
    up.
    """

    left: str
    right: str
    link: Row | None
    evidence: Sequence[Row]
    observations: Mapping[str, Observation]
    group: str | None
    verdict: str | None
    outcome: str | None = None
    held: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NotCompared:
    """A family in which nothing could be compared, because `missing` have no observation in it. It is no
    evidence: it does not say that the two differ."""

    family: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """Two accounts and all their evidence. `log_odds` is the prior plus all `lines`; None without a link.
    `outcome` is what became of the `group` both are in, one of OUTCOMES: only `groups` is a finding.

    `other_priors` are the prior bits for operators of other sizes, by name. `compared` are the families in
    which both accounts are known, `not_compared` the others, `differences` the traits in which they hold no
    common value; all empty where that was not looked up.
    """

    left: str
    right: str
    prior_bits: float
    other_priors: Mapping[str, float]
    log_odds: float | None
    link_bits: float
    linked: bool
    families: tuple[str, ...]
    verdict: str | None
    group: str | None
    lines: tuple[EvidenceLine, ...]
    outcome: str | None = None
    compared: tuple[str, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    differences: tuple[Difference, ...] = ()
    observations: Mapping[str, Observation] = field(repr=False, default_factory=dict)

    @property
    def against(self) -> tuple[EvidenceLine, ...]:
        """The lines that speak for two operators, strongest first."""
        return tuple(sorted((line for line in self.lines if line.bits < 0), key=lambda line: line.bits))

    @property
    def silent(self) -> tuple[str, ...]:
        """Families in which the two were compared and nothing they share counts for or against a link."""
        speaking = {line.family for line in self.lines if line.bits}
        return tuple(family for family in self.compared if family not in speaking)

    def balance(self) -> tuple[float, float]:
        """Bits for one operator and bits against, the prior apart."""
        return (
            sum(line.bits for line in self.lines if line.bits > 0),
            sum(line.bits for line in self.lines if line.bits < 0),
        )

    def under_other_priors(self) -> dict[str, float]:
        """The log-odds of the same evidence if one looks for an operator of another size, by its name."""
        if self.log_odds is None:
            return {}
        evidence = self.log_odds - self.prior_bits
        return {name: evidence + prior for name, prior in self.other_priors.items()}

    def by_family(self) -> dict[str, float]:
        """Bits of each family, most first."""
        return family_bits(self.lines)

    def steps(self) -> list[dict[str, Any]]:
        """The waterfall: label, family, bits, and where the bar starts and ends."""
        steps, at = [], 0.0
        for label, family, bits in [
            ("prior", "prior", self.prior_bits),
            *((line.signal, line.family, line.bits) for line in self.lines),
        ]:
            steps.append({"label": label, "family": family, "bits": bits, "start": at, "end": at + bits})
            at += bits
        return steps

    def rows(self) -> list[dict[str, Any]]:
        """One row for each line of evidence, with both observations written out."""
        return [
            {
                **asdict(line),
                "left_seen": _plain(self.observations.get(line.left_observation or "")),
                "right_seen": _plain(self.observations.get(line.right_observation or "")),
            }
            for line in self.lines
        ]

    def waterfall(self) -> Any:
        """The steps as an Altair chart."""
        import altair

        steps = [
            {**step, "step": f"{number:02d} {step['label']}", "for": step["bits"] >= 0}
            for number, step in enumerate(self.steps())
        ]
        return (
            altair.Chart({"values": steps}, title=f"{self.left} and {self.right}")
            .mark_bar()
            .encode(
                x=altair.X("start:Q", title="bits, adding up from the left of each bar"),
                x2="end:Q",
                y=altair.Y("step:N", sort=None, title=None),
                color=altair.Color("family:N"),
                tooltip=["label:N", "family:N", altair.Tooltip("bits:Q", format="+.2f")],
            )
        )

    def _repr_html_(self) -> str:
        total = "no link" if self.log_odds is None else f"log-odds {self.log_odds:+.1f} bits"
        state = "linked" if self.linked else "not linked"
        group = html.line("both in ", self.group, f", {html.outcome(self.outcome)}") if self.group else ""
        families = ((family, f"{bits:+.1f}") for family, bits in self.by_family().items())
        counted = sorted((each for each in self.lines if each.bits), key=lambda each: -abs(each.bits))
        missing = (f"{each.family}: no data on {' or '.join(each.missing)}" for each in self.not_compared)
        return (
            html.line("", self.left, " and ", self.right, f": {state}, {total}, prior {self.prior_bits:+.1f}")
            + group
            + html.table(("family", "bits"), families)
            + html.table(("bits", "signal", "value", "why", "rows"), map(_html_row, counted))
            + html.folded("differences", differences_html(self.left, self.right, self.differences))
            + html.folded("not compared", html.points(missing))
        )


def _html_row(each: EvidenceLine) -> tuple[object, ...]:
    shown = html.value(each.value, each.text)
    where = ", ".join(filter(None, (each.left_source, each.right_source)))
    return f"{each.bits:+.1f}", each.signal, shown, each.detail, where


def explain(pair: Pair, run: Row) -> Explanation:
    """The explanation of two accounts; `run` is the receipt, which holds prior, threshold and meanings."""
    scoring, meanings = run.get("scoring", {}), run.get("signals", {})
    link_bits = float(run.get("settings", {}).get("links", {}).get("link_bits", 0.0))
    log_odds = pair.link["log_odds"] if pair.link else None
    lines = [_line(row, meanings, pair) for row in pair.evidence]
    compared, silent = _by_family(pair)
    held = [pair.held.get(side, ()) for side in (pair.left, pair.right)]
    return Explanation(
        left=pair.left,
        right=pair.right,
        prior_bits=float(scoring.get("prior_bits", 0.0)),
        other_priors=_other_priors(scoring),
        log_odds=log_odds,
        link_bits=link_bits,
        linked=is_linked(log_odds, link_bits, pair.verdict),
        families=tuple(pair.link["families"] or ()) if pair.link else (),
        verdict=pair.verdict,
        group=pair.group,
        outcome=pair.outcome,
        lines=tuple(_in_reading_order(lines)),
        compared=tuple(compared),
        not_compared=tuple(silent),
        differences=tuple(differences(held[0], held[1], pair_settings(run))),
        observations=pair.observations,
    )


def pair_settings(run: Row) -> Pairs:
    """The settings under which a case answers about two accounts; the defaults where it was made without."""
    return Pairs.model_validate(run.get("settings", {}).get("explain", {}).get("pairs", {}))


def _by_family(pair: Pair) -> tuple[list[str], list[NotCompared]]:
    """Families in which both are known, and the others with who is not."""
    held = [{row["family"] for row in pair.held.get(side, ())} for side in (pair.left, pair.right)]
    compared, silent = [], []
    for family in (*FAMILIES, *sorted(held[0].union(held[1]) - set(FAMILIES))) if pair.held else ():
        missing = [side for side, own in zip((pair.left, pair.right), held, strict=True) if family not in own]
        if missing:
            silent.append(NotCompared(family, tuple(missing)))
        else:
            compared.append(family)
    return compared, silent


def _other_priors(scoring: Row) -> dict[str, float]:
    """The receipt's `small_operator_prior_bits` and its like, as `small operator`."""
    ending = "_operator_prior_bits"
    return {
        f"{name.removesuffix(ending)} operator": float(bits)
        for name, bits in sorted(scoring.items())
        if name.endswith(ending) and bits is not None
    }


def family_bits(lines: Iterable[EvidenceLine]) -> dict[str, float]:
    """Bits added up by family, most first."""
    totals: dict[str, float] = {}
    for line in lines:
        totals[line.family] = totals.get(line.family, 0.0) + line.bits
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))


def _in_reading_order(lines: list[EvidenceLine]) -> list[EvidenceLine]:
    rank = {family: place for place, family in enumerate(family_bits(lines))}
    return sorted(lines, key=lambda line: (rank[line.family], -line.bits, line.signal, line.value))


def _line(row: Row, meanings: Row, pair: Pair) -> EvidenceLine:
    sources = [
        pair.observations[key].where if key in pair.observations else None
        for key in (row["left_observation"], row["right_observation"])
    ]
    return replace(
        evidence_line(row, pair.texts, meanings),
        left_observation=row["left_observation"],
        right_observation=row["right_observation"],
        left_source=sources[0],
        right_source=sources[1],
    )


def _plain(observation: Observation | None) -> dict[str, Any] | None:
    return asdict(observation) if observation else None
