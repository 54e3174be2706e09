"""How strong the evidence for a group is, in words."""

from linkage.explain.findings import FIRM, NARROW, THIN

STRENGTH = {
    FIRM: "firm: it depends on no single source or family, and no innocent explanation fits",
    NARROW: "narrow: without some one family it would not be reported, or an innocent explanation fits",
    THIN: "thin: there is little of it",
}
"""How strong the evidence for a group is, in a sentence."""
