// The cards and billing identities of a group
// category: 2 One group
// columns:
//   kind: of value
//   value: its fingerprint
//   members: of the group that have it
//   share: of the group
//   outside: accounts elsewhere in the case that have it
//   accounts: examples of the members
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[:MEMBER_OF]-(a:Account {case: $case})-[:PAID_WITH]->(v:PaymentMethod)
WITH g, v, count(DISTINCT a) AS members, collect(DISTINCT a.id)[..10] AS accounts
RETURN v.kind AS kind, v.fingerprint AS value, members, round(1.0 * members / g.accounts, 3) AS share, v.accounts - members AS outside, accounts
ORDER BY members DESC, outside, value
LIMIT 100
