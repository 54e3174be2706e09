// What a group asks: the templates it fills in
// category: 2 One group
// columns:
//   template: near-duplicate prompts, put together, by their id
//   text: what a member of the group sent, where texts were loaded
//   members: accounts of the group that use it
//   prompts: of theirs in it
//   outside: accounts elsewhere that use it
//   first_at: first
//   last_at: last
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[:MEMBER_OF]-(a:Account {case: $case})-[s:SENT]->(p:PromptEmbedding)-[:IN_TEMPLATE]->(t:Template)
WITH t, count(DISTINCT a) AS members, sum(s.count) AS prompts
ORDER BY members DESC, prompts DESC, t.id
LIMIT 100
CALL (t) {
  MATCH (t)<-[:IN_TEMPLATE]-(p:PromptEmbedding)<-[:SENT]-(a:Account)
  WHERE a.group = $group
  WITH p, count(a) AS senders
  ORDER BY senders DESC, p.accounts, p.id
  LIMIT 1
  RETURN p.name AS text
}
RETURN t.id AS template, text, members, prompts, t.accounts - members AS outside, t.first_at AS first_at, t.last_at AS last_at
ORDER BY members DESC, prompts DESC, template
LIMIT 100
