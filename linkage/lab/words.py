"""The lists of words that fill the slots of a pattern, all written for this project.

A line that begins with a name and a colon opens a list, an indented line continues it; words are parted
by bars.
"""


def _lists(text: str) -> dict[str, tuple[str, ...]]:
    joined = text.strip().replace("\n  ", "")
    named = (line.split(": ", 1) for line in joined.splitlines())
    return {name: tuple(words.split("|")) for name, words in named}


SLOTS = _lists("""
name: Ana|Bilal|Chidi|Daria|Emre|Fatima|Goran|Hana|Ivo|Jonas|Kemal|Lena|Marta|Nuno|Olga|Priya|Quentin|
  Rosa|Samir|Tove|Uma|Viktor|Wen|Yuki|Zoe|Aarav|Bea|Carlos|Dewi|Elif
city: Lisbon|Porto|Leeds|Graz|Lyon|Pune|Osaka|Busan|Lagos|Accra|Lima|Quito|Toronto|Austin|Boise|Tampa|
  Krakow|Brno|Izmir|Hanoi|Medan|Perth|Utrecht|Ghent|Malmo|Turku|Riga|Split|Cork|Bergen
day: Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|tomorrow|next week|the weekend|
  the end of the month|next month
number: 2|3|4|5|6|7|8|9|10|12|14|15|18|20|24|25|30|36|40|45|48|50|60|72|75|80|90|96|100|120|150|180|200|
  240|250|300|365|400|480|500|640|750|900|1000|1200|1500|2400
dish: lentil soup|pancakes|roast chicken|sourdough bread|fried rice|ratatouille|fish curry|apple pie|
  potato salad|dumplings|paella|bean stew|carrot cake|ramen|falafel|goulash|risotto|spinach pie|
  tomato sauce|pickled cabbage
ingredient: eggs|butter|milk|garlic|onions|flour|yeast|rice|chickpeas|coriander|ginger|mushrooms|yoghurt|
  lemon|tofu|courgettes|red peppers|oats|almonds|vinegar
trouble: keeps going mushy|is too salty|will not rise|burns at the edges|tastes of nothing|falls apart|
  sticks to the pan|takes for ever|comes out dry|turned grey
tool: Excel|Git|Docker|Postgres|pandas|LaTeX|Blender|Figma|Kubernetes|Bash|Photoshop|Power BI|Django|
  React|Terraform|Vim|Jira|Unity|SQLite|nginx|Rust|Go|Swift|Kotlin|R|Stata|Arduino|OpenCV|Selenium|Ansible
action: merge two tables|rename many files|sort by date|undo the last change|export to PDF|
  remove duplicates|filter empty rows|run a job every night|parse dates|plot two lines|
  join on several columns|cache the results|roll back a release|limit memory|read a large file|
  split a column|mock a request|encrypt a folder|convert time zones|resize images
mishap: it says permission denied|the output is empty|it hangs after a minute|the order comes out wrong|
  I get a type error|nothing happens|it works only on my laptop|the numbers are off by one|
  the build breaks|the import fails|half of the rows vanish|it eats all the memory|
  the accents are garbled|the test is flaky|it loops for ever
tone: friendly|formal|short|firm|apologetic|cheerful|neutral|warm|diplomatic|confident|humble|playful
person: my landlord|a colleague|my manager|the school|a supplier|my neighbour|our customers|the bank|
  a former client|the team|my sister|the city council|an airline|my professor|the gym|a recruiter|
  our volunteers|the insurance|my dentist|the electrician
affair: a late delivery|the broken heating|a change of date|an unpaid invoice|the summer party|
  a lost parcel|more holiday|a wrong bill|the noise at night|a price rise|the new office hours|a refund|
  the exam result|a missed appointment|a reference letter|the parking space|sick leave|a donation|
  the lease|a delayed flight
detail: that I have called twice|the order number|that I can pay next week|our good experience so far|
  the photos attached|that a reply is needed soon|a possible discount|the earlier promise|
  thanks for the patience|that it is not urgent|the name of the contact|a suggestion for a new date|
  that we want to stay|the old agreement|two options
subject: photosynthesis|inflation|black holes|the French revolution|blockchain|plate tectonics|vaccines|
  compound interest|the immune system|supply chains|quantum computers|the Ottoman empire|machine learning|
  antibiotics|volcanoes|democracy in Athens|fermentation|radio waves|migration of birds|the stock market|
  tides|DNA|the silk road|solar cells|sleep|ocean currents|the water cycle|semiconductors|
  renewable energy|stoicism
audience: a ten-year-old|my grandmother|a first-year student|a busy manager|somebody who hates maths|
  a school class|a new colleague|a curious neighbour|a lawyer|a journalist
goal: lose a little weight|run ten kilometres|sleep better|learn to swim|touch my toes|build some muscle|
  ease my back|drink less coffee|get through winter|cycle to work|climb better|train after an injury
plant: tomatoes|basil|roses|an orchid|lavender|chillies|an olive tree|strawberries|a rubber plant|
  hydrangeas|mint|cucumbers|a lemon tree|moss|succulents
symptom: yellow leaves|white spots|no flowers|brown tips|tiny flies|drooping stems|mould on the soil|
  curled leaves|slow growth|holes in the leaves
language: Spanish|German|Japanese|Portuguese|Turkish|French|Italian|Polish|Korean|Dutch|Swedish|
  Vietnamese|Greek|Arabic|Hindi|Czech
phrase: I would like to book a table|where is the nearest pharmacy|we are running late|
  thank you for your kind help|the train was cancelled|could you repeat that slowly|I am allergic to nuts|
  see you in the spring|how much is the rent|my luggage is missing|congratulations on the baby|
  we agree with the contract|please water the plants|the lift is out of order|I left my keys inside
genre: crime novel|fantasy story|road movie|board game|jazz album|documentary|poem|sitcom|podcast|
  short story|opera|graphic novel|comedy|thriller|biography
mood: quiet|gloomy|funny|hopeful|tense|dreamy|nostalgic|odd|romantic|fast
gadget: phone|laptop|printer|router|camera|dishwasher|e-bike|smart watch|television|vacuum robot|
  thermostat|tablet|headset|washing machine|car radio
fault: does not charge|makes a clicking noise|drops the connection|shows a black screen|is very slow|
  leaks|will not pair|reboots by itself|shows an error code|prints stripes|smells burnt|forgets the time
sport: football|tennis|chess|handball|cricket|cycling|rowing|basketball|table tennis|judo|skiing|
  volleyball
job: nurse|warehouse manager|data engineer|teacher|florist|accountant|welder|barista|product manager|
  physiotherapist|bus driver|librarian|architect|chef|sales assistant
asset: savings account|pension|index fund|mortgage|car loan|student loan|rent deposit|life insurance|
  credit card|tax return
pet: cat|dog|rabbit|parrot|hamster|tortoise|puppy|kitten|goldfish|guinea pig
habit: scratches the sofa|barks at night|will not eat|hides all day|pulls on the lead|chews cables|
  sneezes a lot|sleeps all the time|fears visitors|lost some fur
event: wedding|birthday|farewell party|conference|school trip|housewarming|team day|christening|reunion|
  charity run
budget: almost no money|a small budget|about 200 euros|around 500 dollars|a generous budget|
  whatever it takes
field: marketing|biology|history|nursing|economics|law|civil engineering|psychology|geography|music|
  computer science|philosophy|chemistry|sociology|design
text: notes from yesterday's call|the first draft of my letter|a paragraph of my thesis|
  the minutes of the board|a blog post|my cover letter|the house rules|a product page|an abstract|
  a speech for the retirement
wish: make it shorter|fix the grammar|make it sound less stiff|find a better title|cut it by half|
  add a closing line|turn it into bullet points|simplify the words|make it more persuasive|
  remove repetitions
feature: a login page|a shopping cart|a search box|dark mode|a calendar view|an export button|
  rate limiting|a comment section|file upload|push messages|an audit trail|two languages
code: python|javascript|typescript|java|c++|sql|bash|go|rust|php|ruby|kotlin
item: kettle|desk lamp|rain jacket|office chair|blender|backpack|toaster|bed sheet|running shoe|
  water bottle|monitor arm|tent|coffee grinder|air fryer|yoga mat|bike light|pillow|drill|suitcase|scarf
opinion: broke after a week|is better than expected|came in the wrong colour|smells of plastic|
  was a present and went down well|is too small|arrived late but works|has a confusing manual|looks cheap|
  is worth the price|stopped working in the rain|fits perfectly
demand: wants a refund|asks for a replacement|praises the service|threatens to leave|
  asks about the guarantee|wants to change the address|asks for an invoice|needs a spare part|
  wants to cancel|offers to send photos
party: the tenant|the supplier|the licensee|the employer|the borrower|the carrier|the contractor|
  the insurer|the seller|the agency
duty: shall give notice within|must deliver within|may withhold payment for|remains liable for|
  shall keep records for|must repair defects within|can extend the term by|waives its claims after|
  shall insure the goods for|has to answer within
structure: a linked list|a binary tree|a directed graph|a priority queue|a hash table|a matrix|
  a ring buffer|a trie|an interval list|a sparse vector|a bit set|a stream of events|a log file|
  a nested dictionary|a grid of cells
operation: reverses|merges|balances|deduplicates|compresses|serialises|rotates|searches|validates|
  partitions|flattens|counts the paths in|finds the cycle in|keeps the top k of|samples from|
  diffs two versions of
limit: in linear time|with constant memory|without recursion|using two pointers|in at most O(n log n)|
  for concurrent writers|with lazy evaluation|without external libraries|
  for inputs that do not fit in memory|with full type hints|and survive malformed input|
  and return stable results
shape: a cone|a sphere|a right triangle|a regular hexagon|an ellipse|a torus|a trapezium|a cylinder|
  a parabola|a tetrahedron|a circular sector|a square pyramid
quantity: the area|the volume|the longest diagonal|the centre of mass|the perimeter|the angle at the apex|
  the surface|the moment of inertia|the radius of the incircle|the shortest path across
chance: two dice show the same|at least one card is an ace|three birthdays fall together|
  the longest run is even|no letter is in its place|the walk returns home|the second ball is red|
  the first success comes late|every box is filled|the sum is prime
thing: a train|a ferry|a parcel|a satellite|a cyclist|a pump|a pendulum|a conveyor belt|a lift|a rocket|
  a skater|a drone|a fountain|a bucket chain
process: leaves at noon|slows down evenly|loses a tenth of its speed each hour|
  doubles its load every stop|meets another one halfway|is filled from two taps|swings with friction|
  turns at constant speed|carries half its weight|starts from rest
agenttool: a web search|a calendar|a file browser|a weather service|a SQL console|a calculator|
  a mail client|a map service|a ticket system|a code runner|a stock feed|a translation service
errand: book a meeting for five people|find the cheapest route|reconcile two ledgers|
  answer the oldest ticket|plan a three-day trip|find out why a job failed|order spare parts|
  prepare a weekly report|clean up old branches|compare three offers|migrate a table|
  schedule a maintenance window
belief: all of the boxes are labelled wrongly|exactly one speaker lies|the youngest always answers last|
  nobody sits next to a rival|two of the keys are copies|every second door is locked|
  the guard repeats the previous answer|each guest brought one gift too many
""")
