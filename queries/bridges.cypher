// Who bridges two groups
// category: 1 The case
// columns:
//   account: linked to accounts of both
//   in_group: its own group, if any
//   group: one group
//   other_group: the other
//   links: to the first
//   other_links: to the second
//   log_odds: of the weaker side's best link
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (g:OperatorGroup {case: $case})<-[:MEMBER_OF]-(:Account {case: $case})-[l:LINKED_TO]-(a:Account)
WHERE coalesce(a.group, '') <> g.id AND coalesce(l.verdict, '') <> 'not linked'
WITH a, g, count(l) AS links, max(l.log_odds) AS best
ORDER BY g.id
WITH a, collect({group: g.id, links: links, best: best}) AS near
WITH a, CASE WHEN a.group IS NULL THEN near ELSE [{group: a.group, links: null, best: null}] + near END AS sides
WHERE size(sides) > 1
RETURN a.id AS account, a.group AS in_group, sides[0].group AS group, sides[1].group AS other_group,
       sides[0].links AS links, sides[1].links AS other_links,
       CASE WHEN sides[0].best < sides[1].best THEN sides[0].best ELSE sides[1].best END AS log_odds
ORDER BY log_odds DESC, account
LIMIT 100
