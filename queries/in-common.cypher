// What several accounts have in common, rarest first
// category: 4 Who else
// columns:
//   kind: of value
//   value: itself; of a prompt or a sentence its text, where texts were loaded
//   values: that are shown as this one: texts that were not loaded stand in one row
//   of_these: of the accounts named, how many have it
//   accounts: in the whole case that have it, or the rarest of them
//   who: of them has it
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param accounts => 'acct_17 acct_903 acct_11';  // account ids with blanks between them
*/
MATCH (c:Case {case: $case, id: $case})
UNWIND split($accounts, ' ') AS id
MATCH (a:Account {case: c.id, id: id})
WITH collect(DISTINCT a) AS these
UNWIND these AS a
CALL (a) {
  MATCH (a)-[:USED_IP|USED_DEVICE|PAID_WITH|HAS_TRAIT|SENT|IN_TEMPLATE|IN_NETWORK]->(v)
  RETURN v
  UNION
  MATCH (a)-[:USED_IP]->(:IP)-[:IN_NETWORK]->(v)
  RETURN v
}
WITH v, count(DISTINCT a) AS of_these, collect(DISTINCT a.id) AS who
WHERE of_these > 1
WITH CASE WHEN v:IP THEN 'address' WHEN v:Network THEN 'network' WHEN v:PromptEmbedding THEN 'prompt' WHEN v:Template THEN 'template' ELSE coalesce(v.kind, v.trait) END AS kind,
     coalesce(v.name, v.address, v.prefix, v.fingerprint) AS value, v, of_these, who
RETURN kind, value, count(v) AS values, of_these, min(v.accounts) AS accounts, who
ORDER BY accounts, of_these DESC, kind, value
LIMIT 200
