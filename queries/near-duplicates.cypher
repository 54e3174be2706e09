// Near-duplicate prompts sent by accounts of different groups
// category: 5 What is asked
// columns:
//   prompt: of one account
//   other: of another
//   similarity: as the run judged it
//   method: which judge
//   group: of the first
//   other_group: of the second
//   text: the first, where texts were loaded
//   other_text: the second
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (g:OperatorGroup {case: $case})<-[:MEMBER_OF]-(:Account {case: $case})-[:SENT]->(p:PromptEmbedding)-[n:NEAR_DUPLICATE]-(o:PromptEmbedding)<-[:SENT]-(b:Account)
WHERE b.group IS NOT NULL AND b.group > g.id
RETURN DISTINCT p.id AS prompt, o.id AS other, n.similarity AS similarity, n.method AS method, g.id AS group, b.group AS other_group, p.name AS text, o.name AS other_text
ORDER BY similarity DESC, prompt, other, group, other_group
LIMIT 100
