// Operators seen before: whose a group may be
// category: 1 The case
// columns:
//   operator: a known name
//   group: the group compared with it
//   log_odds: bits for this story against all others together
//   confidence: low, moderate or high
//   accounts: members of the group
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (o:Operator {case: $case})<-[r:ATTRIBUTED_TO]-(g:OperatorGroup)
RETURN o.name AS operator, g.id AS group, r.log_odds AS log_odds, r.confidence AS confidence, g.accounts AS accounts
ORDER BY log_odds DESC, operator, group
LIMIT 100
