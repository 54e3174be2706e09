"""Words and patterns of everyday requests, of tickets to a firm's application, and of harvested tasks.

A pattern is a sentence with slots in braces; a slot is one of the lists of `words.py`.
All text was written for this project.
"""

EVERYDAY: dict[str, tuple[str, ...]] = {
    "cooking": (
        "how do i make {dish} for {number} people",
        "my {dish} {trouble}, what am i doing wrong?",
        "Can I replace {ingredient} with {ingredient} in {dish}?",
        "what can i cook with {ingredient}, {ingredient} and {ingredient} by {day}",
        "shopping list for {dish} and {dish}, {number} portions, no {ingredient}",
    ),
    "software": (
        "How do I {action} in {tool}?",
        "{tool}: i try to {action} but {mishap}",
        "is there a way to {action} in {tool} and then {action} without leaving it",
        "in {tool}, {mishap} when I {action}. Any idea?",
        "what is the difference between {tool} and {tool} if I only want to {action}",
    ),
    "mail": (
        "Write a {tone} e-mail to {person} about {affair}. Mention {detail}.",
        "help me answer {person}, it is about {affair} and {detail}",
        "draft a {tone} note for {name}: {affair}, {detail}, sign it {name}",
        "how do i tell {person} about {affair} in a {tone} way",
    ),
    "explaining": (
        "Explain {subject} to {audience}.",
        "what has {subject} to do with {subject}?",
        "give me {number} facts about {subject} that {audience} would like",
        "why does {subject} matter, in {number} words",
        "Make a quiz of {number} questions on {subject} and {subject}",
    ),
    "training": (
        "I want to {goal} by {day}, I have {number} minutes a day",
        "make a plan to {goal} without equipment, {number} weeks",
        "is it a bad idea to {goal} and {goal} at the same time?",
        "{name} is {number} and wants to {goal}. where to begin",
    ),
    "garden": (
        "my {plant} has {symptom}",
        "when should i plant {plant} near {city}",
        "{symptom} on {plant} after {number} days of rain, what now?",
        "can {plant} grow next to {plant} on a balcony in {city}",
    ),
    "translation": (
        'how do you say "{phrase}" in {language}',
        "Translate into {language}: {phrase}, {name}.",
        "is '{phrase}' polite in {language}? my teacher {name} said no",
        "teach me {number} words of {language} for a trip to {city}",
    ),
    "reading": (
        "recommend a {mood} {genre}, not longer than {number} minutes",
        "Write a {mood} {genre} about {name} in {city}",
        "a {genre} like the one with {name} and the {pet}, but {mood}?",
        "name for a {mood} {genre} set in {city}, {number} ideas",
    ),
    "repair": (
        "my {gadget} {fault} since {day}",
        "{gadget} {fault}. I already restarted it {number} times",
        "is it worth repairing a {gadget} that {fault}, it is {number} months old",
        "the {gadget} of {name} {fault} and also {fault}",
    ),
    "travel": (
        "{number} days in {city} with {name} and {budget}, what to do",
        "train or bus from {city} to {city} on {day}?",
        "what is {city} like around {day}, we have a {pet} with us",
        "packing list for {city}, {number} days, mostly {sport}",
    ),
    "work": (
        "interview questions for a {job}, {number} of them",
        "I am a {job} and want to become a {job}. Is {number} too old?",
        "job ad for a {job} in {city}, {tone}, starts {day}",
        "what does a {job} earn in {city} after {number} years",
    ),
    "money": (
        "should i use my {asset} to pay off the {asset}",
        "how does a {asset} work if I move to {city}",
        "{number} a month into a {asset} for {number} years, how much is that",
        "Explain the small print of a {asset} to {audience}",
    ),
    "pets": (
        "our {pet} {habit} since {day}",
        "why does my {pet} do this: {habit}, then {habit}?",
        "name for a {mood} {pet}, {number} suggestions",
        "{pet} and {pet} in one flat in {city}, will it work",
    ),
    "party": (
        "ideas for a {event} for {number} guests with {budget}",
        "write a {tone} invitation to the {event} of {name} on {day}",
        "a {mood} speech for a {event}, mention {city} and {name}",
        "games for a {event}, {number} people, nobody likes {sport}",
    ),
    "study": (
        "outline for an essay in {field} on {subject}",
        "I study {field} and have an exam on {day}: how do I learn {subject} in {number} hours",
        "three arguments about {subject} from the view of {field}",
        "good sources on {subject} for {field}, not older than {number} years",
    ),
    "editing": (
        "here is {text}, please {wish} and {wish}",
        "{wish}: {text}, it goes to {person}",
        "Can you look at {text}? {name} says I should {wish}.",
    ),
    "coding": (
        "write {code} to {action}, input has {number} columns",
        "how would you build {feature} in {code}",
        "my {code} script should {action} but {mishap}, see: for i in range({number}): run(i)",
        "review this {code} idea: {feature} that can {action}, about {number} users",
    ),
    "product": (
        "what should {feature} look like for {audience}",
        "user story for {feature} and {feature}, release on {day}",
        "how long does {feature} take to build for a team of {number}",
    ),
    "sport": (
        "rules of {sport} for {audience}",
        "who plays {sport} in {city}? looking for a club on {day}",
        "how to get better at {sport} when you also want to {goal}",
    ),
    "small talk": (
        "hi, i am {name} from {city}",
        "tell me something {mood} about {city}",
        "what should I do on {day}? it is {mood} here",
        "i had {dish} and now i feel {mood}",
        "guess my job, i work with {ingredient} and {gadget}",
    ),
}
"""What people ask by themselves: intent to patterns."""

TICKETS = (
    "The {item} {opinion}. {name} from {city} {demand}, order {number}{number}.",
    "{name}, {city}: bought a {item} and a {item} on {day}, the {item} {opinion}. {demand}.",
    "{party} {duty} {number} days unless {party} {duty} {number} weeks.",
    "Applicant {name}, {job} in {city} for {number} years, knows {tool} and {tool}, can start {day}.",
    "{item}, weight {number} g, guarantee {number} months, colour options {number}, made in {city}.",
    "Caller {name} says the {gadget} {fault} and {fault}. {demand} by {day}.",
    "Meeting with {name} and {name} in {city}: {affair}, {affair}; {name} will see to {feature} by {day}.",
)
"""What a firm's own application puts in the slot of its template."""

TASKS = (
    "Implement a {code} function that {operation} {structure} {limit}.",
    "Compute {quantity} of {shape} whose side lengths are {number} and {number}, then scale by {number}.",
    "What is the probability that {chance}, given {number} trials and {number} kinds?",
    "{thing} {process}. After {number} minutes it has covered {number} metres. When does it reach {number}?",
    "With {agenttool} and {agenttool} available, {errand} and afterwards {errand}. At most {number} calls.",
    "In a room of {number} people {belief} and {belief}. Who can be trusted?",
    "Here is {code} code that {operation} {structure}, but {mishap}. Find the reason and repair it {limit}.",
    "Prove that {quantity} of {shape} cannot exceed {number} times that of {shape}.",
    "Extend a {code} service with {feature} so that it {operation} {structure}; write {number} tests.",
    "Teach {subject} to {audience} through {number} questions that build up to {subject}.",
)
"""What an operator harvests: reasoning, agentic work, software engineering, tool use."""

GREETINGS = (
    "",
    "",
    "",
    "",
    "",
    "hi, ",
    "hello! ",
    "please help: ",
    "quick question: ",
    "Hey, ",
    "ok so ",
    "sorry to bother, ",
    "um ",
    "question - ",
)
CLOSINGS = (
    "",
    "",
    "",
    "",
    "",
    "",
    " thanks",
    " thank you!",
    " please",
    " (short answer)",
    " asap",
    " any tips?",
    " cheers",
    " thx",
)
ASIDES = (
    " it is for {name} in {city}",
    " by {day}",
    " {name} asked me",
    " we are {number} people",
    " i live in {city}",
    " need it on {day}",
    " last time was {number} days ago",
    " not for {name}",
)
"""A clause of one's own, added to half of the questions taken from a prompt file: see `prompts.py`."""

FILLER = (
    "It is {day} here and the weather in {city} is {mood}",
    "By the way, {name} sends regards from {city}",
    "I have about {number} minutes for this",
    "Somebody once told me this is like {subject}, which I doubt",
    "My {gadget} is a little slow today",
    "We talked about {subject} over {dish} yesterday",
    "Take as much time as {name} would need",
    "I came across this while reading about {subject}",
    "There is no hurry before {day}",
    "Think of a {mood} morning in {city}",
    "This has nothing to do with {sport}, of course",
    "The last answer was fine for {audience}",
    "Feel free to picture {audience} as the reader",
    "I am writing from {city}, so forgive a typo",
    "It reminds me of a {mood} {genre}",
    "The {pet} is asleep, so all is calm",
    "I hope {day} suits you",
    "Coffee first, then work, as {name} says",
    "This came up at the {event} of {name}",
    "Nobody in {field} could tell me",
)
"""Sentences that say nothing, with which an adversary pads what he repeats."""
