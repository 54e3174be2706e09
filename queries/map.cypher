// A picture of all groups, with the operators they are compared with
// category: 1 The case
// columns:
//   g: a group
//   r: how well the story fits
//   o: a known operator
// a picture: run :config autoComplete: false once, or Browser adds every link there is between what it shows
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (g:OperatorGroup {case: $case})
OPTIONAL MATCH (g)-[r:ATTRIBUTED_TO]->(o:Operator)
RETURN g, r, o
ORDER BY g.accounts DESC, g.id
LIMIT 50
