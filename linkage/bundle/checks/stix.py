"""The STIX file of a view, where it has one: of one meaning, on the view's reported groups and no others."""

from typing import Any

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.outcomes import reported
from linkage.bundle.checks.strict_json import NotStrict, strict

STIX = "data/stix/bundle.json"


def check_stix(content: Content, view: dict[str, Any]) -> None:
    """Whether it is a bundle of objects with one id each, labelled and about what the view says."""
    report = content.report
    if not content.has(STIX) or not view:
        return
    try:
        bundle = strict(content.whole(STIX, "V2"))
    except NotStrict as error:
        return report.fault("V2", f"the STIX file: {error}", STIX)
    objects = bundle.get("objects") if isinstance(bundle, dict) else None
    if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
        return report.fault("V2", "the STIX file is no bundle", STIX)
    ids = [each.get("id") for each in objects]
    if len(set(map(str, ids))) != len(ids):
        report.fault("V2", "the STIX file has two objects of one id", STIX)
    groups = sorted(str(each.get("name")) for each in objects if each.get("type") == "intrusion-set")
    if groups != reported(view):
        report.fault("V2", "the STIX file is about other groups", STIX, expected=reported(view), found=groups)
    labels = [each.get("name") for each in objects if each.get("type") == "marking-definition"]
    if labels != [view["tlp"]]:
        report.fault("V2", "the STIX file has another label", STIX, expected=view["tlp"], found=labels)
