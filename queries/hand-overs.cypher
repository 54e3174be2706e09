// Hand-overs: one account stops, another goes on
// category: 2 One group
// columns:
//   account: a member
//   other: another
//   timing_bits: of what is said of their times
//   log_odds: of the link
//   signals: of timing and lineage
//   evidence: in words
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (a:Account)-[l:LINKED_TO {case: $case, hand_over: true}]->(b:Account)
WHERE a.group = $group AND b.group = $group
WITH a, b, l, [s IN l.signals WHERE s IN ['hand-over', 'rotating address', 'same object in a window', 'same object again and again', 'continued conversation', 'queue draining']] AS signals
WHERE size(signals) > 0
WITH a, b, l, signals
ORDER BY size(signals) DESC, l.log_odds DESC, a.id, b.id
LIMIT 100
RETURN a.id AS account, b.id AS other, l.bits_timing AS timing_bits, l.log_odds AS log_odds, signals,
       [e IN l.evidence WHERE e CONTAINS ' timing ' OR e CONTAINS ' lineage ' OR e CONTAINS 'rotating'] AS evidence
ORDER BY size(signals) DESC, log_odds DESC, account, other
LIMIT 100
