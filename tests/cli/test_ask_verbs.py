"""The verbs that ask a case: what they print, as a page and for programs."""

import csv
import io
import json
from html import unescape
from pathlib import Path

import pytest

from tests import made_case
from tests.conftest import Command
from tests.made_case import FAMILY, GROUP, HOME, OPERATOR

STRANGE = "acct\u202e\x1b[31m" + "x" * 60
"""An account id that turns text around and colours the screen."""


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines as wide as where nobody looks on, whatever ran before."""
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case made by hand, one account of which has a hostile and long id."""
    made = made_case.tables()
    for rows in made.values():
        for row in rows:
            for column in ("account", "left", "right"):
                if row.get(column) == "lone_2":
                    row[column] = STRANGE
    return made_case.write(tmp_path_factory.mktemp("strange") / "case", made)


# --- who -----------------------------------------------------------------------------------------


def test_who_lists_holders_with_their_groups(linkage: Command, made: Path) -> None:
    code, out, _ = linkage("who", made, "country=SE")
    assert code == 0
    assert "8 accounts have country=SE: 6 in reported groups, 2 in no group." in out
    assert [each.split()[0] for each in out.splitlines() if GROUP in each] == OPERATOR
    assert "a reason to look, no accusation" in " ".join(out.split())


def test_who_of_several_values(linkage: Command, made: Path) -> None:
    _, both, _ = linkage("who", made, "country=SE", "fingerprint=card_1", "--output", "ndjson")
    assert [json.loads(each)["account"] for each in both.splitlines()] == OPERATOR
    _, either, _ = linkage(
        "who", made, "fingerprint=card_2", "fingerprint=card_1", "--any", "--output", "csv"
    )
    rows = list(csv.DictReader(io.StringIO(either)))
    assert [row["account"] for row in rows] == [*OPERATOR, *FAMILY]
    assert {row["outcome"] for row in rows} == {"groups", "explained"}


def test_who_says_which_of_several_values_an_account_has(linkage: Command, made: Path) -> None:
    _, traits, _ = linkage("who", made, "country=SE", "fingerprint=card_1", "--any")
    [row] = [each for each in traits.splitlines() if each.startswith(OPERATOR[0])]
    assert row.endswith("   2026-03-01…03-04   country, fingerprint") and "   reported group   " in row
    _, values, _ = linkage("who", made, "fingerprint=card_2", "fingerprint=card_1", "--any")
    [row] = [each for each in values.splitlines() if each.startswith(OPERATOR[0])]
    assert row.endswith(" card_1")


def test_who_has_nobody(linkage: Command, made: Path) -> None:
    code, out, _ = linkage("who", made, "country=NO")
    assert code == 0
    assert "No account has country=NO." in out
    assert json.loads(linkage("who", made, "country=NO", "--output", "json")[1])["rows"] == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("who", "CASE", "cuntry=SE"), "nearest: country"),
        (("who", "CASE", "SE"), "is no TRAIT=VALUE"),
        (("account", "CASE", "acct_99"), "nearest: acct_0"),
        (("account", "CASE", "12345"), "linkage who CASE TRAIT=VALUE"),
    ],
)
def test_what_the_case_does_not_know_is_a_usage_error(
    linkage: Command, made: Path, given: tuple[str, ...], told: str
) -> None:
    code, out, err = linkage(*(str(made) if each == "CASE" else each for each in given))
    assert (code, out) == (2, "")
    assert told in err


def test_an_id_is_never_cut_and_never_acts(linkage: Command, strange: Path) -> None:
    for given in (("who", strange, "country=SE"), ("account", strange, STRANGE)):
        code, out, _ = linkage(*given)
        assert code == 0
        assert "\u202e" not in out and "\x1b" not in out
        shown = "".join(out.split())
        assert "acct\\u{202e}\\u{1b}[31m" in shown
        assert shown.count("x" * 60) or shown.count("x") >= 60


def test_a_case_that_leaves_rows_out_says_so(linkage: Command, tmp_path: Path) -> None:
    run = made_case.receipt()
    run["population"]["observations"] = 10_000
    case = made_case.write(tmp_path / "case", None, run)
    for given in (("who", case, "country=SE"), ("account", case, OPERATOR[0])):
        assert "leaves out what one account alone has" in " ".join(linkage(*given)[1].split()), given


# --- account -------------------------------------------------------------------------------------


def test_account_has_group_partners_reasons_and_gaps(linkage: Command, made: Path) -> None:
    code, out, _ = linkage("account", made, OPERATOR[5])
    assert code == 0
    for told in (
        f"fringe of reported group {GROUP} (6 accounts), in it in 60% of resampled runs",
        "Linked with 5 accounts: 5 in its group, 0 outside it",
        "Reasons, over its 5 links",
        "What speaks against, over its 5 links",
        "The group as a whole",
        "evidence thin",
        "8 more points against the group",
        f"all of it: linkage show CASE {GROUP}",
        "card_1",
        f"“{made_case.SENTENCE}”",
        "the weakest member",
        "no observation in: network, device, timing, lineage",
        f"linkage explain CASE {OPERATOR[5]} {OPERATOR[0]}",
    ):
        assert told in " ".join(out.split()), told


def test_account_of_somebody_in_no_group(linkage: Command, made: Path) -> None:
    _, out, _ = linkage("account", made, "lone_1")
    assert "in no group" in out
    assert "Linked with no account" in out
    assert "so it is not reported" in out


def test_account_for_programs(linkage: Command, made: Path) -> None:
    said = json.loads(linkage("account", made, OPERATOR[5], "--output", "json")[1])
    assert said["account"] == OPERATOR[5]
    assert said["unknown"] == ["network", "device", "timing", "lineage"]
    assert [row["account"] for row in said["rows"]] == OPERATOR[:5]
    assert said["rows"][0]["lines"][0]["value"] == "card_1"


# --- shared --------------------------------------------------------------------------------------


def test_shared_lists_common_values_and_differences(linkage: Command, made: Path) -> None:
    code, out, _ = linkage("shared", made, OPERATOR[0], OPERATOR[1], FAMILY[0])
    assert code == 0
    plain = " ".join(out.split())
    for told in (
        "3 accounts of 400 in this case",
        f"template “{made_case.SENTENCE}” 2 6",
        "country SE 2 8",
        "as many accounts would share this value at most once in 2^b draws. Rows overlap, so do not add",
        f"{FAMILY[0]} fingerprint card_2 2 of 2 agree with another one",
        f"{FAMILY[0]} network, device, registration, content, timing, lineage",
    ):
        assert told in plain, told


def test_shared_reads_a_file_of_accounts(linkage: Command, made: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("\r\n".join([*OPERATOR, ""]), newline="")
    said = json.loads(linkage("shared", made, OPERATOR[0], "--accounts", listed, "--output", "json")[1])
    assert said["accounts"] == OPERATOR
    assert {row["value"]: row["inside"] for row in said["rows"]} == {
        "card_1": 6,
        "prmt_9": 6,
        "tmpl_9": 6,
        "SE": 6,
    }
    assert said["apart"] == []


def test_an_id_in_a_file_may_hold_any_character_but_a_line_feed(linkage: Command, tmp_path: Path) -> None:
    made = made_case.tables()
    odd = "acct\u2028\x85"
    made["observations"].append(made_case.observation(odd, "country", "SE", "registration"))
    case = made_case.write(tmp_path / "case", made)
    listed = tmp_path / "list.txt"
    listed.write_text(f"{odd}\nlone_1\n", encoding="utf-8", newline="")
    said = json.loads(linkage("shared", case, "--accounts", listed, "--output", "json")[1])
    assert said["accounts"] == [odd, "lone_1"]
    assert [row["value"] for row in said["rows"]] == ["SE"]


def test_shared_needs_two_accounts_that_the_case_knows(linkage: Command, made: Path, tmp_path: Path) -> None:
    assert linkage("shared", made, OPERATOR[0], OPERATOR[0])[0] == 2
    assert linkage("shared", made, OPERATOR[0], "--accounts", tmp_path / "none.txt")[0] == 2
    code, _, err = linkage("shared", made, OPERATOR[0], "acct_77")
    assert code == 2
    assert "acct_77: no such account" in err


# --- export --------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "parquet", "graphml", "gexf", "opengraph", "attack-navigator"])
def test_export_writes_each_kind_of_file(linkage: Command, made: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "file"
    code, said, _ = linkage("export", made, "--format", form, "--out", out)
    assert code == 0
    assert "6 accounts of 1 group" in said
    assert out.stat().st_size > 100
    listed = json.loads(linkage("export", made, "--format", form, "--out", out, "--output", "json")[1])
    assert listed["rows"] == [{"group": GROUP, "accounts": 6, "log_odds": 24.3, "evidence": "thin"}]


def test_export_writes_a_csv_that_runs_nothing(linkage: Command, tmp_path: Path) -> None:
    made = made_case.tables()
    made["observations"].append(
        made_case.observation(OPERATOR[0], "organisation", "=HYPERLINK(1)", "registration")
    )
    case, out = made_case.write(tmp_path / "case", made), tmp_path / "accounts.csv"
    assert linkage("export", case, "--role", "core", "--out", out)[0] == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert [row["account"] for row in rows] == OPERATOR[:5]
    assert rows[0]["organisation"] == "'=HYPERLINK(1)"


def test_export_of_nobody_says_so(linkage: Command, made: Path, tmp_path: Path) -> None:
    out = tmp_path / "accounts.csv"
    said = " ".join(linkage("export", made, "--confirmed", "--out", out)[1].split())
    assert "No reported group is confirmed: the file has no account." in said
    assert "linkage judge CASE --confirm GROUP" in said
    assert out.read_text().startswith("group,account,role,")


def test_export_refuses_what_it_cannot_do(linkage: Command, made: Path, tmp_path: Path) -> None:
    assert linkage("export", made, "op-none", "--out", tmp_path / "x")[0] == 2
    assert linkage("export", made, "--out", tmp_path / "none" / "x")[0] == 2
    assert linkage("export", made, "--format", "xls", "--out", tmp_path / "x")[0] == 2


# --- diff ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A case and its earlier copy: one account has joined the operator's group, the family's has gone."""
    folder = tmp_path_factory.mktemp("diff")
    earlier = made_case.tables()
    earlier["groups"] = earlier["groups"][:-1]
    later = made_case.tables()
    later["explained"] = []
    later["lineage"] = [
        {"group": GROUP, "was": GROUP, "kind": "kept", "at": made_case.START, "shared": 5},
        {"group": HOME, "was": HOME, "kind": "gone", "at": made_case.START, "shared": 0},
    ]
    run = made_case.receipt()
    run["verdicts"] = [
        {"verdict": "confirmed", "group": GROUP, "holds": True, "said": ["1 accounts have come since"],
         "come": ["acct_05"], "alone": [], "missing": []}
    ]  # fmt: skip
    return made_case.write(folder / "now", later, run), made_case.write(folder / "then", earlier)


def test_diff_with_a_copy_names_accounts(linkage: Command, before_and_after: tuple[Path, Path]) -> None:
    now, then = before_and_after
    code, out, _ = linkage("diff", now, "--with", then)
    assert code == 0
    assert f"{GROUP}: joined, 1 account" in out
    assert "acct_05" in out
    assert "was explained" in out
    said = json.loads(linkage("diff", now, "--with", then, "--output", "json")[1])
    assert said["names_known"] is True
    assert [(row["kind"], row["joined"], row["left"]) for row in said["rows"]] == [
        ("changed", ["acct_05"], []), ("gone", [], FAMILY),
    ]  # fmt: skip


def test_diff_of_one_case_says_what_it_cannot_know(
    linkage: Command, before_and_after: tuple[Path, Path]
) -> None:
    _, out, _ = linkage("diff", before_and_after[0])
    plain = " ".join(out.split())
    assert f"changed {GROUP} reported group 6 1 ?" in plain
    assert f"gone {HOME}" in plain
    assert "not who they were" in plain
    assert f"{GROUP}: confirmed 1 accounts have come since came: acct_05" in plain


def test_diff_of_nothing_and_of_nonsense(
    linkage: Command, made: Path, before_and_after: tuple[Path, Path], tmp_path: Path
) -> None:
    assert "No group has changed" in linkage("diff", made, "--with", made)[1]
    assert "No group has changed" in linkage("diff", made)[1]
    now, then = before_and_after
    assert linkage("diff", now, "--since", "yesterday")[0] == 2
    assert linkage("diff", now, "--since", "2026-03-01", "--with", then)[0] == 2
    assert linkage("diff", now, "--with", tmp_path)[0] == 2
    assert linkage("diff", now, "--since", "2026-02-01")[0] == 0


def test_diff_of_a_first_run_has_nothing_to_compare_with(linkage: Command, tmp_path: Path) -> None:
    made = made_case.tables()
    made["lineage"] = [
        {"group": name, "was": "", "kind": "new", "at": made_case.START, "shared": 0}
        for name in (GROUP, HOME)
    ]
    case = made_case.write(tmp_path / "case", made)
    out = " ".join(linkage("diff", case)[1].split())
    assert "No earlier run of this case had a group: nothing to compare with. The case has 2 groups" in out
    assert OPERATOR[0] not in out
    said = json.loads(linkage("diff", case, "--output", "json")[1])
    assert said["nothing_earlier"] is True
    made["lineage"].append({**made["lineage"][0], "group": "op-old", "was": "op-old", "kind": "gone"})
    later = made_case.write(tmp_path / "later", made)
    assert "nothing to compare" not in linkage("diff", later)[1]
    assert json.loads(linkage("diff", later, "--output", "json")[1])["nothing_earlier"] is False


# --- collateral ----------------------------------------------------------------------------------


def test_collateral_of_values_counts_who_is_hit(linkage: Command, made: Path) -> None:
    code, out, _ = linkage("collateral", made, "country=SE", "fingerprint=card_2")
    assert code == 0
    plain = " ".join(out.split())
    assert "11 accounts would be hit if country=SE and fingerprint=card_2 were blocked" in plain
    assert "linkage who CASE country=SE fingerprint=card_2 --any" in plain
    assert "6 reported 0 unresolved 3 explained 2 in no group" in plain
    said = json.loads(linkage("collateral", made, "country=SE", "country=NO", "--output", "json")[1])
    assert (said["hit"], said["by_class"]["none"]) == (8, 2)
    assert [(row["value"], row["others"], row["groups"]) for row in said["rows"]] == [("SE", 8, 6)]


def test_collateral_of_a_group_lists_few_values(linkage: Command, made: Path) -> None:
    code, out, _ = linkage("collateral", made, GROUP)
    assert code == 0
    plain = " ".join(out.split())
    assert "none, at most 10, at most 100, any number 1 6 of 6 0 1 1" in plain
    assert plain.index("does not make it safe to block") < plain.index("6 of 6")
    assert "The 1 value, held by no other account of this case" in plain
    assert "fingerprint card_1 6 6 0" in plain
    assert "Chvátal 1979" in plain
    said = json.loads(linkage("collateral", made, GROUP, "--others", "0", "--output", "json")[1])
    assert [(row["trait"], row["value"], row["newly"]) for row in said["rows"]] == [
        ("fingerprint", "card_1", 6)
    ]
    assert [each["covered"] for each in said["covers"]] == [6]


def test_collateral_of_a_trait_that_cannot_cover(linkage: Command, made: Path) -> None:
    assert "no value of a trait" in linkage("collateral", made, GROUP, "--trait", "ip")[1]


@pytest.mark.parametrize(
    "given",
    [
        ("op-none",),
        ("contry=SE",),
        (GROUP, "country=SE"),
        (GROUP, GROUP),
        ("country=SE", "--trait", "ip"),
        (GROUP, "--others", "-1"),
    ],
)
def test_collateral_refuses_what_it_cannot_answer(
    linkage: Command, made: Path, given: tuple[str, ...]
) -> None:
    assert linkage("collateral", made, *given)[0] == 2


# --- appeal --------------------------------------------------------------------------------------


def test_appeal_writes_a_page_and_signs_it(linkage: Command, made: Path, tmp_path: Path) -> None:
    out, key = tmp_path / "page.html", tmp_path / "key"
    assert linkage("keys", "new", key, "--name", "legal@provider.example")[0] == 0
    code, said, err = linkage(
        "appeal", made, OPERATOR[5], "--out", out, "--contact", "x@y.example", "--key", key
    )
    assert code == 0
    assert f"4 observations of {OPERATOR[5]}" in said
    assert "ssh-keygen -Y verify" in err
    text = out.read_text("utf-8")
    assert "x@y.example" in text
    assert not any(name in text for name in OPERATOR[:5])
    assert Path(f"{out}.sig").read_text().startswith("-----BEGIN SSH SIGNATURE")


def test_appeal_takes_others_out_of_reasons(linkage: Command, tmp_path: Path) -> None:
    made = made_case.unresolved_tables()
    made["observations"].append(
        made_case.observation("lone_1", "organisation", "Secret Firm", "registration")
    )
    for row in made["unresolved"]:
        row |= {"settles": "ask Secret Firm about lone_1 and card_open", "reason": "one of two: Secret Firm"}
    case = made_case.write(tmp_path / "case", made, made_case.unresolved_receipt())
    out = tmp_path / "page.html"
    assert linkage("appeal", case, "lone_2", "--out", out)[0] == 0
    text = out.read_text("utf-8")
    assert "ask [withheld] about [withheld] and card_open" in text
    assert "Secret Firm" not in text and "lone_1" not in text
    assert "the service that sent you this page" in text


def test_appeal_takes_values_of_others_out_of_what_speaks_against_the_group(
    linkage: Command, tmp_path: Path
) -> None:
    made, run = made_case.tables(), made_case.receipt()
    made["observations"] += [
        made_case.observation(OPERATOR[0], "email_domain", "secret.example", "registration"),
        made_case.observation(OPERATOR[0], "funding", "virtual", "payment"),
    ]
    run["groups"][GROUP]["against"] = [
        "most lie under secret.example",
        "no card is virtual",
        "2 of 6 members name another country than NO; 9% do",
    ]
    case, out = made_case.write(tmp_path / "case", made, run), tmp_path / "page.html"
    assert linkage("appeal", case, OPERATOR[5], "--out", out)[0] == 0
    text = out.read_text("utf-8")
    assert "most lie under [withheld]" in text and "secret.example" not in text
    assert "another country than the group's commonest; 9% do" in unescape(text)
    assert "no card is virtual" in text, "a kind of card names nobody"
    assert "holds it together: fingerprint card_1" in text, "its own value"


def test_appeal_for_programs_and_mistakes(linkage: Command, made: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    said = json.loads(linkage("appeal", made, "lone_1", "--out", out, "--output", "json")[1])
    assert said["rows"] == [{"account": "lone_1", "outcome": "none", "out": str(out), "signed": False}]
    assert linkage("appeal", made, "acct_77", "--out", out)[0] == 2
    assert linkage("appeal", made, "lone_1", "--out", tmp_path / "none" / "x.html")[0] == 2
    assert linkage("appeal", made, "lone_1", "--out", out, "--key", tmp_path / "none")[0] == 2
