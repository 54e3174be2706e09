// What two accounts share, rarest first
// category: 3 Two accounts
// columns:
//   kind: of value
//   value: itself; of a prompt or a sentence its text, where texts were loaded
//   values: that are shown as this one: texts that were not loaded stand in one row
//   accounts: in the whole case that have it, or the rarest of them: the more, the less it says
//   first_count: how often the first has it
//   second_count: how often the second
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param account => 'acct_17';  // an account
:param other => 'acct_903';  // another account
*/
MATCH (a:Account {case: $case, id: $account})
MATCH (b:Account {case: a.case, id: $other})
CALL (a, b) {
  MATCH (a)-[r:USED_IP|USED_DEVICE|PAID_WITH|HAS_TRAIT|SENT|IN_TEMPLATE|IN_NETWORK]->(v)<-[s:USED_IP|USED_DEVICE|PAID_WITH|HAS_TRAIT|SENT|IN_TEMPLATE|IN_NETWORK]-(b)
  RETURN v, r.count AS first, s.count AS second
  UNION ALL
  MATCH (a)-[r:USED_IP]->(:IP)-[:IN_NETWORK]->(v:Network)
  WITH b, v, sum(r.count) AS first
  MATCH (b)-[s:USED_IP]->(:IP)-[:IN_NETWORK]->(v)
  RETURN v, first, sum(s.count) AS second
}
WITH CASE WHEN v:IP THEN 'address' WHEN v:Network THEN 'network' WHEN v:PromptEmbedding THEN 'prompt' WHEN v:Template THEN 'template' ELSE coalesce(v.kind, v.trait) END AS kind,
     coalesce(v.name, v.address, v.prefix, v.fingerprint) AS value, v, first, second
RETURN kind, value, count(v) AS values, min(v.accounts) AS accounts, sum(first) AS first_count, sum(second) AS second_count
ORDER BY accounts, kind, value
LIMIT 200
