"""When parts of a community are one, and when several."""

from linkage.settings.communities import PARTITION
from linkage.settings.section import Section, setting


class Splitting(Section):
    """When parts that Leiden finds are one: how alike accounts must be across them."""

    split_resolution: float = setting(
        1.0,
        "resolution of modularity when Leiden runs again inside one community",
        source="modularity as it is defined (Newman and Girvan 2004)",
        changes=PARTITION,
        gt=0,
    )
    held_out_pairs: int = setting(
        5,
        "one in so many pairs of accounts takes no part in the division, and judges its parts",
        source="a fifth, as in fivefold cross-validation",
        changes=PARTITION,
        ge=2,
    )
    max_content_gap: float = setting(
        0.1,
        "by what part fewer bits accounts of two parts may ask alike than those of one part, on the mean of "
        "both, where the two are one",
        source="on simulated populations parts of one operator fall short by 0.05 at most, two operators who "
        "ask in like words by 0.17; the findings of another hand's stay",
        changes=PARTITION,
        ge=0,
        lt=1,
    )
    min_content_bits: float = setting(
        4.0,
        "bits by which accounts of one part must ask alike for this to be held against another",
        source="below sixteen to one parts are of accounts that ask what anybody does",
        changes=PARTITION,
        ge=0,
    )
    max_link_gap: float = setting(
        1 / 3,
        "by what part less accounts of two parts may be linked than those of one part, without what accounts "
        "have that began together, where the two are one",
        source="waves of simulated operators fall short by 0.1 at most, two operators who ask in common "
        "words by 0.4 at least",
        changes=PARTITION,
        ge=0,
        lt=1,
    )
    min_asked_share: float = setting(
        0.05,
        "links between two parts for each pair of accounts, relative to those inside the sparser one, below "
        "which they are two without a further question",
        source="bounds the work; a tenth across parts of an operator of 25,000, as only the nearest are "
        "compared",
        changes=PARTITION,
        gt=0,
    )
    drawn_pairs: int = setting(
        4_000,
        "pairs of accounts that are compared in full to know how often two parts, or one, are linked",
        source="of parts with a link for every hundred pairs the share is then known within a third",
        changes=PARTITION,
        ge=1,
    )
    drawn_contents: int = setting(
        500,
        "pairs of accounts that are compared to know how alike two parts, or one, ask",
        source="every pair says something: the mean is then known within a twentieth",
        changes=PARTITION,
        ge=1,
    )
    min_deviations: float = setting(
        3.0,
        "standard errors by which two parts must fall short to be two",
        source="two, and one more since pairs have accounts in common",
        changes=PARTITION,
        ge=0,
    )
    min_drawn_pairs: int = setting(
        30,
        "held-out pairs of two parts, or of one, below which all their pairs are asked",
        source="as many as a mean is usually asked of, so that its error is known",
        changes=PARTITION,
        ge=1,
    )
    same_share: float = setting(
        0.9,
        "share of the accounts of a community from which a part of it is not divided again",
        source="modularity finds no smaller parts in what has hardly changed",
        changes=PARTITION,
        gt=0,
        le=1,
    )
    min_dense_share: float = setting(
        2 / 3,
        "share of the pairs inside a part that must have something in common for all to be asked",
        source="the parts of a sparse random graph have a third, hardly ever more than half",
        changes=PARTITION,
        ge=0,
        le=1,
    )
