// Linked, with an innocent explanation
// category: 6 Doubts
// columns:
//   group: an explained group
//   accounts: in it
//   reason: why it is not reported
//   against: what spoke against it
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (e:UnreportedGroup {case: $case})
WHERE e.outcome = 'explained'
RETURN e.id AS group, e.accounts AS accounts, e.reason AS reason, e.against AS against
ORDER BY accounts DESC, group
LIMIT 200
