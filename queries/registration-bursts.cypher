// Accounts registered in one burst, and the groups they went to
// category: 1 The case
// columns:
//   burst: when, as the run dated it
//   accounts: of the burst in the whole case
//   loaded: of these in the graph
//   in_groups: of these in a reported group
//   groups: which, with how many accounts each
//   not_reported: groups that are not reported, with how many accounts each
//   members: the accounts in reported groups
//   others: accounts of the burst that are in none
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (t:Trait {case: $case, trait: 'registration_burst'})
WHERE t.value IS NOT NULL
MATCH (t)<-[:HAS_TRAIT]-(a:Account)
OPTIONAL MATCH (a)-[:MEMBER_OF]->(u:UnreportedGroup)
WITH t, a, min(u.id + ' (' + u.outcome + ')') AS unreported
ORDER BY a.id
WITH t, collect({id: a.id, group: a.group, unreported: unreported}) AS everyone
WITH t, everyone, [e IN everyone WHERE e.group IS NOT NULL] AS inside, [e IN everyone WHERE e.group IS NULL] AS outside
CALL (inside) {
  UNWIND inside AS e
  WITH e.group AS name, count(*) AS number
  ORDER BY number DESC, name
  RETURN collect(name + ': ' + toString(number)) AS groups
}
CALL (outside) {
  UNWIND outside AS e
  WITH e.unreported AS name, count(*) AS number
  WHERE name IS NOT NULL
  ORDER BY number DESC, name
  RETURN collect(name + ': ' + toString(number))[..10] AS not_reported
}
RETURN t.value AS burst, t.accounts AS accounts, size(everyone) AS loaded, size(inside) AS in_groups, groups, not_reported,
       [e IN inside | e.id][..50] AS members, [e IN outside | e.id][..20] AS others
ORDER BY in_groups DESC, burst
LIMIT 50
