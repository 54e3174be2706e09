// The members least sure: look at these first
// category: 6 Doubts
// columns:
//   account: a member
//   membership: share of resampled runs in which it belongs
//   role: core or fringe
//   links: to other members
//   strongest: of them, in bits
//   bits: of the group's own marks
//   evidence: in words
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[m:MEMBER_OF]-(a:Account {case: $case})
WITH g, m, a
ORDER BY m.membership, m.bits, a.id
LIMIT 20
OPTIONAL MATCH (a)-[l:LINKED_TO]-(b:Account)
WHERE b.group = g.id
RETURN a.id AS account, m.membership AS membership, m.role AS role, count(l) AS links, max(l.log_odds) AS strongest, m.bits AS bits, m.evidence AS evidence
ORDER BY membership, links, account
LIMIT 20
