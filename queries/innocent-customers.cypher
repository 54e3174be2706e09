// Members who also send what is not the group's work, as a reseller's innocent customers do
// category: 6 Doubts
// columns:
//   account: a member
//   prompts: it sent
//   own_prompts: of these, the group's work
//   others_share: of its prompts that are not
//   membership: share of resampled runs in which it belongs
//   role: core or fringe
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[m:MEMBER_OF]-(a:Account {case: $case})
WHERE m.prompts > m.own_prompts
RETURN a.id AS account, m.prompts AS prompts, m.own_prompts AS own_prompts,
       round(1.0 - 1.0 * m.own_prompts / m.prompts, 3) AS others_share, m.membership AS membership, m.role AS role
ORDER BY others_share DESC, account
LIMIT 200
