// The shortest path of evidence between two accounts, step by step
// category: 3 Two accounts
// columns:
//   step: its place on the way
//   a: where it begins
//   r: what leads on
//   b: where it ends
//   bits: of a link, in all
//   why: of a link its strongest evidence; of a value how many accounts of the case have it
// a picture: run :config autoComplete: false once, or Browser adds every link there is between what it shows
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param account => 'acct_17';  // an account
:param other => 'acct_903';  // another account
*/
MATCH (a:Account {case: $case, id: $account})
MATCH (b:Account {case: a.case, id: $other})
MATCH path = shortestPath((a)-[:LINKED_TO|USED_IP|USED_DEVICE|PAID_WITH*..8]-(b))
WHERE all(r IN relationships(path) WHERE coalesce(r.verdict, '') <> 'not linked')
  AND all(n IN nodes(path) WHERE n:Account OR n.accounts <= 50)
WITH nodes(path) AS places, relationships(path) AS steps
UNWIND range(0, size(steps) - 1) AS i
WITH i, places[i] AS a, steps[i] AS r, places[i + 1] AS b
RETURN i + 1 AS step, a, r, b, r.log_odds AS bits,
       CASE WHEN type(r) = 'LINKED_TO' THEN [e IN r.evidence WHERE e STARTS WITH '+'][..3] ELSE [toString(coalesce(a.accounts, b.accounts)) + ' accounts of the case have it'] END AS why
ORDER BY step
LIMIT 8
