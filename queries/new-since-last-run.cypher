// What is new since the last run of this case
// category: 1 The case
// columns:
//   group: a group of this run
//   change: new, kept, grown, split or merged
//   was: the groups it came from
//   accounts: members
//   kind: operator group, or unresolved or explained, which are not reported
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (c:Case {case: $case, id: $case})
CALL (c) {
  MATCH (g:OperatorGroup {case: c.id})
  RETURN g, 'operator group' AS kind
  UNION ALL
  MATCH (g:UnreportedGroup {case: c.id})
  RETURN g, g.outcome AS kind
}
WITH g, kind WHERE g.change IS NOT NULL
RETURN g.id AS group, g.change AS change, g.was AS was, g.accounts AS accounts, kind
ORDER BY kind <> 'operator group', kind DESC, change, accounts DESC, group
LIMIT 100
