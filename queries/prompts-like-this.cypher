// Prompts like this one, by what they ask
// category: 5 What is asked
// columns:
//   prompt: a PromptEmbedding
//   similarity: cosine, 1 is alike
//   accounts: that sent it
//   groups: of these accounts
//   text: of a member, where texts were loaded
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param prompt => '0123456789abcdef';  // the id of a PromptEmbedding
*/
MATCH (p:PromptEmbedding {case: $case, id: $prompt})
CALL db.index.vector.queryNodes('linkage_prompts', 50, p.embedding) YIELD node, score
WITH p, node, score
WHERE node.case = $case AND node.id <> p.id
OPTIONAL MATCH (node)<-[:SENT]-(a:Account)
WITH node, score, collect(DISTINCT a.group) AS groups
RETURN node.id AS prompt, round(2.0 * score - 1, 4) AS similarity, node.accounts AS accounts, groups, node.name AS text
ORDER BY similarity DESC, prompt
LIMIT 10
