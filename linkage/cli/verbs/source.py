"""The verbs that run the program itself: investigate, demo, settings, doctor."""

from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.screen.output import Format, SettingsFormat
from linkage.cli.verbs.options import Output, Quiet, SettingsFile, Who, call, declare

CaseOption = Annotated[
    Path, typer.Option("--case", metavar="DIR", help="Folder to write the case to.", show_default=False)
]


def investigate(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Files or folders with log tables, or a Neo4j database: neo4j://host:7687/name.",
            show_default=False,
        ),
    ],
    case: CaseOption,
    settings: SettingsFile = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="NAME", help="Log format, where several fit: doctor --formats.")
    ] = "",
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Use rows from this time on, such as 2026-05-04.")
    ] = "",
    until: Annotated[str, typer.Option(metavar="TIME", help="Use rows before this time.")] = "",
    engine: Annotated[str | None, typer.Option(help="Engine for relational work: duckdb.")] = None,
    budget: Annotated[
        str, typer.Option(help="Limits on time and memory, such as 30m,12GB. Past a limit: exit code 6.")
    ] = "",
    seed: Annotated[int | None, typer.Option(help="Seed of all random choices.")] = None,
    indicators: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Trait values of known operators: a table or a STIX 2.1 bundle. Repeatable."
        ),
    ] = None,
    known: Annotated[
        list[Path] | None,
        typer.Option(metavar="CASE", help="Earlier case whose groups are compared with these. Repeatable."),
    ] = None,
    exchange_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Key to read indicators that a partner shared as keyed digests."),
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help="Exit with code 10 if groups are found.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over, whatever a run that was stopped has stored.")
    ] = False,
    keep_stages: Annotated[
        bool,
        typer.Option("--keep-stages", help="Keep stored stages: another setting then costs its own."),
    ] = False,
    output: Output = Format.table,
    who: Who = "",
    quiet: Quiet = False,
) -> int:
    """Find the groups in log tables and write a case folder."""
    changes: dict[str, Any] = {"engine": engine, "seed": seed}
    reading = {"format": format_, "since": since, "until": until}
    changes["runs"] = {
        name: True for name, given in (("fresh", fresh), ("keep", keep_stages)) if given
    } or None
    changes["ingest"] = {name: value for name, value in reading.items() if value} or None
    changes = {name: value for name, value in changes.items() if value is not None}
    return call(
        "investigate",
        sources=sources,
        case=case,
        settings=settings,
        changes=changes,
        budget=budget,
        indicators=indicators or (),
        known=known or (),
        exchange_key=exchange_key,
        fail_on_findings=fail_on_findings,
        output=output,
        who=who,
        quiet=quiet,
    )


def demo(
    case: Annotated[Path, typer.Option("--case", metavar="DIR", help="Folder to write the case to.")] = Path(
        "cases/demo"
    ),
    quiet: Quiet = False,
) -> int:
    """Run an investigation on the sample logs and explain one link."""
    return call("demo", case=case, quiet=quiet)


def settings(
    settings: SettingsFile = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only the settings that differ from their default.")
    ] = False,
    output: Annotated[
        SettingsFormat, typer.Option("--output", help="Format on stdout; markdown is a documentation page.")
    ] = SettingsFormat.table,
) -> int:
    """List all settings: value, default, meaning, source, effect."""
    return call("settings", file=settings, changed=changed, output=output)


def doctor(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE|CASE", help="Show what is recognised in it, and the signals it can support."
        ),
    ] = None,
    settings: SettingsFile = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="NAME", help="Log format, where several fit.")
    ] = "",
    formats: Annotated[bool, typer.Option("--formats", help="List the log formats that are read.")] = False,
    cost: Annotated[
        bool,
        typer.Option("--cost", help="Predict rows, seconds, memory and disk of each stage for the source."),
    ] = False,
    output: Output = Format.table,
) -> int:
    """Check the installation and, if given, a source or a case."""
    if formats:
        return call("formats", output=output)
    return call("doctor", source=source, settings=settings, log_format=format_, cost=cost, output=output)


def register(program: typer.Typer) -> None:
    """Add these verbs."""
    declare(
        program,
        investigate,
        "linkage investigate sessions.csv prompts.ndjson.gz --case cases/spring --seed 7 --output json",
        "linkage investigate neo4j+s://graph.example:7687 --case cases/summer --settings linkage.toml",
    )
    declare(program, demo, "linkage demo", "linkage demo --case cases/first")
    declare(program, settings, "linkage settings", "linkage settings --settings linkage.toml --changed")
    declare(program, doctor, "linkage doctor fixtures/case --cost", "linkage doctor --formats")
