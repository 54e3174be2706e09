"""What the documents say that each rung shows, and what a dishonest holder of the keys can still do.

Sentence by sentence, each with the tests that hold it.

A document has these sentences in this order and no others. A test is named `module:function`, below `tests/`.
"""

from dataclasses import dataclass

ATTACKS = "bundle.test_bag_attacks:test_refused_with_words_of_its_own"
ARCHIVES = "bundle.test_container:test_refused_with_words_of_its_own"
FORGED = "bundle.test_bag_attacks:test_a_forged_but_consistent_bag_has_no_signature"
SIGNED = "bundle.test_signature_attacks:test_a_signature_is_refused"
KEYS = "bundle.test_signature_attacks:test_a_key_does_not_count"
SEAL_KEY = "bundle.test_custody:test_a_seal_names_the_key_that_signed_it"
CLOCK = "bundle.test_promises:test_a_clock_set_wrong_passes_unless_an_authority_stamped_it"
STAMPED = "bundle.test_timestamp:test_the_time_and_whose_it_is_are_told"
RECORDED = "bundle.test_sealing:test_sealing_is_recorded_and_signed_before_any_view"
FIRST = "bundle.test_sealing:test_what_was_sealed_first_is_what_every_view_shows"
UNSEALED = "bundle.test_seal_attacks:test_refused_with_words_of_its_own"
TEXTS = "bundle.test_derived:test_a_text_that_says_more_is_told"
FILES = "bundle.test_derived:test_every_file_is_rendered_stated_or_shows_nothing"
MADE_UP = "bundle.test_promises:test_logs_that_were_made_up_pass_every_rung"
OF_NO_INPUTS = "bundle.test_promises:test_what_follows_from_no_inputs_passes_a_re_run"
AGAIN = "bundle.test_custody:test_a_second_seal_says_that_there_was_a_first"
COPY = "bundle.test_promises:test_whoever_hides_seal_and_audit_file_seals_as_if_for_the_first_time"
TWO_CASES = "bundle.test_sealing:test_one_run_sealed_as_two_cases_is_told"
CONTRADICTED = "bundle.test_key_holder:test_what_the_units_contradict_is_refused"
OTHERWISE = "bundle.test_numbers:test_a_number_that_is_said_otherwise_elsewhere_is_refused"
CONSISTENT = "bundle.test_key_holder:test_what_nothing_contradicts_is_refused_where_the_run_is_made_again"
ATTESTED = "bundle.test_views:test_what_is_not_opened_is_attested"
WITHHELD = "bundle.test_promises:test_a_number_whose_units_are_withheld_is_attested_whatever_it_is"
RERUN = "bundle.test_rerun:test_the_same_sources_give_the_same_tables"
OTHER_LOGS = "bundle.test_rerun:test_another_source_is_told_with_each_table_that_differs"
NEEDED = "bundle.test_promises:test_without_the_logs_nothing_is_said_of_a_run"
PICKED = "bundle.test_challenge_answer:test_every_picked_unit_is_opened"
OWN_NUMBER = "bundle.test_challenge_answer:test_a_bad_answer_is_told"
SPREAD = "bundle.test_challenge_answer:test_picks_are_spread_and_repeatable"
BOUND = "bundle.test_challenge_answer:test_the_bound_is_the_published_one"
PROMISE = "bundle.test_challenge_answer:test_the_promise_is_that_of_the_units_drawn"
BAD_UNIT = "bundle.test_promises:test_a_lie_that_was_sealed_answers_every_challenge"
MODEST = "bundle.test_views:test_no_text_promises_too_much"
INNOCENT = (
    "explain.test_benign_explanations:"
    "test_a_reseller_s_infrastructure_and_one_customer_s_work_contradict_nothing"
)
DRAWN = "bundle.test_derived:test_the_whole_program_draws_the_report_again"
SILENT = "bundle.test_derived:test_the_one_file_says_which_files_show_nothing"
PAPER = "bundle.test_promises:test_a_report_on_paper_shows_nothing_to_any_verifier"
ALONE = "bundle.test_views:test_a_stranger_checks_with_one_file"
DATED = "bundle.test_promises:test_the_first_page_has_number_and_times_of_seal_and_view"
COUNTED = "bundle.test_promises:test_the_first_page_counts_groups_and_units"
UNDECIDED = "bundle.test_unresolved:test_every_view_says_that_it_is_no_finding_and_verifies"
DECIDED = "bundle.test_decisions:test_every_view_says_it_first"
LISTED = "bundle.test_promises:test_each_file_that_the_first_page_names_has_what_it_says"
AGAINST = "bundle.test_views:test_counter_evidence_is_never_withheld"
REASONS = "bundle.test_promises:test_whatever_is_withheld_has_its_reason"
FORESEEN = "bundle.test_promises:test_who_foresees_the_number_chooses_what_is_picked"
HAND = "bundle.test_views:test_a_stranger_checks_by_hand"
HAND_TOLD = "bundle.test_views:test_by_hand_a_stranger_sees_what_is_wrong"
UNLISTED = "bundle.test_timestamp:test_nothing_else_in_the_bundle_changes"
TIME_BY_HAND = "bundle.test_timestamp:test_a_stranger_checks_the_time_by_hand"
SEAL_TIME_BY_HAND = "bundle.test_sealing:test_a_stranger_checks_the_time_stamp_of_the_seal"
OWN_ROOTS = "bundle.test_timestamp:test_a_certificate_inside_the_answer_is_no_root"
BY_THEN = "bundle.test_timestamp:test_a_key_counts_as_it_did_when_it_was_stamped"
EXPIRED = "bundle.test_promises:test_a_time_stamp_is_checked_at_its_own_time_by_hand"
OWN_SIGNERS = "bundle.test_signature_attacks:test_without_signers_nothing_is_verified"
KEYS_INSIDE = "bundle.test_signature_attacks:test_the_key_in_the_bundle_is_no_root_of_trust"
TWO_KEYS = "bundle.test_custody:test_two_keys_work_along_the_first_page"
PYTHONS = "bundle.test_no_traceback:test_every_python_from_3_9_on_says_the_same"
OLDEST = "bundle.test_no_traceback:test_the_one_file_uses_nothing_newer_than_3_9"
NO_PROGRAM = "bundle.test_promises:test_no_bundle_holds_a_program"


@dataclass(frozen=True)
class Sentence:
    """What a document says, and the tests that hold it."""

    said: str
    held: tuple[str, ...]


def _held(said: str, *tests: str) -> Sentence:
    return Sentence(said, tests)


RUNGS = {
    "V0": (
        _held("bytes intact: every file has the two digests that the manifests name.", ATTACKS, ARCHIVES),
        _held("Still possible: anything else; the manifests are his", FORGED),
    ),
    "V1": (
        _held(
            "signer and time: a key you trust signed this view, and one signed the seal.",
            SIGNED, KEYS, SEAL_KEY,
        ),
        _held(
            "Still possible: a clock set wrong, unless there is a time stamp by an authority you chose",
            CLOCK, STAMPED,
        ),
    ),
    "V2": (
        _held(
            "opened units were sealed: what is shown was fixed before this view was chosen;",
            RECORDED, FIRST, UNSEALED,
        ),
        _held("every text in this bundle but those named below follows from it.", TEXTS, FILES),
        _held(
            "Still possible: to seal members, numbers or points against that no run on the logs gives, or to"
            " leave some out, if all that is sealed fits together: V4 tells;",
            CONSISTENT, OTHERWISE,
        ),
        _held(
            "to seal made-up logs, made-up error rates, or a history of the case with acts left out;",
            MADE_UP, OF_NO_INPUTS,
        ),
        _held(
            "to seal a second time, which shows in the number of the seal and in custody,", AGAIN,
        ),
        _held("unless he hides the first seal and the case's audit file from everybody", COPY, TWO_CASES),
    ),
    "V3": (
        _held(
            "claims recompute: each number follows from the opened units, or is said to be attested only.",
            CONTRADICTED, ATTESTED,
        ),
        _held("Still possible: to withhold what a number needs; it then counts as attested", WITHHELD),
    ),
    "V4": (
        _held("full re-run: the sealed inputs give the same tables again;", RERUN, OTHER_LOGS, CONSISTENT),
        _held("needs the inputs.", NEEDED),
        _held("Still possible: to have given false inputs to the first run, too;", MADE_UP),
        _held(
            "and what follows from no inputs (error rates, custody, names of people and files)", OF_NO_INPUTS
        ),
    ),
    "V5": (
        _held(
            "random challenge: you choose a public number that nobody could foresee when the case was"
            " sealed;",
            OWN_NUMBER, FORESEEN,
        ),
        _held("it picks sealed units, and the provider opens them.", PICKED, SPREAD),
        _held(
            "As many units as were opened without a fault bound the share of bad ones: 300 units, below 1 %"
            " at 95 %.",
            BOUND, PROMISE,
        ),
        _held("Decoys among those picked do not count.", PROMISE),
        _held("Still possible: a unit that is bad in a way that opening it does not show", BAD_UNIT),
    ),
}  # fmt: skip
"""README-FIRST, "What can be checked, and what a dishonest holder of the keys could still do"."""

CANNOT = (
    _held("No bundle can show that the provider's logs are true or complete.", MADE_UP),
    _held("It shows that these logs, as they were when they were sealed, give these numbers.", RERUN),
    _held(
        "That accounts act as one is an inference from coincidences; it names no person and no company, and"
        " does not say that a rule was broken.",
        MODEST,
    ),
    _held(
        "A reseller, a shared tool, or one customer whom the logs do not name can leave the same traces.",
        INNOCENT,
    ),
)
"""README-FIRST, "What it cannot show"."""

NOTHING = (
    _held("data/report/ and data/stix/ are there for convenience and show nothing by themselves:", SILENT),
    _held(
        "data/report/ is drawn from the opened units, and only `linkage bundle verify` of the same version"
        " can draw it again and compare",
        DRAWN,
    ),
    _held("(a PDF never);", PAPER),
    _held("data/stix/ is made from the case, and nobody can make it again from this bundle.", SILENT, DRAWN),
    _held("Whatever counts is in data/disclosures.jsonl and in the files that are rendered from it.", FILES),
)
"""README-FIRST, "Files that show nothing by themselves"."""

HEAD = (
    _held(
        "Sealed {declared}, as seal number {sealing} of this case. This view was written {exported}.", DATED
    ),
)
"""README-FIRST, below its title."""

SHOWS = (
    _held(
        "{groups} group(s) of accounts that the provider takes to be run by one operator each.",
        COUNTED, UNDECIDED, DECIDED,
    ),
    _held("{units} units of evidence are opened.", COUNTED),
    _held("data/claims.jsonl has every number that is claimed,", LISTED, CONTRADICTED),
    _held("data/counter-evidence.jsonl what speaks against,", LISTED, AGAINST),
    _held("data/VIEW.json what is withheld and why,", REASONS),
    _held("data/methodology/errors.md where errors can come from and what was checked.", LISTED),
)  # fmt: skip
"""README-FIRST, "What it shows", of a view of reported groups on which nobody decided."""

BY_HAND = (
    _held("V0: bytes intact, and nothing added; all three commands print nothing", HAND, HAND_TOLD),
    _held(
        "(a time stamp of the view is made after all manifests, so none can list it)", UNLISTED, TIME_BY_HAND
    ),
    _held(
        "V1: who signed. The file `signers` is yours: ask the provider for each fingerprint by another way"
        " (letterhead, website, court file).",
        OWN_SIGNERS, HAND_TOLD,
    ),
    _held("Those in data/keys are a convenience and show nothing by themselves.", KEYS_INSIDE),
    _held("The view is signed by {signer}, the seal by {custodian}, the same key.", HAND, TWO_KEYS),
    _held("The last two commands print one line each, which begins with `Good`.", HAND),
    _held(
        "V1, time: only where there are time stamps, of the seal or of the view.",
        TIME_BY_HAND, SEAL_TIME_BY_HAND,
    ),
    _held(
        "The file `roots.pem` comes from the time authority, by another way than this bundle.",
        OWN_ROOTS, TIME_BY_HAND,
    ),
    _held("A time stamp shows that the signature was there by then;", BY_THEN),
    _held(
        "if the authority's certificate has expired since, add -attime and the seconds since 1970 of the"
        " stamped time",
        EXPIRED,
    ),
    _held("V2: the opened units are sealed; both commands print nothing", HAND, HAND_TOLD),
)  # fmt: skip
"""README-FIRST, the remarks between the commands."""

AT_ONCE = (
    _held("All of this, the rendering of every text, and V3 at once:", ALONE, TEXTS, CONTRADICTED),
    _held("verify_bundle.py is one file of standard Python,", PYTHONS, OLDEST),
    _held("published apart from this bundle.", NO_PROGRAM),
    _held("Run nothing that comes inside a bundle, whoever sent it.", NO_PROGRAM),
)
"""README-FIRST, its end, but for the command."""

README = (
    _held(
        "This shows who signed, that nothing changed since the seal, and that each number follows"
        " from the opened evidence or is called attested.",
        SIGNED, KEYS, UNSEALED, CONTRADICTED, ATTESTED,
    ),
    _held(
        "Whoever holds the keys could still have sealed a lie that fits together: only a new run on the same"
        " logs (V4, `linkage bundle verify --rerun`) tells.",
        CONSISTENT,
    ),
    _held(
        "No bundle shows that logs, error rates and custody are true or complete.",
        MADE_UP, OF_NO_INPUTS,
    ),
)  # fmt: skip
"""README.md, below what the one-file verifier prints."""

PAGE = {
    "V0": _held("bytes are intact", ATTACKS, ARCHIVES),
    "V1": _held("it is signed by keys you trust", SIGNED, KEYS, SEAL_KEY),
    "V2": _held(
        "what is shown was sealed before anybody chose what to show; every text follows from it",
        RECORDED, FIRST, UNSEALED, TEXTS, FILES,
    ),
    "V3": _held("the numbers follow from what is shown (`--recompute`)", CONTRADICTED, ATTESTED),
    "V4": _held(
        "a full re-run gives the same tables and says the same; needs the sources",
        RERUN, OTHER_LOGS, CONSISTENT, NEEDED,
    ),
    "V5": _held("units picked by your own public number can be opened", PICKED, OWN_NUMBER),
}  # fmt: skip
"""docs/bundles.md, the table of rungs."""


def every() -> list[Sentence]:
    """All sentences of all documents."""
    rungs = [each for rows in RUNGS.values() for each in rows]
    rest = (HEAD, SHOWS, CANNOT, NOTHING, BY_HAND, AT_ONCE, README, PAGE.values())
    return [*rungs, *(each for sentences in rest for each in sentences)]
