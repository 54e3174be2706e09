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
MATCH (g:OperatorGroup {case: $case})
WITH g
ORDER BY g.accounts DESC, g.id
SKIP 1
MATCH (g)<-[:MEMBER_OF]-(:Account)-[:SENT]->(p:PromptEmbedding)-[n:NEAR_DUPLICATE]-(o:PromptEmbedding)<-[:SENT]-(b:Account)
WHERE b.group <> g.id
WITH DISTINCT n, g.id < b.group AS first, g.id AS one, b.group AS two, p, o
WITH DISTINCT n, CASE WHEN first THEN p ELSE o END AS p, CASE WHEN first THEN o ELSE p END AS o, CASE WHEN first THEN one ELSE two END AS group, CASE WHEN first THEN two ELSE one END AS other_group
RETURN p.id AS prompt, o.id AS other, n.similarity AS similarity, n.method AS method, group, other_group, p.name AS text, o.name AS other_text
ORDER BY similarity DESC, prompt, other, group, other_group
LIMIT 100
