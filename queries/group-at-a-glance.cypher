// A group at a glance: its accounts, and what ties them
// category: 2 One group
// columns:
//   g: the group
//   m: membership
//   a: up to 50 accounts, the surest first
//   u: how an account has a value
//   v: the 10 addresses, clients and cards that mark it best: on many of these accounts, and on few others
// a picture: run :config autoComplete: false once, or Browser adds every link there is between what it shows
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[m:MEMBER_OF]-(a:Account {case: $case})
WITH g, m, a
ORDER BY m.membership DESC, coalesce(m.bits, 0) DESC, a.id
LIMIT 50
WITH g, collect(m) AS ms, collect(a) AS accounts
CALL (accounts) {
  UNWIND accounts AS a
  MATCH (a)-[:USED_IP|USED_DEVICE|PAID_WITH]->(v)
  WHERE coalesce(v.kind, 'address') IN ['address', 'card', 'billing identity', 'device', 'client', 'api_key']
  WITH v, count(DISTINCT a) AS holders
  WHERE holders > 1
  RETURN v
  ORDER BY 1.0 * holders * holders / v.accounts DESC, elementId(v)
  LIMIT 10
}
WITH g, ms, accounts, collect(v) AS values
UNWIND range(0, size(accounts) - 1) AS i
WITH g, ms[i] AS m, accounts[i] AS a, values
OPTIONAL MATCH (a)-[u:USED_IP|USED_DEVICE|PAID_WITH]->(v)
WHERE v IN values
RETURN g, m, a, u, v
LIMIT 500
