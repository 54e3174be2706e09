// Collateral: who is hit if the values of a group are blocked, value by value
// category: 4 Who else
// columns:
//   kind: of value
//   value: itself
//   members: of the group that have it
//   share: of the group
//   others: accounts of the whole case outside the group that have it
//   reported: of these, in another reported group
//   unresolved: in an unresolved group
//   explained: in an explained group
//   in_no_group: in none
//   not_loaded: of which the graph does not say: linkage collateral CASE GROUP does, and gives the smallest sets of values
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[:MEMBER_OF]-(m:Account {case: $case})-[:USED_IP|USED_DEVICE|PAID_WITH]->(v)
WITH g, v, count(DISTINCT m) AS members
ORDER BY members DESC, v.accounts, elementId(v)
LIMIT 100
CALL (g, v) {
  MATCH (v)<-[:USED_IP|USED_DEVICE|PAID_WITH]-(a:Account)
  WHERE coalesce(a.group, '') <> g.id
  OPTIONAL MATCH (a)-[:MEMBER_OF]->(x:UnreportedGroup)
  WITH a, CASE WHEN a.group IS NOT NULL THEN 'reported' ELSE coalesce(min(x.outcome), 'none') END AS outcome
  RETURN count(a) AS loaded,
         sum(CASE outcome WHEN 'reported' THEN 1 ELSE 0 END) AS reported,
         sum(CASE outcome WHEN 'unresolved' THEN 1 ELSE 0 END) AS unresolved,
         sum(CASE outcome WHEN 'explained' THEN 1 ELSE 0 END) AS explained,
         sum(CASE outcome WHEN 'none' THEN 1 ELSE 0 END) AS in_no_group
}
RETURN coalesce(v.kind, 'address') AS kind, coalesce(v.address, v.fingerprint) AS value, members, round(1.0 * members / g.accounts, 3) AS share,
       v.accounts - members AS others, reported, unresolved, explained, in_no_group, v.accounts - members - loaded AS not_loaded
ORDER BY others, members DESC, kind, value
LIMIT 100
