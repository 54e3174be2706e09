// Whose a group may be: every story, and how well it fits
// category: 2 One group
// columns:
//   story: a known operator, an unknown one, or an innocent explanation
//   log_odds: bits for this story against all others together
//   confidence: of a known name
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})
OPTIONAL MATCH (g)-[r:ATTRIBUTED_TO]->(o:Operator)
WITH g, collect({story: o.name, log_odds: r.log_odds, confidence: r.confidence}) AS known
UNWIND known + [{story: 'an unknown operator', log_odds: g.unknown_operator, confidence: null},
                {story: 'event participants', log_odds: g.event_participants, confidence: null},
                {story: 'users of one tool or text', log_odds: g.tool_users, confidence: null},
                {story: 'one customer', log_odds: g.one_customer, confidence: null},
                {story: 'a platform\'s tenants', log_odds: g.platform_tenants, confidence: null},
                {story: 'a reseller\'s customers', log_odds: g.reseller_customers, confidence: null},
                {story: 'hijacked accounts', log_odds: g.hijacked_accounts, confidence: null},
                {story: 'unrelated accounts', log_odds: g.unrelated_accounts, confidence: null}] AS each
WITH each WHERE each.story IS NOT NULL AND each.log_odds IS NOT NULL
RETURN each.story AS story, each.log_odds AS log_odds, each.confidence AS confidence
ORDER BY log_odds DESC, story
LIMIT 50
