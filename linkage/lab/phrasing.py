"""The bank from which templates are written: phrases with wordings that mean the same, and filler.

A firm's own application and an operator's harvesting job draw on the same bank, because a template as
such is no sign of anything. Each line is one phrase, its wordings parted by bars; the first wording has
no special place. All text was written for this project.
"""


def _bank(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split("|")) for line in text.strip().splitlines())


OPENING = _bank("""
you are|act as|take the part of|imagine yourself to be
your role is that of|work as|behave like|serve as
speak as|answer in the voice of|write in the manner of|respond as
""")

ROLE = _bank("""
a patient mathematics tutor|a calm teacher of mathematics|an unhurried maths instructor
a senior software engineer|an experienced programmer|a developer with long practice
a careful legal assistant|a meticulous paralegal|an attentive helper to lawyers
a support agent for an online shop|a helper at a web store's service desk|an e-commerce customer assistant
a medical scribe|a clerk who writes down doctors' notes|a note taker in a clinic
an editor of popular science|a reviser of science journalism|a sub-editor for a science magazine
a data analyst|a specialist in reading figures|a person who interprets numbers for a living
a strict examiner|a demanding marker of exams|a severe grader
a translator of technical manuals|a linguist who renders handbooks|a technical translation expert
a product copywriter|an author of sales texts|a writer of catalogue descriptions
a security reviewer|an auditor of program safety|a specialist who checks code for weaknesses
a planner of multi-step tasks|an organiser of long workflows|a coordinator who splits jobs into stages
a quality inspector|a controller of workmanship|an assessor of product condition
a travel consultant|an adviser on journeys|a trip planning expert
a physics olympiad coach|a trainer for physics contests|a mentor of young physicists
a database administrator|a keeper of relational systems|an operator of SQL servers
a claims handler at an insurer|an insurance case worker|an adjuster of policy claims
a language teacher|an instructor of foreign tongues|a coach for language learners
a logic puzzle author|an inventor of riddles|a composer of brain teasers
a recruiter reading applications|a hiring officer who screens candidates|a talent scout going through CVs
a shell and command line expert|a terminal power user|a master of console tools
a chemistry laboratory lead|a head of a chemical lab|a supervising chemist
a financial controller|a corporate accountant|a bookkeeping manager
a game designer|a creator of rule systems for play|an author of game mechanics
""")

REPUTE = _bank("""
who never skips a step|who leaves no stage out|who goes through everything in order
with twenty years behind you|with two decades of practice|who has done this for half a lifetime
known for plain words|famous for simple language|admired for being easy to follow
who doubts every first idea|who distrusts quick answers|who questions the obvious solution
writing for complete beginners|addressing people new to the field|explaining to absolute novices
whose work is checked by others|whose output gets reviewed|under constant inspection by colleagues
who likes short answers|fond of brevity|who prefers few words
trusted with difficult cases|handed the hardest problems|called in when things get complicated
who keeps opinions out|free of personal views|strictly neutral in judgement
working on a tight deadline|with very little time|who must deliver fast
who cites what is given|who points to the supplied material|grounded in the text at hand
trained to spot contradictions|good at finding inconsistencies|with an eye for what does not fit
""")

TASK = _bank("""
solve|work out|find the answer to|resolve
explain|lay out|make clear|describe
rewrite|reword|put differently|recast
classify|sort|assign a category to|label
check|verify|examine|go over
extract the facts from|pull the key data out of|collect the details in|gather what matters from
write working code for|implement|program|develop
plan the actions for|draw up the steps for|design a sequence of moves for|schedule the work on
grade|mark|rate|score
summarise|condense|shorten|boil down
compare the options in|weigh the alternatives within|set side by side the choices in
debug|find the fault in|trace the error inside|locate what is broken in
""")

MATTER = _bank("""
the problem given below|the exercise further down|the question that follows
the customer message underneath|the enquiry from a buyer below|what the client wrote beneath
the clause at the end|the contract passage that comes last|the closing paragraph of legal text
the snippet supplied|the fragment of source handed over|the piece of program provided
the review quoted here|the shopper's opinion cited|the feedback reproduced below
the article excerpt|the passage from a story|the newspaper fragment
the request of the user|what the person wants|the wish that is stated
the puzzle in the next lines|the riddle printed afterwards|the brain teaser that comes now
the tool description and goal|the listed functions with the aim|the instrument and its target
the record from the table|the row of data|the entry of the register
the student's answer|the pupil's attempt|what the learner handed in
the ticket from the queue|the open case in the list|the next issue in line
the statement to be proved|the claim that needs proof|the proposition in question
the log lines|the output of the server|the recorded messages of the system
the product sheet|the specification of the item|the list of features
the conversation so far|the exchange up to now|the dialogue until this point
the function signature|the header of the routine|the declared interface
the scenario under discussion|the situation in hand|the circumstances described
the experiment's readings|the measured values|the numbers from the trial
the job application|the candidate's letter|the CV attached
the recipe or procedure|the instructions to be followed|the set of directions
the sentence to translate|the phrase awaiting translation|the line in the other language
the meeting transcript|the minutes of the session|what was said in the call
the search result|the page that was found|the hit from the index
""")

SCOPE = _bank("""
from first principles|starting at the basics|beginning with the fundamentals
without outside knowledge|using nothing but what is given|relying on the material alone
for a reader in a hurry|for somebody with no time|aimed at busy people
in the style of a textbook|as a schoolbook would|the way course material does
with every intermediate result|showing each partial outcome|including all results on the way
as if for a public record|like an entry in an official file|fit for the archives
keeping the original meaning|without changing the sense|true to what was meant
at the level of a final exam|as hard as a graduation test|matching a university paper
for use in an automatic system|so a machine can take it over|ready for further processing
in at least two ways|by two different routes|with more than one method
from the customer's point of view|through the eyes of the buyer|as the client would see it
with attention to edge cases|minding the unusual inputs|taking rare situations into account
as one coherent argument|in a single line of thought|as a continuous chain of reasons
step by step|one stage after another|move by move
with the least possible effort|in the most economical way|taking the shortest path
to the standard of an expert report|as a professional opinion would|at the level of a consultant
""")

RULE = _bank("""
state|name|spell out|write down
never omit|always keep|do not leave out|make sure to include
list|enumerate|set out|itemise
avoid|stay away from|keep clear of|refrain from
mark|flag|point out|highlight
justify|give grounds for|argue for|back up
double check|test again|re-examine|review once more
ignore|pay no attention to|disregard|leave aside
quote|cite|repeat word for word|reproduce exactly
separate|keep apart|split off|divide
number|give a number to|count through|index
invent nothing about|make up nothing on|add no fiction about|do not guess at
prefer|favour|give priority to|put first
reveal|disclose|show openly|bring to light
""")

RULED = _bank("""
every assumption|each premise|all that is taken for granted
the units of measurement|all physical units|which unit applies
rejected ideas|the attempts that failed|discarded approaches
names of private persons|personal names|who the people are
any missing information|gaps in the data|what is not known
the order of the steps|the sequence of operations|which stage follows which
technical jargon|expert vocabulary|specialist terms
the confidence in each claim|how sure you are of every point|the certainty behind statements
exact figures|precise numbers|all quantities
side effects|unintended consequences|what else might happen
the choice of method|why this approach was taken|the selected procedure
quoted passages|literal citations|words taken from the source
dates and deadlines|points in time|calendar details
marketing language|advertising talk|promotional wording
the simplest solution|the least complicated way|the most elementary approach
contradictory statements|claims that clash|points in conflict
the chain of reasoning|the train of thought|how each conclusion arises
tool calls and their results|functions used with what they return|every invocation and its outcome
the polite form of address|courteous wording|respectful speech
hidden conditions|constraints between the lines|requirements that are only implied
references to the law|legal citations|articles of the statute
alternatives that were considered|other options you looked at|competing possibilities
the tests for each function|checks that cover every routine|unit tests per procedure
the final result|the closing answer|the outcome at the end
""")

CONDITION = _bank("""
before giving the answer|ahead of the solution|prior to the reply
in every paragraph|throughout the whole text|in all sections
whenever there is doubt|if anything is uncertain|in case of ambiguity
once at the beginning|right at the start|in the opening line
at the very end|after everything else|as the last thing
even if nobody asked|also without a request|whether or not it was wanted
for each part separately|for all pieces one by one|per component
only where it changes the outcome|solely if the result depends on it|just when it matters
when the text is long|for lengthy inputs|if there is much material
unless told otherwise|except on request|save where the user objects
between the single steps|from one step to the next|amid the stages
as soon as a number appears|with the first figure|the moment quantities come up
if two readings are possible|where the wording is ambiguous|should there be two interpretations
in a line of its own|on a separate line|as its own row
while staying friendly|without losing a kind tone|and remain polite
as far as the source allows|within the limits of the material|to the extent it is given
no matter how short the input|however brief the question|even for one-liners
after comparing both sides|having weighed both views|once the two sides were considered
""")

PURPOSE = _bank("""
so that a checker can follow|to let a reviewer retrace it|making verification possible
because the reader is not an expert|since the audience is untrained|as laypeople will read this
so that nothing has to be guessed|to rule out guesswork|leaving nothing open
because the text will be stored|since the output goes to a database|as it will be archived
to keep the cost down|so that it stays cheap|for reasons of economy
because earlier versions failed here|since this went wrong in the past|as prior attempts stumbled over it
so that different cases stay comparable|to make items comparable|allowing comparison among entries
because complaints are expensive|since errors cost money|as mistakes lead to claims
to help a beginner learn|so that students profit|for the benefit of learners
because the rules demand it|since policy says so|as regulations require
""")

OUTPUT = _bank("""
return|hand back|give back|deliver
format the reply as|shape your answer into|present everything as|structure the output as
finish with|close with|end on|conclude with
begin with|open with|start from|lead with
limit yourself to|stay within|use no more than|restrict the text to
produce|generate|create|compose
""")

FORM = _bank("""
a JSON object|a single object in JSON|valid JSON
a numbered list|a list with numbers|numbered points
a markdown table|a table in markdown|rows and columns in markdown
three short paragraphs|three brief sections|a trio of short passages
one sentence|a single sentence|just one line of prose
the answer in angle brackets|the result between angle brackets|the solution inside angle brackets
a heading and bullet points|bullets under a title|a title followed by dashes
plain text|unformatted text|text without markup
a code block|fenced code|a block of source
the reasoning followed by the verdict|first the thoughts and then the judgement|deliberation plus decision
a score from one to ten|a mark between one and ten|a rating on a ten-point scale
XML tags called thought and result|two tags, thought and result|thought and result elements
a question for the user|a query back to the person|one thing to ask the user
a yes or no|either yes or no|a clear yes or a clear no
a summary of two hundred words|about two hundred words|an abstract near two hundred words
a checklist|boxes to tick|a list to work through
key and value pairs|pairs of field and content|fields with their values
a diff|a patch|the changed lines
""")

MANNER = _bank("""
and nothing else|without any addition|with no further remark
in British spelling|using UK orthography|spelled the British way
in the language of the input|in whatever language was used|matching the user's language
for every item|per item|for all entries
with the reasoning first|after the reasons|once the grounds are given
as short as possible|in the fewest words|at minimal length
without greetings|leaving out salutations|and skip the hello
sorted by importance|the weightiest first|in order of relevance
with no apology|and do not say sorry|free of excuses
in lower case|using small letters|without capitals
ready to paste|so it can be copied|fit for copying
including an example|together with a sample|plus one illustration
and a short title|with a brief heading|under a compact title
as agreed with the team|the way the team settled it|following the team's convention
""")

SHAPES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("opening", "role", "repute"),),
    (("task", "matter", "scope"),),
    (("rule", "ruled", "condition"), ("rule", "ruled", "condition", "purpose")),
    (("output", "form", "manner"),),
)
"""Sentence shapes by kind: who speaks, what to do, rules, form of the answer."""

BANK: dict[str, tuple[tuple[str, ...], ...]] = {
    "opening": OPENING,
    "role": ROLE,
    "repute": REPUTE,
    "task": TASK,
    "matter": MATTER,
    "scope": SCOPE,
    "rule": RULE,
    "ruled": RULED,
    "condition": CONDITION,
    "purpose": PURPOSE,
    "output": OUTPUT,
    "form": FORM,
    "manner": MANNER,
}

LABELS = ("Input", "Task", "Question", "Text", "Item", "Here it is", "Material", "Content", "Case", "Problem")
