// Accounts near a group but outside it
// category: 4 Who else
// columns:
//   account: outside
//   in_group: another group it belongs to
//   links: to members
//   strongest: of them, in bits
//   families: with bits
//   evidence: of the strongest link
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (m:Account)-[l:LINKED_TO {case: $case, across: true}]-(a:Account)
USING INDEX l:LINKED_TO(case, across)
WHERE m.group = $group AND coalesce(l.verdict, '') <> 'not linked'
WITH a, l
ORDER BY l.log_odds DESC, a.id
WITH a, collect(l) AS links
RETURN a.id AS account, a.group AS in_group, size(links) AS links, links[0].log_odds AS strongest, links[0].families AS families, links[0].evidence AS evidence
ORDER BY strongest DESC, account
LIMIT 100
