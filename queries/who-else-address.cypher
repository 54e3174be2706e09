// Who else uses this address
// category: 4 Who else
// columns:
//   account: that has it
//   group: its group
//   role: in it
//   count: how often
//   first_at: first
//   last_at: last
//   accounts: that have it in the whole case
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param value => '203.0.113.7';  // an IP address
*/
MATCH (v:IP {case: $case, address: $value})<-[u:USED_IP]-(a:Account)
RETURN a.id AS account, a.group AS group, a.role AS role, u.count AS count, u.first_at AS first_at, u.last_at AS last_at, v.accounts AS accounts
ORDER BY first_at, account
LIMIT 200
