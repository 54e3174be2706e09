import csv
import inspect
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from linkage.cli.verbs.lab import simulate as offered
from linkage.errors import UsageError
from linkage.lab.cohorts.cohort import Cohort
from linkage.lab.drawn_profiles import DRAWN, HYGIENE, WAYS, cast_of
from linkage.lab.profiles import PROFILES
from linkage.lab.ranges import Range
from linkage.lab.simulate import simulate
from linkage.schema import SOURCES
from tests.conftest import ROOT
from tests.lab.made import Made, load

SEEDS = (1, 2)
COHORTS = {
    "course": "course",
    "hackathon": "hackathon",
    "deadline": "deadline",
    "tutorial": "tutorial",
    "platform": "platform",
    "framework": "framework",
    "hijack": "hijacked",
}
OPERATORS = ("drip", "one-exit", "sticky")
DAY = 86_400


class Gallery:
    """Each class at each seed, made when it is asked for and once."""

    def __init__(self, root: Path) -> None:
        self.root, self.made = root, dict[tuple[str, int], Made]()

    def __call__(self, name: str, seed: int) -> Made:
        if (name, seed) not in self.made:
            out = self.root / f"{name} {seed}"
            self.made[name, seed] = load(
                simulate(out, profile=name, accounts=1_500, interactions=18_000, seed=seed)
            )
        return self.made[name, seed]


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    return Gallery(tmp_path_factory.mktemp("drawn"))


def members(made: Made, kind: str) -> set[str]:
    return {account for account, each in made.kinds.items() if each == kind}


def holders(made: Made, who: set[str], column: str, table: str = "interactions") -> dict[object, set[str]]:
    """The accounts among `who` that show each value."""
    held: dict[object, set[str]] = defaultdict(set)
    for account, value in made.rows(table, "account", column):
        if account in who and value is not None:
            held[value].add(account)
    return held


def knobs(made: Made) -> dict:
    (cohort,) = made.about["cohorts"]
    return cohort["knobs"]


# --- all classes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", list(DRAWN))
def test_every_class_is_made_among_ordinary_people(gallery: Gallery, name: str, seed: int) -> None:
    made = gallery(name, seed)
    assert len(made.truth) == 1_500 and len(made.tables["interactions"]) == 18_000
    for table, rows in made.tables.items():
        assert set(rows.column_names) <= set(SOURCES[table].columns)
    created = dict(made.rows("accounts", "account", "created_at"))
    for table in ("sessions", "payments", "interactions"):
        assert all(at >= created[who] for who, at in made.rows(table, "account", "at")), table
    assert made.about["profile"] == name and made.about["why"] == DRAWN[name].why
    ordinary = [kind for kind in made.kinds.values() if kind not in {*COHORTS.values(), "operator"}]
    assert len(ordinary) > 0.7 * 1_500


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "kind"), COHORTS.items())
def test_a_cohort_is_innocent_and_named(gallery: Gallery, name: str, kind: str, seed: int) -> None:
    made = gallery(name, seed)
    assert not any(made.truth.values()) and made.about["operators"] == []
    (cohort,) = made.about["cohorts"]
    assert cohort["kind"] == kind and cohort["accounts"] == len(members(made, kind)) >= 8


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_is_in_the_truth(gallery: Gallery, name: str, seed: int) -> None:
    made = gallery(name, seed)
    (operator,) = made.about["operators"]
    assert "cohorts" not in made.about
    sizes = Counter(operator for operator in made.truth.values() if operator)
    assert sizes == {"operator 1": operator["accounts"]} and operator["accounts"] >= 8
    work = Counter(part for _, part in made.sent.values())
    assert sum(work.values()) == operator["interactions"] and work["work"] > 0


@pytest.mark.parametrize("name", list(DRAWN))
def test_the_same_seed_draws_the_same_and_another_seed_other_knobs(name: str) -> None:
    assert cast_of(name, 1) == cast_of(name, 1)
    casts = [cast_of(name, seed) for seed in range(12)]
    drawn = [[vars(cohort) for cohort in cast.cohorts] or vars(cast.profile.operators[0]) for cast in casts]
    assert all(one != other for n, one in enumerate(drawn) for other in drawn[:n])


@pytest.mark.parametrize("name", ["hijack", "sticky", "course"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    for folder in ("a", "b"):
        simulate(tmp_path / folder, profile=name, accounts=400, interactions=3_000, seed=3)
    files = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert len(files) == 8
    assert all((tmp_path / "a" / each).read_bytes() == (tmp_path / "b" / each).read_bytes() for each in files)


def test_knobs_stay_within_their_ranges_and_fill_them() -> None:
    for name in COHORTS:
        values = defaultdict(list)
        for seed in range(60):
            (cohort,) = cast_of(name, seed).cohorts
            assert isinstance(cohort, Cohort)
            for knob, value in cohort.knobs.items():
                limits: Range = type(cohort).__dataclass_fields__[knob].metadata["within"]
                assert limits.least - 0.5 <= value <= limits.most + 0.5, (name, knob)
                values[knob].append((value - limits.least) / (limits.most - limits.least))
        assert all(max(drawn) - min(drawn) > 0.6 for drawn in values.values()), name


def test_one_seed_does_not_make_everything_large_or_small() -> None:
    shares = np.array(
        [[cast_of(name, seed).cohorts[0].share for name in ("course", "platform")] for seed in range(80)]
    )
    assert abs(np.corrcoef(np.log(shares).T)[0, 1]) < 0.35


def test_operators_draw_every_knob_and_every_way() -> None:
    drawn = [cast_of("sticky", seed).profile.operators[0].hygiene for seed in range(80)]
    for knob, limits in HYGIENE.items():
        values = [getattr(each, knob) for each in drawn]
        assert limits.least - 0.5 <= min(values) < max(values) <= limits.most + 0.5, knob
    for knob, ways in WAYS.items():
        assert {getattr(each, knob) for each in drawn} == (
            {"residential"} if knob == "address" else set(ways)
        )


def test_names_of_fixed_and_drawn_profiles_are_offered_together() -> None:
    assert not set(PROFILES) & set(DRAWN)
    assert cast_of("mixed", 5).profile is PROFILES["mixed"] and cast_of("mixed", 5).cohorts == ()
    with pytest.raises(UsageError) as caught:
        cast_of("hard", 1)
    assert "careful" in caught.value.hint and "one-exit" in caught.value.hint


def test_help_and_documentation_name_every_profile() -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text("utf-8")
    choice = inspect.signature(offered, eval_str=True).parameters["profile"].annotation.__metadata__[0].help
    for name in (*PROFILES, *DRAWN):
        assert f"`{name}`" in page
        assert re.search(rf"\b{name}\b", choice), name


# --- what each class shows ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_students_repeat_each_others_items_and_live_their_own_lives(gallery: Gallery, seed: int) -> None:
    made = gallery("course", seed)
    students = members(made, "course")
    repeated = {text: who for text, who in holders(made, students, "prompt").items() if len(who) >= 3}
    assert len(repeated) >= 5 and len(set.union(*repeated.values())) > 0.7 * len(students)
    shared = [who for who in holders(made, students, "ip").values() if len(who) >= 3]
    assert shared and len(holders(made, students, "ip")) > len(students)
    assert max(map(len, holders(made, students, "fingerprint", "payments").values())) == 1
    assert len(holders(made, students, "device", "sessions")) > 0.9 * len(students)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_class_room_is_used_at_its_hours_only(gallery: Gallery, seed: int) -> None:
    made = gallery("course", seed)
    students = members(made, "course")
    rooms = {ip for ip, who in holders(made, students, "ip").items() if len(who) >= 4}
    at_campus = [
        at
        for who, at, ip in made.rows("interactions", "account", "at", "ip")
        if who in students and ip in rooms
    ]
    hours = Counter(int(at.timestamp() // 3_600 % (7 * 24)) for at in at_campus)
    # A sitting begins within the hour of a lesson and may last into the next two.
    used = sum(count for _, count in hours.most_common(3 * knobs(made)["lessons"]))
    assert at_campus and used > 0.9 * len(at_campus)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hackathon_is_a_weekend_in_which_teams_have_their_own_projects(gallery: Gallery, seed: int) -> None:
    made = gallery("hackathon", seed)
    people = members(made, "hackathon")
    busy = {(who, at.date()) for who, at in made.rows("interactions", "account", "at") if who in people}
    days = Counter(day for _, day in busy)
    weekend = sorted(day for day, _ in days.most_common(2))
    assert (weekend[1] - weekend[0]).days <= 2 and days[weekend[0]] > 0.3 * len(people)
    created = [at.date() for who, at in made.rows("accounts", "account", "created_at") if who in people]
    assert np.mean([abs((day - weekend[0]).days) <= 10 for day in created]) > 0.4
    cards = holders(made, people, "bin", "payments")
    assert max(map(len, cards.values())) > 0.15 * len(people)
    rooms = [len(who) for who in holders(made, people, "ip").values()]
    assert max(rooms) > 3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_harness_sends_the_same_items_for_everybody(gallery: Gallery, seed: int) -> None:
    made = gallery("deadline", seed)
    users = members(made, "deadline")
    repeated = [who for who in holders(made, users, "prompt").values() if len(who) >= 3]
    assert len(repeated) >= 10 and len(set.union(*repeated)) > 0.8 * len(users)
    agent = max(holders(made, users, "user_agent").items(), key=lambda pair: len(pair[1]))
    assert "-eval/" in str(agent[0]) and len(agent[1]) >= 0.35 * len(users)
    assert max(map(len, holders(made, users, "fingerprint", "payments").values())) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_readers_copy_a_public_text_from_everywhere(gallery: Gallery, seed: int) -> None:
    made = gallery("tutorial", seed)
    readers = members(made, "tutorial")
    text, copied = max(holders(made, readers, "prompt").items(), key=lambda pair: len(pair[1]))
    assert len(str(text)) > 20 and len(copied) > 0.5 * len(readers)
    assert len(holders(made, readers, "country", "accounts")) > 5
    referrer = Counter(text for who, text in made.rows("accounts", "account", "referrer") if who in readers)
    assert any(str(link).endswith("/watch") for link in referrer)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_platform_has_one_way_out_and_as_many_domains_as_tenants(gallery: Gallery, seed: int) -> None:
    made = gallery("platform", seed)
    tenants = members(made, "platform")
    used = Counter(
        ip for who, ip in made.rows("interactions", "account", "ip") if who in tenants
    ).most_common(knobs(made)["egress"])
    sent = sum(who in tenants for (who,) in made.rows("interactions", "account"))
    assert sum(count for _, count in used) > 0.75 * sent
    assert len(holders(made, tenants, "email_domain", "accounts")) > 0.8 * len(tenants)
    assert max(map(len, holders(made, tenants, "billing_hash", "payments").values())) == 1
    prompts = holders(made, tenants, "prompt")
    assert sum(len(who) == 1 for who in prompts.values()) > 0.9 * len(prompts)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_framework_shows_one_long_system_prompt_and_nothing_else_in_common(
    gallery: Gallery, seed: int
) -> None:
    made = gallery("framework", seed)
    users = members(made, "framework")
    systems = {
        text: who
        for text, who in holders(made, users, "system_prompt").items()
        if "an agent that" in str(text)
    }
    assert 1 <= len(systems) <= knobs(made)["versions"] and len(set.union(*systems.values())) > 0.7 * len(
        users
    )
    assert all(len(str(text).split()) > 80 for text in systems)
    assert len(holders(made, users, "ip")) > len(users)
    assert len({made.kinds[who] for who in made.truth} - {"framework"}) > 4


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hijacked_account_has_an_older_life_elsewhere(gallery: Gallery, seed: int) -> None:
    made = gallery("hijack", seed)
    taken = members(made, "hijacked")
    assert {part for _, part in made.sent.values()} == {"work"}
    own, used = defaultdict(list), defaultdict(list)
    for who, at, which, ip, agent in made.rows(
        "interactions", "account", "at", "interaction", "ip", "user_agent"
    ):
        if who in taken:
            (used if which in made.sent else own)[who].append((at, ip, agent))
    assert used.keys() == taken and len(made.sent) == sum(map(len, used.values()))
    longest = knobs(made)["days"] + 1
    older = 0
    for who, rows in used.items():
        begun = min(at for at, _, _ in rows)
        assert (max(at for at, _, _ in rows) - begun).total_seconds() < longest * DAY
        past = [row for row in own[who] if row[0] < begun]
        older += bool(past)
        assert not {ip for _, ip, _ in past} & {ip for _, ip, _ in rows}
        created = dict(made.rows("accounts", "account", "created_at"))[who]
        assert (begun - created).days >= 14
    assert older > 0.7 * len(taken)
    assert len({agent for rows in used.values() for _, _, agent in rows}) == 1


def test_devices_of_the_operator_are_new_to_a_hijacked_account(gallery: Gallery) -> None:
    made = gallery("hijack", 1)
    taken = members(made, "hijacked")
    shared = [who for who in holders(made, taken, "device", "sessions").values() if len(who) > 1]
    assert 1 <= len(shared) <= knobs(made)["machines"]


@pytest.mark.parametrize("seed", SEEDS)
def test_accounts_of_a_drip_live_for_days_over_a_long_span(gallery: Gallery, seed: int) -> None:
    made = gallery("drip", seed)
    moments = defaultdict(list)
    for who, at in made.of("operator 1", "interactions", "at"):
        moments[who].append(at.timestamp())
    lives = [max(at) - min(at) for at in moments.values()]
    assert np.median(lives) < 6 * DAY
    everything = [at for each in moments.values() for at in each]
    assert max(everything) - min(everything) > 40 * DAY


@pytest.mark.parametrize("seed", SEEDS)
def test_each_credential_has_one_exit_of_its_own(gallery: Gallery, seed: int) -> None:
    made = gallery("one-exit", seed)
    crew = {who for who, operator in made.truth.items() if operator}
    exits = holders(made, crew, "ip")
    assert max(map(len, exits.values())) == 1
    active = {who for each in exits.values() for who in each}
    assert len(exits) == len(active) > 0.9 * len(crew)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sticky_account_keeps_its_exit_but_for_outages(gallery: Gallery, seed: int) -> None:
    made = gallery("sticky", seed)
    crew = {who for who, operator in made.truth.items() if operator}
    used: dict[str, Counter] = defaultdict(Counter)
    for who, ip in made.rows("interactions", "account", "ip"):
        if who in crew:
            used[who][ip] += 1
    usual = {who: counts.most_common(1)[0] for who, counts in used.items()}
    stay = sum(count for _, count in usual.values()) / sum(sum(counts.values()) for counts in used.values())
    assert 0.6 < stay < 1.0
    assert max(Counter(ip for ip, _ in usual.values()).values()) >= 2
    assert any(len(counts) > 1 for counts in used.values())
    pool = made.about["operators"][0]["exits"]
    assert len({ip for counts in used.values() for ip in counts}) <= len(crew) / pool["accounts_per_exit"] + 6


def test_about_tells_the_knobs_of_exits_and_drips(gallery: Gallery) -> None:
    assert gallery("drip", 1).about["operators"][0]["drip"]["life_days"] > 1
    assert gallery("sticky", 1).about["operators"][0]["exits"]["accounts_per_exit"] > 1
    with (gallery("drip", 1).simulation.out / "about.json").open() as file:
        assert "pool" not in json.load(file)["operators"][0]
    with (gallery("hijack", 1).simulation.out / "kinds.csv").open(newline="") as file:
        assert "hijacked" in {row["kind"] for row in csv.DictReader(file)}
