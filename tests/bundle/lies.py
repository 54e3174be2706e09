"""What a forger who holds every key says of a group: each lie, and whether it changes a fact of the case.

A lie that is `settled` is followed by its counts and claims, computed from the units as they are then:
nothing in the bundle contradicts it, and only a re-run can tell.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linkage.bundle.checks.decided import NOT_BY_DATA
from tests.bundle.forger import VIEW, Forger

Lying = Callable[[Forger, str], None]
"""Changes a bundle on a group."""


@dataclass(frozen=True)
class Told:
    """A lie, the rung at which it fails (empty: at none), and words of the fault, or why it is harmless."""

    lie: Lying
    rung: str
    words: str
    after: Lying | None = None
    settled: bool = False
    withheld: tuple[str, ...] = ()
    """Classes of units that the view withholds before anything is forged."""

    def told(self, forger: Forger, group: str) -> None:
        """Tell it."""
        self.lie(forger, group)
        if self.settled:
            forger.settle(group)


def nothing(forger: Forger, group: str) -> None:
    """No lie: what follows in `after` is told by a file alone."""


def field(name: str, value: Any) -> Lying:
    """Another value of a field of the group."""

    def lie(forger: Forger, group: str) -> None:
        forger.change(f"group/{group}/{name}", value if callable(value) else lambda _: value)

    return lie


def claimed(method: str, of: str = "", /, **said: Any) -> Lying:
    """A claim that says something else."""

    def lie(forger: Forger, group: str) -> None:
        path = forger.claim(method, of)
        forger.change(path, lambda claim: {**claim, **said})

    return lie


def first(prefix: str, suffix: str, change: Callable[[Any], Any]) -> Lying:
    """Another value of the first unit of a kind."""

    def lie(forger: Forger, group: str) -> None:
        path = forger.paths(prefix.format(group=group), suffix)[0]
        forger.change(path, change)

    return lie


def each(prefix: str, suffix: str, change: Callable[[Any], Any]) -> Lying:
    """Another value of every unit of a kind."""

    def lie(forger: Forger, group: str) -> None:
        for path in forger.paths(prefix.format(group=group), suffix):
            forger[path] = change(forger[path])

    return lie


def swapped(prefix: str, suffix: str) -> Lying:
    """Two units of a kind with different values, each with the value of the other."""

    def lie(forger: Forger, group: str) -> None:
        one, *rest = forger.paths(prefix.format(group=group), suffix)
        other = next(path for path in rest if forger[path] != forger[one])
        forger[one], forger[other] = forger[other], forger[one]

    return lie


def hidden(prefix: str, suffix: str = "") -> Lying:
    """The first unit of a kind, not opened, and not withheld either."""

    def lie(forger: Forger, group: str) -> None:
        forger.hide(forger.paths(prefix.format(group=group), suffix)[0])

    return lie


def removed(prefix: str, suffix: str = "") -> Lying:
    """Units of a kind that were never sealed."""

    def lie(forger: Forger, group: str) -> None:
        paths = forger.paths(prefix.format(group=group), suffix)
        assert paths
        for path in paths:
            forger.remove(path)

    return lie


def both(*lies: Lying) -> Lying:
    """Several lies, one after another."""

    def lie(forger: Forger, group: str) -> None:
        for each_of_them in lies:
            each_of_them(forger, group)

    return lie


def file(name: str, change: Callable[[bytes], bytes]) -> Lying:
    """A file that says something else than its units."""

    def lie(forger: Forger, group: str) -> None:
        before = forger.files[name]
        forger.files[name] = change(before)
        assert forger.files[name] != before

    return lie


# --- members -------------------------------------------------------------------------------------


def innocent(forger: Forger, group: str) -> None:
    """Somebody who has nothing to do with it, as a core member."""
    account, member = "0" * 19 + "a", "0" * 19 + "b"
    forger[f"member/{group}/{member}/standing"] = ["1.000000", "core"]
    forger[f"account/{account}/name"] = "a050"
    forger[f"account/{account}/member"] = member


def innocent_alone(forger: Forger, group: str) -> None:
    """The same without a change of counts and claims."""
    forger[f"member/{group}/{'0' * 19}b/standing"] = ["1.000000", "core"]


def exonerated(forger: Forger, group: str) -> None:
    """A member left out, with everything that names him."""
    path = forger.paths(f"member/{group}/")[0]
    member = path.split("/")[2]
    of_accounts = forger.paths("account/", "/member")
    account = next(each.split("/")[1] for each in of_accounts if forger[each] == member)
    gone = [path, *(each for each in forger.paths() if each.split("/")[1] == account)]
    for ends in forger.paths(f"link/{group}/", "/ends"):
        if account in forger[ends]:
            gone += forger.paths(ends.removesuffix("ends"))
    for each_of_them in gone:
        forger.remove(each_of_them)


def throughout(lie: Lying, accounts: int) -> Lying:
    """A lie about who is a member, with every other number that tells how many there are."""

    def whole(forger: Forger, group: str) -> None:
        lie(forger, group)
        about = forger[f"group/{group}/examined"]
        links = len(forger.paths(f"link/{group}/", "/strength"))
        counts = {name: about[name] + accounts for name in ("accounts", "core")}
        more = forger[f"group/{group}/links"][0] + links - forger[f"group/{group}/units"]["link"]
        forger[f"group/{group}/examined"] = {**about, **counts, "links": more}
        tables = forger["run/outputs"]
        rows = {**tables["groups.parquet"], "rows": tables["groups.parquet"]["rows"] + accounts}
        forger["run/outputs"] = {**tables, "groups.parquet": rows}
        day, count = forger[f"group/{group}/registrations"][0]
        forger[f"group/{group}/registrations"] = [[day, count + accounts]]
        before, after = f"{about['accounts']} accounts", f"{about['accounts'] + accounts} accounts"
        forger[f"group/{group}/summary"] = forger[f"group/{group}/summary"].replace(before, after)
        forger[f"group/{group}/gates"] = [
            {**gate, "detail": gate["detail"].replace(before, after)}
            for gate in forger[f"group/{group}/gates"]
        ]
        taken = forger[f"group/{group}/taken"]
        score = {**taken["distillation"], "accounts": about["accounts"] + accounts}
        forger[f"group/{group}/taken"] = {**taken, "distillation": score}
        for path in forger.paths(f"template/{group}/", "/sent"):
            members, others, uses = forger[path]
            forger[path] = [members + min(accounts, 0), others, uses]

    return whole


innocent_throughout, exonerated_throughout = throughout(innocent, 1), throughout(exonerated, -1)


# --- links ---------------------------------------------------------------------------------------


def more_bits(text: str, more: float = 5.0) -> str:
    """A number of bits, raised."""
    return f"{float(text) + more:.6f}"


def stronger(*, overlapping: bool) -> Lying:
    """A link with more bits, in its weights and its sum: by a reason that says what it counts as, or not."""

    def lie(forger: Forger, group: str) -> None:
        for path in forger.paths(f"link/{group}/", "/reasons"):
            said = ["counted as" in row[1] for row in forger[path]]
            if overlapping in said:
                place, start = said.index(overlapping), path.removesuffix("reasons")
                break
        forger.change(f"{start}strength", lambda value: [more_bits(value[0]), value[1]])
        rows = [[*row] for row in forger[f"{start}weights"]]
        rows[place][2] = more_bits(rows[place][2])
        forger[f"{start}weights"] = rows

    return lie


def likelier(forger: Forger, group: str) -> None:
    """A prior that is more in favour, in every link."""
    forger.change("run/prior-bits", more_bits)
    each("link/{group}/", "/strength", lambda value: [more_bits(value[0]), value[1]])(forger, group)


def new_link(forger: Forger, group: str) -> None:
    """A link between two accounts that is none."""
    path = forger.paths(f"link/{group}/", "/strength")[0].removesuffix("strength")
    for name in ("strength", "weights", "reasons", "ends"):
        forger[f"link/{group}/{'c' * 20}/{name}"] = forger[path + name]


def links_swapped(forger: Forger, group: str) -> None:
    """Two links, each with the numbers of the other: all sums stay."""
    one, *rest = (path.removesuffix("strength") for path in forger.paths(f"link/{group}/", "/strength"))
    other = next(path for path in rest if forger[f"{path}weights"] != forger[f"{one}weights"])
    for name in ("strength", "weights", "reasons"):
        forger[one + name], forger[other + name] = forger[other + name], forger[one + name]


def ends_swapped(forger: Forger, group: str) -> None:
    """Two accounts who change places in every link."""
    one, other = (path.split("/")[1] for path in forger.paths("account/", "/name")[:2])
    names = {one: other, other: one}
    each("link/{group}/", "/ends", lambda value: [names.get(end, end) for end in value])(forger, group)


# --- points against ------------------------------------------------------------------------------


def no_points(forger: Forger, group: str) -> None:
    """Nothing speaks against the group."""
    for path in forger.paths(f"against/{group}/"):
        if not path.endswith("/count"):
            forger.remove(path)
    forger[f"group/{group}/decided"] = []


def nothing_found(forger: Forger, group: str) -> None:
    """The same, of an examination that found nothing."""
    no_points(forger, group)
    found = forger[f"group/{group}/examined"]
    forger[f"group/{group}/examined"] = {**found, "without_family": [], "agreement": []}


def last_point_gone(forger: Forger, group: str) -> None:
    """The last point against was never sealed."""
    last = forger.paths(f"against/{group}/", "/said")[-1].removesuffix("said")
    forger.remove(f"{last}said")
    forger.remove(f"{last}in-full")


def last_point_hidden(forger: Forger, group: str) -> None:
    """The last point against is not opened."""
    last = forger.paths(f"against/{group}/", "/said")[-1].removesuffix("said")
    forger.hide(f"{last}said")
    forger.hide(f"{last}in-full")


def last_point_withheld(forger: Forger, group: str) -> None:
    """The last point against is withheld, and the view says so."""
    last = forger.paths(f"against/{group}/", "/said")[-1].removesuffix("said")
    forger.withhold(f"{last}said", kind="against.said, redacted")
    forger.withhold(f"{last}in-full", kind="against.in-full, redacted")


def softened(forger: Forger, group: str) -> None:
    """The last point against, in words of no weight."""
    last = forger.paths(f"against/{group}/", "/said")[-1].removesuffix("said")
    for name in ("said", "in-full"):
        forger.change(f"{last}{name}", lambda said: "nothing of weight")


def only_claims(forger: Forger, group: str) -> None:
    """A view that opens what is claimed of the group, and nothing of the group itself."""
    for path in (*forger.paths(f"group/{group}/"), *forger.paths(f"against/{group}/")):
        forger.withhold(path)


def reordered(forger: Forger, group: str) -> None:
    """What a person decided, last."""
    paths = forger.paths(f"against/{group}/", "/said")
    said = [forger[path] for path in paths]
    for path, text in zip(paths, [*said[1:], said[0]], strict=True):
        forger[path] = text
        forger[path.replace("/said", "/in-full")] = text


def by_data(forger: Forger, group: str) -> None:
    """A group that a person confirmed, as one that its data carry."""
    (first_path, *_) = forger.paths(f"against/{group}/", "/said")
    assert forger[first_path].startswith(NOT_BY_DATA)
    rest = [forger[path] for path in forger.paths(f"against/{group}/", "/said")][1:]
    removed("against/{group}/", "")(forger, group)
    forger[f"against/{group}/count"] = len(rest)
    for number, said in enumerate(rest):
        forger[f"against/{group}/{number:03d}/said"] = said
        forger[f"against/{group}/{number:03d}/in-full"] = said
    forger[f"group/{group}/decided"] = []


def gates_passed(forger: Forger, group: str) -> None:
    """Every gate passed."""
    forger[f"group/{group}/gates"] = [{**gate, "passed": True} for gate in forger[f"group/{group}/gates"]]


# --- what the view says --------------------------------------------------------------------------


def of_view(**said: Any) -> Lying:
    """A view that says something else of itself."""
    return lambda forger, group: forger.view.update(said)


def view_file(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Lying:
    """The same once everything is derived."""

    def lie(forger: Forger, group: str) -> None:
        forger.files[VIEW] = json.dumps(change(json.loads(forger.files[VIEW]))).encode() + b"\n"

    return lie


def inflated(forger: Forger, group: str) -> None:
    """More members than were sealed, where nobody can count them."""
    forger.change(f"group/{group}/units", lambda units: {**units, "member": 5_000})
    path = forger.claim("count-members")
    forger.restate(path, value="5000", units=5_000)
    for method in ("count-core", "mean-membership"):
        forger.restate(forger.claim(method), units=5_000)


def inflated_with_decoys(forger: Forger, group: str) -> None:
    """The same, said of the withheld, too."""
    inflated(forger, group)
    forger.view["withheld"]["member.standing"]["units"] = 5_000


def unrunnable(path: str) -> Lying:
    """Without a unit that a re-run needs, and the view does not withhold it."""

    def lie(forger: Forger, group: str) -> None:
        forger.remove(path.format(group=group))

    return lie


def another_group(forger: Forger, group: str) -> None:
    """A member of a group of which the view says nothing."""
    forger[f"member/op-0000000000/{'e' * 20}/standing"] = ["1.000000", "core"]


def further_group(forger: Forger, group: str) -> None:
    """A view of a group of which nothing was sealed."""
    forger.view["groups"] = sorted([*forger.view["groups"], "op-0000000000"])


def claimed_twice(forger: Forger, group: str) -> None:
    """One number under two names."""
    name = f"c-{'0' * 12}"
    forger[f"claim/{name}/claim"] = {**forger[forger.claim("count-members")], "claim": name}


def seen_in_part(forger: Forger, group: str) -> None:
    """What one account did is withheld, and what another did is invented."""
    forger.withhold(forger.paths("seen/", "/ip")[0], kind="seen.ip, redacted")
    never_seen(forger, group)


def never_seen(forger: Forger, group: str) -> None:
    """An address that an account never had."""
    path = forger.paths("seen/", "/ip")[0]
    forger.change(path, lambda rows: [[rows[0][0], "203.0.113.9", *rows[0][2:]], *rows[1:]])


def other_salts(forger: Forger, group: str) -> None:
    """The same values under other salts."""
    for number, path in enumerate(forger.paths()):
        forger.listed.discard(forger._digest(path))
        forger.units[path] = (f"{number:032x}", forger[path])
        forger.listed.add(forger._digest(path))


def other_reason(forger: Forger, group: str) -> None:
    """Another reason for what is withheld."""
    forger.view["withheld"]["member.standing"]["reason"] = "on request"
