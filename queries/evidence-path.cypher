// The shortest path of evidence between two accounts
// category: 3 Two accounts
// columns:
//   path: accounts and what they share, step by step
//   steps: relationships in it
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param account => 'acct_17';  // an account
:param other => 'acct_903';  // another account
*/
MATCH (a:Account {case: $case, id: $account})
MATCH (b:Account {case: a.case, id: $other})
MATCH path = shortestPath((a)-[:LINKED_TO|USED_IP|USED_DEVICE|PAID_WITH|SENT|IN_TEMPLATE|NEAR_DUPLICATE*..8]-(b))
WHERE all(r IN relationships(path) WHERE coalesce(r.verdict, '') <> 'not linked')
RETURN path, length(path) AS steps
LIMIT 1
