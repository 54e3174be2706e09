// Who else has this value of another trait: a BIN, an issuer, an e-mail domain
// category: 4 Who else
// columns:
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
:param trait => 'bin';  // a trait, as linkage who names it
:param value => '508910';  // a value of it
*/
MATCH (c:Case {case: $case, id: $case})
OPTIONAL MATCH (v:Trait {case: c.id, trait: $trait, value: $value})
CALL (c, v) {
  MATCH (v)<-[u:HAS_TRAIT]-(a:Account)
  RETURN a.id AS account, a.group AS group, a.role AS role, u.count AS count, u.first_at AS first_at, u.last_at AS last_at, v.accounts AS accounts, null AS note
  ORDER BY first_at, account
  LIMIT 199
  UNION ALL
  WITH c, v, COUNT { (v)<-[:HAS_TRAIT]-(:Account) } AS loaded
  WHERE loaded = 0 OR v.accounts > loaded
  RETURN null AS account, null AS group, null AS role, null AS count, null AS first_at, null AS last_at, CASE WHEN c.everything THEN coalesce(v.accounts, 0) ELSE v.accounts END AS accounts,
         CASE WHEN coalesce(v.accounts, 0) > loaded THEN 'only groups and their neighbourhood are loaded: the case has ' + toString(coalesce(v.accounts, 0) - loaded) + ' more accounts with it'
              WHEN c.everything THEN 'no account of the case has it'
              ELSE 'not loaded: only groups and their neighbourhood are, ' + toString(c.accounts_loaded) + ' of ' + toString(c.accounts) + ' accounts of the case' END
         + ': linkage who CASE ' + '\'' + $trait + '=' + replace($value, '\'', '\'"\'"\'') + '\'' AS note
}
RETURN account, group, role, count, first_at, last_at, accounts, note
ORDER BY note IS NOT NULL, first_at, account
LIMIT 200
