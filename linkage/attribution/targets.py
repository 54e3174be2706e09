"""What is asked for, by category: transparent rules on words, nothing learnt.

Each category has a list of words and phrases that people use when they want that kind of work and seldom
otherwise. A prompt belongs to the category of which it holds most different ones, if these are at least
two words or one phrase; the system prompt it was sent under counts with it. Everything else is `other`:
no rule applied, and the lists are English.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from linkage.arrays import DECIMALS, Bools, Ints
from linkage.settings.attribution import Distillation

OTHER = "other"
REASONING = "reasoning traces"

WORDS: Mapping[str, str] = {
    "agentic work and tool use": "agent agents agentic subagent orchestrator planner tool tools toolset mcp"
    " workflow browser shell terminal sandbox invoke invocation subtask subtasks autonomous autonomously",
    REASONING: "reasoning reason rationale deduction deductions thoughts derivation justify justification"
    " stepwise inference inferences premises steps",
    "software engineering": "code codebase function functions python javascript typescript java rust golang"
    " sql kotlin swift php bash regex api endpoint endpoints compile compiler debug debugging bug bugs"
    " refactor refactoring repository repo commit unittest unittests pytest docker kubernetes backend"
    " frontend script class method algorithm stacktrace exception linter dependency dependencies html css",
    "mathematics": "theorem lemma proof prove equation equations integral derivative polynomial matrix"
    " algebra geometry combinatorics modulo prime primes probability triangle inequality calculus"
    " arithmetic solve compute sum",
    "data analysis": "dataset datasets spreadsheet dataframe csv regression correlation statistics"
    " statistical variance outlier outliers histogram chart plot visualise visualize median percentile"
    " cohort forecast columns rows aggregate",
    "customer support": "customer customers refund refunds ticket tickets complaint complaints order orders"
    " delivery shipment warranty subscription helpdesk invoice agent support billing",
    "writing": "essay poem story novel blog article headline paragraph paragraphs rewrite proofread"
    " tone letter email speech caption newsletter slogan lyrics screenplay draft wording copywriting",
    "grading and preference data": "rubric grade grading grader score scores scoring rate rating judge"
    " preference preferred criterion criteria evaluate evaluation pairwise",
}

PHRASES: Mapping[str, Sequence[str]] = {
    "agentic work and tool use": ("tool call", "function call", "use the tools", "available tools",
                                  "call the tool", "multi-step task", "execute the command"),
    REASONING: ("step by step", "chain of thought", "train of thought", "line of thought",
                "think aloud", "thinking process", "reasoning process", "show your work",
                "show your reasoning", "explain your reasoning", "each step", "every step",
                "internal monologue", "before answering", "before you answer", "before the answer"),
    "software engineering": ("<code>", "pull request", "unit test", "source code", "stack trace",
                             "code review", "error message"),
    "mathematics": ("prove that", "find all", "real numbers", "positive integer", "closed form"),
    "data analysis": ("data set", "time series", "pivot table", "standard deviation", "data analysis"),
    "customer support": ("customer service", "customer support", "support ticket", "order number"),
    "writing": ("blog post", "cover letter", "short story", "press release", "in the voice of",
                "tone of voice"),
    "grading and preference data": ("which response", "which answer is better", "response a",
                                    "grading rubric", "on a scale"),
}  # fmt: skip

NAMES: tuple[str, ...] = (*WORDS, OTHER)
"""All categories; of equal ones the first is taken."""

MODELS: Mapping[str, str] = {
    "coder": "software engineering",
    "codex": "software engineering",
    "code": "software engineering",
    "math": "mathematics",
}
"""What a model's name says of work whose text is withheld; most names say nothing."""

_PLACE = {name: number for number, name in enumerate(WORDS)}
_OF_WORD: dict[str, list[int]] = {}
for _name, _words in WORDS.items():
    for _word in _words.split():
        _OF_WORD.setdefault(_word, []).append(_PLACE[_name])
_OF_PHRASE = [(phrase, _PLACE[name]) for name, phrases in PHRASES.items() for phrase in phrases]
_LETTERS = re.compile("[a-z]+")


def points(text: str) -> list[int]:
    """Points of each category (without `other`) for one masked, lower-case text: a word 1, a phrase 2."""
    found = [0] * len(_PLACE)
    for each in _OF_WORD.keys() & _LETTERS.findall(text):
        for place in _OF_WORD[each]:
            found[place] += 1
    for phrase, place in _OF_PHRASE:
        if phrase in text:
            found[place] += 2
    return found


def categories(counted: Ints, chosen: Distillation) -> Ints:
    """The category of each row of points, as a place in NAMES; `other` below `min_category_points`."""
    if not len(counted):
        return np.empty(0, dtype=np.int64)
    result: Ints = np.where(
        counted.max(axis=1) >= chosen.min_category_points, counted.argmax(axis=1), len(WORDS)
    )
    return result


def elicits(counted: Ints, chosen: Distillation) -> Bools:
    """Rows of points of prompts that ask for the way to the answer."""
    result: Bools = counted[:, _PLACE[REASONING]] >= chosen.min_category_points
    return result


def by_model(model: str | None) -> int | None:
    """The category that a model's name stands for, as a place in NAMES; None where it stands for none."""
    parts = set(_LETTERS.findall((model or "").lower()))
    return next((_PLACE[name] for word, name in MODELS.items() if word in parts), None)


def shares(weights: Ints) -> list[dict[str, object]]:
    """Name and share of each category with any weight (in the order of NAMES), the largest first."""
    total = int(weights.sum())
    kept = [(int(n), name) for n, name in zip(weights, NAMES, strict=True) if n]
    return [
        {"name": name, "share": round(n / total, DECIMALS)}
        for n, name in sorted(kept, key=lambda e: (-e[0], e[1]))
    ]
