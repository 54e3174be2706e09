// Who else uses this card or billing identity
// category: 4 Who else
// columns:
//   kind: of value
//   account: that has it
//   group: its group
//   role: in it
//   count: how often
//   first_at: first
//   last_at: last
//   accounts: that have it in the whole case
//   note: in a last row: what is not loaded, and the command that asks the case itself
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param value => 'card_1';  // a fingerprint, as the cards of a group are listed
*/
MATCH (c:Case {case: $case, id: $case})
CALL (c) {
  UNWIND ['card', 'billing identity'] AS kind
  MATCH (v:PaymentMethod {case: c.id, kind: kind, fingerprint: $value})<-[u:PAID_WITH]-(a:Account)
  RETURN kind, a.id AS account, a.group AS group, a.role AS role, u.count AS count, u.first_at AS first_at, u.last_at AS last_at, v.accounts AS accounts, null AS note
  ORDER BY kind, first_at, account
  LIMIT 195
  UNION ALL
  UNWIND ['card', 'billing identity'] AS kind
  OPTIONAL MATCH (v:PaymentMethod {case: c.id, kind: kind, fingerprint: $value})
  WITH c, kind, v, COUNT { (v)<-[:PAID_WITH]-(:Account) } AS loaded, coalesce(v.accounts, 0) AS held
  WITH c, collect({kind: kind, loaded: loaded, held: held}) AS each
  WITH c, CASE WHEN any(e IN each WHERE e.held > 0) THEN [e IN each WHERE e.held > e.loaded] ELSE each[..1] END AS told
  UNWIND told AS one
  WITH c, one.kind AS kind, one.loaded AS loaded, one.held AS held
  RETURN kind, null AS account, null AS group, null AS role, null AS count, null AS first_at, null AS last_at, CASE WHEN held > 0 OR c.everything THEN held END AS accounts,
         CASE WHEN held > loaded THEN 'only groups and their neighbourhood are loaded: the case has ' + toString(held - loaded) + ' more accounts with it'
              WHEN c.everything THEN 'no account of the case has it'
              ELSE 'not loaded: only groups and their neighbourhood are, ' + toString(c.accounts_loaded) + ' of ' + toString(c.accounts) + ' accounts of the case' END
         + ': linkage who CASE ' + CASE kind WHEN 'card' THEN '\'fingerprint=' ELSE '\'billing_hash=' END + replace($value, '\'', '\'"\'"\'') + '\'' AS note
}
RETURN kind, account, group, role, count, first_at, last_at, accounts, note
ORDER BY note IS NOT NULL, kind, first_at, account
LIMIT 200
