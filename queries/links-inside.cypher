// A picture of what links a group: the two strongest links of up to 50 accounts
// category: 2 One group
// columns:
//   a: an account
//   l: a link; its label is its bits
//   b: another account
// a picture: run :config autoComplete: false once, or Browser adds every link there is between what it shows
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[m:MEMBER_OF]-(a:Account {case: $case})
WITH m, a
ORDER BY m.membership DESC, coalesce(m.bits, 0) DESC, a.id
LIMIT 50
WITH collect(a) AS accounts
UNWIND accounts AS each
CALL (each, accounts) {
  MATCH (each)-[l:LINKED_TO]-(other:Account)
  WHERE other IN accounts
  RETURN l
  ORDER BY l.log_odds DESC, other.id
  LIMIT 2
}
WITH DISTINCT l
RETURN startNode(l) AS a, l, endNode(l) AS b
ORDER BY l.log_odds DESC, a.id, b.id
LIMIT 100
