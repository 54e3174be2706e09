"""From texts to templates."""

from typing import Literal

from pydantic import Field

from linkage.settings.section import Section


class Prompts(Section):
    """From texts to templates. The similarities were chosen from the table of `benchmarks/similarity.py`.

    At `same`, 83 % of segments with 30 % of their words replaced are still near what they were made from,
    and about one in a thousand random pairs of people's sentences; at `maybe`, 93 % and one in two hundred.
    """

    encoder: str = Field("static", description="'static', 'hashing', or a sentence-transformers name or path")
    judge: Literal["none", "transformer"] = Field(
        "none", description="who decides between `maybe` and `same`; 'transformer' needs the extra `judge`"
    )
    max_representatives: int = Field(2_000_000, gt=0)
    neighbours: int = Field(16, gt=0, description="k of the capped search; what it cut is counted")
    same: float = Field(0.70, description="static similarity from which two segments are near-duplicates")
    maybe: float = Field(
        0.60,
        description="below it they are not; between the two the judge decides, and without one they are not",
    )
    judged_same: float = Field(0.70, description="transformer similarity from which it says yes")
    max_judged: int = Field(300, ge=0, description="texts the transformer may read in one run")
    min_segment_words: int = Field(3, ge=1, description="shorter segments say too little to be shared")
    max_segments: int = Field(64, gt=0, description="segments kept of one prompt")
