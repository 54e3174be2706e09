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
MATCH (g:OperatorGroup {case: $case, id: $group})
UNWIND range(0, size(coalesce(g.inside_family, [])) - 1) AS place
WITH g, g.inside_family[place] AS family, g.inside_family_links[place] AS links,
     g.inside_family_bits[place] AS bits, g.inside_family_against[place] AS against
RETURN family, links, round(1.0 * links / g.inside_links, 3) AS share, round(1.0 * bits / links, 2) AS bits_per_link, against
ORDER BY links DESC, family
LIMIT 20
