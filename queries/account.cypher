// One account: a picture of what is known of it
// category: 4 Who else
// columns:
//   path: the account, a value or group of its, and up to two others that have the value
// a picture: run :config autoComplete: false once, or Browser adds every link there is between what it shows
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param account => 'acct_17';  // an account
*/
MATCH (a:Account {case: $case, id: $account})
CALL (a) {
  MATCH path = (a)-[:MEMBER_OF]->()
  RETURN path
  UNION
  MATCH path = (a)-[:USED_IP|USED_DEVICE|PAID_WITH]->(v)
  RETURN path
  ORDER BY v.accounts, elementId(v)
  LIMIT 20
  UNION
  MATCH path = (a)-[l:LINKED_TO]-(:Account)
  RETURN path
  ORDER BY l.log_odds DESC
  LIMIT 20
}
RETURN path
LIMIT 60
