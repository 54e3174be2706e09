// The link between two accounts: in all, family by family, and the strongest lines of evidence
// category: 3 Two accounts
// columns:
//   part: the link, a family or a line of evidence
//   what: it says; lines of evidence hold their bits themselves
//   bits: of the link with the prior, of a family all its lines together
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
:param account => 'acct_17';  // an account
:param other => 'acct_903';  // another account
*/
MATCH (a:Account {case: $case, id: $account})-[l:LINKED_TO]-(b:Account)
WHERE b.id = $other
WITH a, b, l, [['content', l.bits_content], ['network', l.bits_network], ['device', l.bits_device], ['payment', l.bits_payment],
     ['registration', l.bits_registration], ['timing', l.bits_timing], ['lineage', l.bits_lineage], ['other', l.bits_other]] AS families
WITH [['link', 'log-odds, with the prior', l.log_odds], ['link', 'by a person: ' + l.verdict, null]]
   + [each IN families WHERE each[1] IS NOT NULL | ['family', each[0], each[1]]]
   + [each IN coalesce(l.evidence, []) | ['evidence', each, null]]
   + [['evidence', toString(l.reasons) + ' lines in all', null]] AS lines
UNWIND lines AS line
WITH line[0] AS part, line[1] AS what, line[2] AS bits
WHERE what IS NOT NULL
RETURN part, what, bits
LIMIT 30
