// Who else uses this card
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
:param value => 'card_1';  // a fingerprint, as the cards of a group are listed
*/
UNWIND ['card', 'billing identity'] AS kind
MATCH (v:PaymentMethod {case: $case, kind: kind, fingerprint: $value})<-[u:PAID_WITH]-(a:Account)
RETURN v.kind AS kind, a.id AS account, a.group AS group, a.role AS role, u.count AS count, u.first_at AS first_at, u.last_at AS last_at, v.accounts AS accounts
ORDER BY first_at, account
LIMIT 200
