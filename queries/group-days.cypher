// A group day by day
// category: 2 One group
// columns:
//   day: UTC
//   interactions: prompts on it
//   registered: accounts registered on it
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})
WITH [i IN range(0, size(g.days) - 1) | {day: g.days[i], interactions: g.day_interactions[i], registered: 0}]
   + [i IN range(0, size(g.registration_days) - 1) | {day: g.registration_days[i], interactions: 0, registered: g.registration_counts[i]}] AS days
UNWIND days AS each
RETURN each.day AS day, sum(each.interactions) AS interactions, sum(each.registered) AS registered
ORDER BY day
LIMIT 1000
