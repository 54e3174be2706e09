// Evidence against a group
// category: 6 Doubts
// columns:
//   sentence: read it before the evidence for
//   kind: of the whole group, or of one link
//   bits: of the link's family that speaks against it
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})
CALL (g) {
  UNWIND coalesce(g.against, []) AS sentence
  RETURN sentence, 'of the group' AS kind, null AS bits
  UNION ALL
  MATCH (a:Account)-[l:LINKED_TO {case: $case}]->(b:Account)
  WHERE l.against < 0 AND a.group = g.id AND b.group = g.id
  WITH a, b, l
  ORDER BY l.against, a.id, b.id
  LIMIT 50
  UNWIND [['content', l.bits_content], ['network', l.bits_network], ['device', l.bits_device], ['payment', l.bits_payment],
          ['registration', l.bits_registration], ['timing', l.bits_timing], ['lineage', l.bits_lineage], ['other', l.bits_other]] AS each
  WITH a, b, each WHERE each[1] < 0
  ORDER BY each[1], a.id, b.id
  LIMIT 50
  RETURN a.id + ' and ' + b.id + ': ' + each[0] AS sentence, 'of one link' AS kind, each[1] AS bits
}
RETURN sentence, kind, bits
ORDER BY kind DESC, bits, sentence
LIMIT 100
