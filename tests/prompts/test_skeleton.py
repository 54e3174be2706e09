import json
import random
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.prompts import skeleton as skeleton_module
from linkage.prompts.skeleton import Skeleton, head_and_tail, skeleton, skeletons, words
from linkage.settings.prompts import Prompts

CHOSEN = Prompts()
VIEW = CHOSEN.skeletons.compared_characters


def made(text: str, *, most: int = 64) -> Skeleton:
    return skeleton(text, Prompts(max_segments=most))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Add 12 and 3,456.78.", "add <n> and <n>."),
        ("on 2024-05-01 at 12:30:45", "on <n> at <n>"),
        ("items [1, 2, 3] or [4, 5]", "items [<n>] or [<n>]"),
        ("id deadbeef-0123-4567-89ab-0123456789ab!", "id <id>!"),
        ("key x7f3k9q2 and 0xdeadbeef12", "key <id> and <id>"),
        ("acct_17 uses gpt4", "acct_<n> uses gpt<n>"),
        ("see https://a.example/b?c=1 now", "see <url> now"),
        ("see www.a.example now", "see <url> now"),
        ("write to a.b+c@d.example please", "write to <mail> please"),
        ('say "anything at all" twice', "say <quote> twice"),
        ("say “anything at all” twice", "say <quote> twice"),
        ("it's bob's dog", "it's bob's dog"),
        ("the word 'dog' here", "the word <quote> here"),
        ("run `ls -l` first", "run <code> first"),
        ("fix ```\nx = 1\n\ny = 2\n``` now", "fix <code> now"),
        ("ＦＵＬＬ　width ﬁne", "full width fine"),
        ("zero\u200bwidth \u202eturned\u202c so\u00adft", "zerowidth turned soft"),
        ("tab\tand\u00a0no-break \r\n line", "tab and no-break line"),
        ("nul\x00 and esc\x1b", "nul and esc"),
        ("", ""),
        (" \n\t ", ""),
    ],
)
def test_slots_are_masked_and_forms_are_folded(text: str, masked: str) -> None:
    assert made(text).text == masked


def test_the_id_is_that_of_the_masked_text() -> None:
    assert made("Add 1 to 2").id == made("add  77\nto 9").id != made("take 1 to 2").id


def test_segments_are_sentences_and_lines_with_enough_words() -> None:
    text = "You are a teacher. Yes.\n- Grade this essay now!\nGrade this essay now.\n1. <b>\nTwo words"
    assert made(text).segments == ("you are a teacher", "grade this essay now")


def test_signs_without_spaces_count_as_words() -> None:
    assert made("请解释这个问题的答案。谢谢").segments == ("请解释这个问题的答案",)


def test_marks_are_not_words() -> None:
    assert made("12 13 www.a.example and").segments == ()
    assert words("a <n> b <quote>") == "a b" and words("a < b") == "a < b"


def test_segments_beyond_the_most_are_counted_and_chosen_alike() -> None:
    rng = random.Random(1)
    shared = [f"shared sentence named {''.join(rng.choices('abcdef', k=8))}" for _ in range(90)]
    one = made(". ".join(shared), most=20)
    filler = [f"filler that {''.join(rng.choices('abcdef', k=8))} precedes" for _ in range(20)]
    padded = made(". ".join([*filler, *shared]), most=20)
    assert len(one.segments) == 20 and one.cut == 70
    assert len(set(one.segments) & set(padded.segments)) >= 12


def test_a_long_text_is_compared_by_head_and_tail_but_named_by_all_of_it() -> None:
    left, right = ("word " * 2000 + middle + " word" * 2000 for middle in ("one", "two"))
    assert made(left).id != made(right).id
    one, other = (head_and_tail(made(text).text, VIEW) for text in (left, right))
    assert one == other and len(one) <= VIEW + 1
    assert max(len(part) for part in made("and so on " * 500).segments) <= CHOSEN.skeletons.segment_characters


def test_many_at_once_are_as_one_at_a_time() -> None:
    texts = ["Add 1 to 2", "add 3 to 4", "take one away"]
    assert skeletons(texts, chosen=CHOSEN) == [made(text) for text in texts]


plain = st.text(st.sampled_from("abc XYZ 019.,!?\n\"'`@/:-_<>“”«»éßｱ\u0301\u200b漢"), max_size=200)


@given(plain)
def test_a_skeleton_is_its_own_skeleton(text: str) -> None:
    once = made(text)
    assert made(once.text).id == once.id


@given(st.text(max_size=60))
def test_any_text_has_a_skeleton_that_can_be_stored(text: str) -> None:
    masked = made(text + "\ud800").text
    masked.encode()
    assert masked == " ".join(masked.split()) and unicodedata.is_normalized("NFKC", masked)


@given(st.lists(st.sampled_from(["alpha", "Beta,", "gamma.", "7", "3.14", "delta"]), min_size=1), st.data())
def test_case_space_and_numbers_do_not_matter(parts: list[str], data: st.DataObject) -> None:
    space = st.sampled_from([" ", "  ", "\t", "\u2003", " \u200b"])
    other = [
        data.draw(st.sampled_from(["1", "42", "9,999"])) if part[0].isdigit() else part for part in parts
    ]
    changed = "".join(data.draw(st.sampled_from([p, p.upper()])) + data.draw(space) for p in other)
    assert made(changed).id == made(" ".join(parts)).id


HOSTILE = {
    "letters": "a", "quotes": '"', "open quotes": '"a', "backticks": "`", "fences": "``` ", "at": "a@",
    "dotted at": "a@a.", "dots": "a.", "digits": "1-", "mixed": "a1 ", "hex": "a1b2c3d4-", "links": "http://",
    "marks": "\u0301\u0316", "kana marks": "\uff9e\u0301", "zero width": "a\u200b", "lines": "\n ",
    "sentences": "a b c. ", "parentheses": ".)", "closing": "a b c )))) ", "cjk": "你好。",
    "apostrophes": "' '", "tags": "<n>", "ligatures": "\ufdfa", "guillemets": "«", "surrogates": "\ud800a",
    "list": "<n>, ",
}  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_time_in_proportion(unit: str) -> None:
    # Quadratic work on a million characters takes minutes; what is allowed is some hundred times the usual.
    text = unit * (1_000_000 // len(unit) // (18 if unit == "\ufdfa" else 1)) + "@"
    start = time.process_time()
    made(text)
    assert time.process_time() - start < 8


# --- prompts that are JSON -----------------------------------------------------------------------


def envelope(asked: str) -> str:
    return json.dumps({"task": "answer", "input": asked, "options": {"n": 3}})


def test_keys_stay_and_slots_are_masked() -> None:
    one = made(envelope("How do tides work near 3 river mouths?"))
    assert one.text == "{task: <quote>, input: how do tides work near <n> river mouths?, options: {n: <n>}}"
    assert one.segments == ("how do tides work near <n> river mouths",)
    assert one.compared == "how do tides work near <n> river mouths?"


def test_prompts_in_one_envelope_are_as_many_as_the_prompts() -> None:
    asked = ["how do tides work", "solve exercise five now", "recipe for lentil soup", "how do tides work!?"]
    assert len({made(envelope(each)).id for each in asked}) == len(asked)
    assert made(envelope("add 1 to the sum")).id == made(envelope("add 27 to the sum")).id


def test_short_values_are_what_is_asked_where_there_is_no_other_text() -> None:
    one, other = made('{"query": "lentil soup", "n": 1}'), made('{"query": "rome hotels", "n": 2}')
    assert one.text == "{query: lentil soup, n: <n>}" and one.id != other.id
    assert one.segments == () and one.compared == "lentil soup"


def test_a_text_that_is_put_into_a_key_is_compared() -> None:
    one = made(json.dumps({"how do tides work near river mouths": "", "user_api_key_hash": "x"}))
    assert one.segments == ("how do tides work near river mouths",)


def test_a_key_that_looks_like_a_sign_leaves_the_signs() -> None:
    assert made(json.dumps({", ": "how do tides work", "a": 1})).text == "{,: how do tides work, a: <n>}"


def test_lists_of_slots_are_one_slot() -> None:
    assert made('{"asked": "how do tides work", "ids": [1, 2, 3], "tags": ["a", "b"]}').text == (
        "{asked: how do tides work, ids: [<n>], tags: [<quote>]}"
    )


def test_the_same_keys_with_other_words_are_compared_by_the_words() -> None:
    keys = {f"setting_{'abcdefgh'[at]}": "on" for at in range(8)}
    one = made(json.dumps({**keys, "input": "how do tides work"}))
    assert "setting" in one.text and "setting" not in one.compared


@pytest.mark.parametrize("text", ["[1, 2, 3]", "[]", "{}", "{ }", "[[], 1]"])
def test_json_without_keys_and_texts_is_masked_as_any_text(text: str) -> None:
    one = made(text)
    assert one.text == one.compared == " ".join(text.replace("1, 2, 3", "<n>").replace("1", "<n>").split())


@given(st.text(max_size=200))
def test_a_sentence_has_the_same_segments_in_json_as_alone(text: str) -> None:
    asked = f"please tell me about {text}"
    assert made(envelope(asked)).segments == made(asked).segments


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "f20b8b2701921a73b971cf970ba7192a"),
        ("Add 12 and 3,456.78.", "d3dae6011b46e48dffb95be1e5733956"),
        ('say "anything at all" twice', "482791e5a3738e5447df91ceb471f6fd"),
        ("{not json}: 'a b' \"c\"", "796e4b90c30fbec941fbfbc2a0952936"),
        ('Translate: {"a": "b c d e"}', "f1cb3c1817f8785358c18b3f2d6a37a5"),
        ("ＦＵＬＬ　width ﬁne\nnext line", "0762f2c20dd33c317b75ffcd357e8efd"),
        ("[1, 2, 3]", "9421f3ba69810b64aaacbbfc027fe261"),
    ],
)
def test_names_of_ordinary_texts_stay(text: str, name: str) -> None:
    assert made(text).id == name


@given(st.text(max_size=300).filter(lambda text: not isinstance(parsed(text), dict | list)))
def test_an_ordinary_text_is_masked_as_if_json_were_unknown(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(skeleton_module, "json_layout", lambda text, max_depth: None)
        before = made(text)
    assert made(text) == before and before.compared == before.text


def parsed(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
