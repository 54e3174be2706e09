// What two accounts share
// category: 3 Two accounts
// columns:
//   kind: of value
//   value: itself
//   accounts: in the whole case that have it: the more, the less it says
//   first_count: how often the first has it
//   second_count: how often the second
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param account => 'acct_17';  // an account
:param other => 'acct_903';  // another account
*/
MATCH (a:Account {case: $case, id: $account})-[r:USED_IP|USED_DEVICE|PAID_WITH|HAS_TRAIT|SENT]->(v)<-[s:USED_IP|USED_DEVICE|PAID_WITH|HAS_TRAIT|SENT]-(b:Account)
WHERE b.id = $other
WITH v, r, s, CASE WHEN v:IP THEN 'address' WHEN v:PromptEmbedding THEN 'prompt' ELSE coalesce(v.kind, v.trait) END AS kind
RETURN kind, coalesce(v.address, v.fingerprint, v.value, v.id) AS value, v.accounts AS accounts, r.count AS first_count, s.count AS second_count
ORDER BY accounts, kind, value
LIMIT 200
