// Who bridges two groups, and by what
// category: 1 The case
// columns:
//   account: linked to accounts of both
//   in_group: its own group, if any
//   group: one group: its own, or the one it is linked to most
//   other_group: the other
//   groups: to which it is linked in all
//   links: to the first
//   other_links: to the second
//   log_odds: of the weaker side's best link
//   why: the strongest evidence for the first
//   other_why: for the second
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (a:Account)-[l:LINKED_TO {case: $case, across: true}]-(m:Account)
WHERE m.group IS NOT NULL AND coalesce(l.verdict, '') <> 'not linked'
WITH a, count(DISTINCT m.group) AS near
WHERE near > 1 OR a.group IS NOT NULL
MATCH (a)-[l:LINKED_TO]-(m:Account)
WHERE m.group IS NOT NULL AND coalesce(l.verdict, '') <> 'not linked'
WITH a, m.group AS g, l
ORDER BY l.log_odds DESC
WITH a, g, count(l) AS links, collect(l)[0] AS best
ORDER BY coalesce(a.group, '') <> g, links DESC, g
WITH a, collect({group: g, links: links, bits: best.log_odds, why: [e IN best.evidence WHERE e STARTS WITH '+'][..2]}) AS sides
WHERE size(sides) > 1
WITH a, sides, sides[0] AS one, sides[1] AS two
RETURN a.id AS account, a.group AS in_group, one.group AS group, two.group AS other_group, size(sides) AS groups,
       one.links AS links, two.links AS other_links, CASE WHEN one.bits < two.bits THEN one.bits ELSE two.bits END AS log_odds,
       one.why AS why, two.why AS other_why
ORDER BY log_odds DESC, account
LIMIT 100
