// Accounts on a group's addresses, devices and cards that are not linked to it
// category: 4 Who else
// columns:
//   account: outside
//   in_group: another group it belongs to
//   values: of the group it has too
//   kinds: of values
//   examples: the rarest of them
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[:MEMBER_OF]-(m:Account {case: $case})-[:USED_IP|USED_DEVICE|PAID_WITH]->(v)
WHERE v.accounts <= 50 AND coalesce(v.kind, 'address') IN ['address', 'device', 'api_key', 'card', 'billing identity']
WITH DISTINCT v
MATCH (v)<-[:USED_IP|USED_DEVICE|PAID_WITH]-(a:Account)
WHERE coalesce(a.group, '') <> $group
WITH a, v
ORDER BY v.accounts, elementId(v)
WITH a, collect(v) AS values
WHERE NOT EXISTS { MATCH (a)-[:LINKED_TO]-(member:Account) WHERE member.group = $group }
RETURN a.id AS account, a.group AS in_group, size(values) AS values,
       reduce(kinds = [], v IN values | CASE WHEN labels(v)[0] IN kinds THEN kinds ELSE kinds + labels(v)[0] END) AS kinds,
       [v IN values[..3] | coalesce(v.address, v.fingerprint)] AS examples
ORDER BY values DESC, account
LIMIT 100
