"""From texts to templates: skeletons, near neighbours, clusters, templates by shared sentences."""

from typing import Literal

from linkage.settings.placeholders import Placeholders
from linkage.settings.section import Section, setting

BY_MEANING = "templates and segments of prompts, and all evidence about content"
SIMULATED = "chosen on simulated populations; see benchmarks"
SIMILARITY = (
    "table of benchmarks/similarity.py: at 0.70, 83 % of segments with 30 % of their words replaced are "
    "still near what they were made from, and about one in a thousand random pairs of people's sentences; "
    "at 0.60, 93 % and one in two hundred"
)


class Skeletons(Section):
    """How a text is masked to its skeleton and cut into segments."""

    compared_characters: int = setting(
        4096,
        "characters of a skeleton that are compared by meaning: half its head, half its tail",
        source="prompts are hostile, and one of 10 MB is a valid row; the id is of the whole skeleton",
        changes="skeletons and examples of prompts; templates of longer prompts",
        ge=2,
    )
    segment_characters: int = setting(
        512,
        "characters of a segment that are kept",
        source="what has no sentence end for longer is data, not a sentence",
        changes=BY_MEANING,
        ge=1,
    )
    quoted_characters: int = setting(
        400,
        "characters between quotation marks up to which they are a quotation, and masked",
        source="a longer quotation is two stray quotation marks",
        changes=BY_MEANING,
        ge=1,
    )
    apostrophe_characters: int = setting(
        100,
        "the same between two apostrophes",
        source="an apostrophe is more often a letter of a word",
        changes=BY_MEANING,
        ge=1,
    )
    max_accents: int = setting(
        8,
        "combining marks on one letter that are kept",
        source="more are ornament, and normalising them takes quadratic time",
        changes=BY_MEANING,
        ge=1,
    )
    max_rounds: int = setting(
        4,
        "times that folding and masking of quotations are repeated until nothing changes",
        source="a masked link can bring two quotation marks close enough to be a pair",
        changes=BY_MEANING,
        ge=1,
    )
    min_id_characters: int = setting(
        6,
        "characters from which a word that mixes letters and digits twice is an identifier",
        source="`gpt4` is a word with a number",
        changes=BY_MEANING,
        ge=1,
    )
    min_hex_characters: int = setting(
        8,
        "hexadecimal digits from which a word is an identifier",
        source="shorter ones occur among words (`facade`, `decade`)",
        changes=BY_MEANING,
        ge=1,
    )
    max_json_depth: int = setting(
        64,
        "lists and objects inside one another in a prompt that is read as JSON; a deeper one is plain text",
        source="clients have three or four levels",
        changes=BY_MEANING,
        ge=1,
    )


class NeighbourSearch(Section):
    """How near vectors are found: all pairs up to a size, an inverted index beyond it."""

    exact_vectors: int = setting(
        30_000,
        "vectors up to which all pairs are compared",
        source="about 3 s for 128 dimensions on two cores",
        changes=BY_MEANING,
        ge=0,
    )
    cell_vectors: int = setting(
        300, "vectors in one cell of the index, on average", source=SIMULATED, changes=BY_MEANING, ge=1
    )
    max_cells: int = setting(
        8192,
        "cells of the index",
        source="beyond, finding the cell costs more than looking through it",
        changes=BY_MEANING,
        ge=1,
    )
    probed_cells: int = setting(
        16,
        "cells that are searched for each vector",
        source="with refined_factor 6, recall .98 above .60 among 215,000 vectors",
        changes=BY_MEANING,
        ge=1,
    )
    refined_factor: int = setting(
        6,
        "candidates by short codes for each neighbour that is then looked for exactly",
        source="with probed_cells 16, recall .98 above .60 among 215,000 vectors",
        changes=BY_MEANING,
        ge=1,
    )
    training_vectors: int = setting(
        32,
        "vectors for each cell from which its centre is learnt",
        source=SIMULATED,
        changes=BY_MEANING,
        ge=1,
    )
    code_training_vectors: int = setting(
        512, "vectors for each short code from which it is learnt", source=SIMULATED, changes=BY_MEANING, ge=1
    )
    training_rounds: int = setting(
        5, "rounds of k-means for cells and codes", source=SIMULATED, changes=BY_MEANING, ge=1
    )


class SegmentTemplates(Section):
    """When prompts that share sentences are one template."""

    min_overlap: float = setting(
        0.5,
        "shared words over all words of two sets of sentences, above which they are one template",
        source="more than half is most",
        changes=BY_MEANING,
        gt=0,
        lt=1,
    )
    min_recurring: float = setting(
        1 / 3,
        "share of a prompt's words in recurring sentences, from which these say what its template is",
        source="with less it is not made from a template",
        changes=BY_MEANING,
        ge=0,
        le=1,
    )
    max_leaders: int = setting(
        32,
        "templates that are looked at for one sentence, heaviest first; how many were left out is counted",
        source="bounds the time for a sentence that everybody uses",
        changes=BY_MEANING,
        ge=1,
    )


class Prompts(Section):
    """From texts to templates."""

    encoder: str = setting(
        "static",
        "'static', 'hashing', or a sentence-transformers name or path",
        source="the static model proposes neighbours in seconds; see benchmarks/similarity.py",
        changes=BY_MEANING,
    )
    judge: Literal["none", "transformer"] = setting(
        "none",
        "who decides between `maybe` and `same`; 'transformer' needs the extra `judge`, and with 'none' such "
        "pairs are not near-duplicates",
        source="on independent populations it changes recall by less than .01; see benchmarks",
        changes=BY_MEANING,
    )
    max_representatives: int = setting(
        2_000_000,
        "texts that are compared by meaning; those left out are counted",
        source="bounds time and memory",
        changes=BY_MEANING,
        gt=0,
    )
    neighbours: int = setting(
        16,
        "nearest neighbours looked at for each text; what this cut is counted",
        source=SIMULATED,
        changes=BY_MEANING,
        gt=0,
    )
    same: float = setting(
        0.70,
        "static similarity from which two segments are near-duplicates",
        source=SIMILARITY,
        changes=BY_MEANING,
    )
    maybe: float = setting(
        0.60,
        "static similarity below which two segments are not near-duplicates; between the two the "
        "transformer judges",
        source=SIMILARITY,
        changes=BY_MEANING,
    )
    judged_same: float = setting(
        0.70,
        "transformer similarity from which two segments are near-duplicates",
        source="table of benchmarks/similarity.py",
        changes=BY_MEANING,
    )
    max_judged: int = setting(
        300,
        "texts that the transformer may read in one run; pairs it could not judge are counted",
        source="it reads 140 texts a second on two cores",
        changes=BY_MEANING,
        ge=0,
    )
    min_segment_words: int = setting(
        3,
        "words from which a sentence is a segment",
        source="shorter ones say too little to be shared",
        changes=BY_MEANING,
        ge=1,
    )
    max_segments: int = setting(
        64,
        "segments kept of one prompt; what was left out is counted",
        source="bounds the work for one long prompt",
        changes=BY_MEANING,
        gt=0,
    )
    vector_decimals: int = setting(
        4,
        "decimals of a given vector from which a withheld prompt gets its id, where there is no hash",
        source="two exports of one vector may differ in the last digits",
        changes="ids of withheld prompts",
        ge=1,
    )
    shingle_words: int = setting(
        3,
        "words in a run whose least hash chooses the texts to compare where there are too many",
        source="Broder (1997): two texts share it with the chance that is their resemblance",
        changes="which texts are compared beyond max_representatives",
        ge=1,
    )
    merge_rounds: int = setting(
        5,
        "rounds in which clusters with near medoids are merged",
        source="merging settles in three or four",
        changes=BY_MEANING,
        ge=1,
    )
    placeholders: Placeholders = Placeholders()
    skeletons: Skeletons = Skeletons()
    search: NeighbourSearch = NeighbourSearch()
    segment_templates: SegmentTemplates = SegmentTemplates()
