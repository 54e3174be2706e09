// A picture of all groups, the operators they are compared with, and what ties one group to another
// category: 1 The case
// columns:
//   path: a group; a group and a known operator; or two groups with accounts of theirs that are linked, or have one value
// a picture: run :config autoComplete: false once, or Browser adds every link there is between what it shows
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (c:Case {case: $case, id: $case})
CALL (c) {
  MATCH path = (g:OperatorGroup {case: c.id})
  RETURN path
  ORDER BY g.accounts DESC, g.id
  LIMIT 50
  UNION ALL
  MATCH path = (:OperatorGroup {case: c.id})-[:ATTRIBUTED_TO]->(:Operator)
  RETURN path
  LIMIT 50
  UNION ALL
  MATCH path = (g:OperatorGroup {case: c.id})<-[:MEMBER_OF]-(:Account)-[l:LINKED_TO]-(b:Account)-[:MEMBER_OF]->(h:OperatorGroup)
  WHERE b.group > g.id AND coalesce(l.verdict, '') <> 'not linked'
  WITH g, h, l, path
  ORDER BY l.log_odds DESC
  WITH g, h, collect(path)[..2] AS best
  UNWIND best AS path
  RETURN path
  LIMIT 40
  UNION ALL
  MATCH path = (g:OperatorGroup {case: c.id})<-[:MEMBER_OF]-(a:Account)-[:USED_IP|USED_DEVICE|PAID_WITH]->(v)<-[:USED_IP|USED_DEVICE|PAID_WITH]-(b:Account)-[:MEMBER_OF]->(h:OperatorGroup)
  WHERE b.group > g.id AND v.accounts <= 50
  WITH g, h, v, a, b, path
  ORDER BY v.accounts, elementId(v), a.id, b.id
  WITH g, h, v, collect(path)[0] AS path
  WITH g, h, collect(path)[..2] AS best
  UNWIND best AS path
  RETURN path
  LIMIT 40
}
RETURN path
LIMIT 180
