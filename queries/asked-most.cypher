// What the groups ask most, and how many groups ask it
// category: 5 What is asked
// columns:
//   template: near-duplicate prompts, put together
//   groups: that use it
//   members: accounts of groups that use it
//   accounts: in the whole case
//   prompts: of the groups in it
//   cohesion: how alike its prompts are
//   text: of a member, where texts were loaded
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (g:OperatorGroup {case: $case})<-[:MEMBER_OF]-(a:Account {case: $case})-[s:SENT]->(:PromptEmbedding)-[:IN_TEMPLATE]->(t:Template)
WITH t, count(DISTINCT g) AS groups, count(DISTINCT a) AS members, sum(s.count) AS prompts
RETURN t.id AS template, groups, members, t.accounts AS accounts, prompts, t.cohesion AS cohesion, t.name AS text
ORDER BY prompts DESC, template
LIMIT 100
