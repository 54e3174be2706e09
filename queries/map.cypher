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
  MATCH (a:Account)-[l:LINKED_TO {case: c.id, across: true}]-(b:Account)
  WHERE a.group < b.group AND coalesce(l.verdict, '') <> 'not linked'
  WITH a, b, l
  ORDER BY l.log_odds DESC, a.id, b.id
  WITH a.group AS one, b.group AS other, collect({a: a, b: b, l: l})[..2] AS best
  UNWIND best AS each
  WITH each.a AS a, each.b AS b, each.l AS l
  MATCH path = (:OperatorGroup)<-[:MEMBER_OF]-(a)-[k:LINKED_TO]-(b)-[:MEMBER_OF]->(:OperatorGroup)
  WHERE k = l
  RETURN path
  LIMIT 40
  UNION ALL
  MATCH (g:OperatorGroup {case: c.id})<-[:MEMBER_OF]-(a:Account)-[:USED_IP|USED_DEVICE|PAID_WITH]->(v)
  WHERE v.accounts <= 50
  WITH g, v, min(a.id) AS first
  MATCH (v)<-[:USED_IP|USED_DEVICE|PAID_WITH]-(b:Account)
  WHERE b.group > g.id
  WITH g, b.group AS other, v, first, min(b.id) AS second
  ORDER BY v.accounts, elementId(v)
  WITH g, other, collect({v: v, first: first, second: second})[..2] AS best
  UNWIND best AS each
  WITH g, each.v AS v, each.first AS first, each.second AS second
  MATCH path = (g)<-[:MEMBER_OF]-(a:Account)-[:USED_IP|USED_DEVICE|PAID_WITH]->(v)<-[:USED_IP|USED_DEVICE|PAID_WITH]-(b:Account)-[:MEMBER_OF]->(:OperatorGroup)
  WHERE a.id = first AND b.id = second
  RETURN path
  LIMIT 40
}
RETURN path
LIMIT 180
