// Members by the share of their prompts that is not the group's work: a reseller's innocent customers come first
// category: 6 Doubts
// columns:
//   account: a member that also sends what is not the group's work
//   stands_out: whether most of its prompts are not
//   prompts: it sent
//   own_prompts: of these, the group's work
//   others_share: of its prompts that are not
//   usual_share: the middle one of all members
//   links: to other members
//   content_links: of these, with evidence in what both ask: an innocent customer has few
//   membership: share of resampled runs in which it belongs
//   role: core or fringe
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[m:MEMBER_OF]-(a:Account {case: $case})
WHERE m.prompts > 0
WITH g, m, a, 1.0 - 1.0 * m.own_prompts / m.prompts AS share
WITH g, percentileCont(share, 0.5) AS usual, collect({a: a, m: m, share: share}) AS members
UNWIND members AS each
WITH g, usual, each.a AS a, each.m AS m, each.share AS share
WHERE share > 0
RETURN a.id AS account, share > 0.5 AS stands_out, m.prompts AS prompts, m.own_prompts AS own_prompts, round(share, 3) AS others_share,
       round(usual, 3) AS usual_share, m.links AS links, m.content_links AS content_links,
       m.membership AS membership, m.role AS role
ORDER BY others_share DESC, content_links, account
LIMIT 200
