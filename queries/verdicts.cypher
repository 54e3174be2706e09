// What people decided
// category: 6 Doubts
// columns:
//   about: a group, or two accounts
//   verdict: confirmed, dismissed, linked or not linked
//   reason: theirs
//   who: decided
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (c:Case {case: $case, id: $case})
CALL (c) {
  MATCH (g:OperatorGroup {case: c.id})
  WHERE g.verdict IS NOT NULL
  RETURN g.id AS about, g.verdict AS verdict, g.verdict_reason AS reason, g.verdict_by AS who
  UNION ALL
  MATCH (g:UnreportedGroup {case: c.id})
  WHERE g.verdict IS NOT NULL
  RETURN g.id AS about, g.verdict AS verdict, g.verdict_reason AS reason, g.verdict_by AS who
  UNION ALL
  MATCH (a:Account {case: c.id})-[j:JUDGED]->(b:Account)
  RETURN a.id + ' and ' + b.id AS about, j.verdict AS verdict, j.reason AS reason, j.who AS who
}
RETURN about, verdict, reason, who
ORDER BY about
LIMIT 200
