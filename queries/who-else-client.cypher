// Who else uses this client or device
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
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param value => 'client';  // a fingerprint, as the clients of a group are listed
*/
UNWIND ['device', 'client', 'user_agent', 'ja4', 'api_key'] AS kind
MATCH (v:Device {case: $case, kind: kind, fingerprint: $value})<-[u:USED_DEVICE]-(a:Account)
RETURN v.kind AS kind, a.id AS account, a.group AS group, a.role AS role, u.count AS count, u.first_at AS first_at, u.last_at AS last_at, v.accounts AS accounts
ORDER BY first_at, account
LIMIT 200
