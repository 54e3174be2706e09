// What would remain of a group without one family of evidence
// category: 2 One group
// columns:
//   family: taken away
//   links_left: links that still hold
//   of: links with it
//   accounts_left: in the largest piece
//   still_reported: whether it would pass
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})
UNWIND range(0, size(g.without_family) - 1) AS i
RETURN g.without_family[i] AS family, g.without_links[i] AS links_left, g.without_of[i] AS of,
       g.without_accounts[i] AS accounts_left, g.without_passes[i] AS still_reported
ORDER BY still_reported, accounts_left, family
LIMIT 20
