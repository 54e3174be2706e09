// The accounts of a group
// category: 2 One group
// columns:
//   account: a member
//   role: core or fringe
//   membership: share of resampled runs in which it belongs
//   bits: of the marks that are the group's own
//   prompts: it sent
//   own_prompts: of these, the group's work
//   created_at: registered
//   first_at: first seen at work
//   last_at: last
//   evidence: its marks, in words
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[m:MEMBER_OF]-(a:Account {case: $case})
RETURN a.id AS account, m.role AS role, m.membership AS membership, m.bits AS bits, m.prompts AS prompts,
       m.own_prompts AS own_prompts, a.created_at AS created_at, a.first_at AS first_at, a.last_at AS last_at, m.evidence AS evidence
ORDER BY membership DESC, coalesce(bits, 0) DESC, account
LIMIT 1000
