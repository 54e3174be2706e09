// At which hours a group works
// category: 2 One group
// columns:
//   hour: of the day, UTC
//   interactions: prompts in it
//   share: of all its prompts
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})
WITH g, reduce(sum = 0, each IN g.hours | sum + each) AS all
UNWIND range(0, size(g.hours) - 1) AS hour
RETURN hour, g.hours[hour] AS interactions, CASE WHEN all = 0 THEN null ELSE round(1.0 * g.hours[hour] / all, 3) END AS share
ORDER BY hour
LIMIT 24
