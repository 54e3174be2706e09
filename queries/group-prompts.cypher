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
WITH t, p, count(DISTINCT a) AS senders, collect(DISTINCT a) AS accounts, sum(s.count) AS prompts
ORDER BY senders DESC, p.accounts, p.id
WITH t, collect(p)[0] AS usual, collect(accounts) AS lists, sum(prompts) AS prompts
WITH t, usual, prompts, size(reduce(found = [], list IN lists | found + [a IN list WHERE NOT a IN found])) AS members
RETURN t.id AS template, usual.name AS text, members, prompts, t.accounts - members AS outside, t.first_at AS first_at, t.last_at AS last_at
ORDER BY members DESC, prompts DESC, template
LIMIT 100
