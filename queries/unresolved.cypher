// Unresolved: no finding, somebody should look
// category: 6 Doubts
// columns:
//   group: an unresolved group
//   accounts: in it
//   favours: bits for one operator over the best innocent explanation, too few to decide
//   reason: what competes
//   settles: what would decide it, and whom to ask
//   against: what speaks against it
//   members: some of its accounts, those surest to belong to it
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (u:UnreportedGroup {case: $case})
WHERE u.outcome = 'unresolved'
CALL (u) {
  MATCH (u)<-[m:MEMBER_OF]-(a:Account)
  WITH a, m ORDER BY m.membership DESC, a.id LIMIT 20
  RETURN collect(a.id) AS members
}
RETURN u.id AS group, u.accounts AS accounts, u.favours AS favours, u.reason AS reason, u.settles AS settles,
       u.against AS against, members
ORDER BY favours DESC, accounts DESC, group
LIMIT 200
