// What holds the group together, family by family
// category: 2 One group
// columns:
//   family: kind of evidence
//   links: inside the group in which it speaks
//   share: of the links inside
//   bits_per_link: where it speaks
//   against: links in which it speaks against
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param group => 'op-0000000000';  // a group, as the largest-groups question names it
*/
MATCH (g:OperatorGroup {case: $case, id: $group})<-[:MEMBER_OF]-(:Account {case: $case})-[l:LINKED_TO]->(b:Account)
WHERE b.group = $group
WITH count(l) AS links,
     [['content', count(l.bits_content), sum(l.bits_content), sum(CASE WHEN l.bits_content < 0 THEN 1 ELSE 0 END)],
      ['network', count(l.bits_network), sum(l.bits_network), sum(CASE WHEN l.bits_network < 0 THEN 1 ELSE 0 END)],
      ['device', count(l.bits_device), sum(l.bits_device), sum(CASE WHEN l.bits_device < 0 THEN 1 ELSE 0 END)],
      ['payment', count(l.bits_payment), sum(l.bits_payment), sum(CASE WHEN l.bits_payment < 0 THEN 1 ELSE 0 END)],
      ['registration', count(l.bits_registration), sum(l.bits_registration), sum(CASE WHEN l.bits_registration < 0 THEN 1 ELSE 0 END)],
      ['timing', count(l.bits_timing), sum(l.bits_timing), sum(CASE WHEN l.bits_timing < 0 THEN 1 ELSE 0 END)],
      ['lineage', count(l.bits_lineage), sum(l.bits_lineage), sum(CASE WHEN l.bits_lineage < 0 THEN 1 ELSE 0 END)],
      ['other', count(l.bits_other), sum(l.bits_other), sum(CASE WHEN l.bits_other < 0 THEN 1 ELSE 0 END)]] AS families
UNWIND families AS each
WITH links, each WHERE each[1] > 0
RETURN each[0] AS family, each[1] AS links, round(1.0 * each[1] / links, 3) AS share,
       round(1.0 * each[2] / each[1], 2) AS bits_per_link, each[3] AS against
ORDER BY links DESC, family
LIMIT 20
