"""Texts that many unrelated people send word for word: frameworks, wrappers, tutorials, popular tools.

They are what a tool must not mistake for coordination. All were written for this project.
"""

FRAMEWORKS = (
    "You are an agent that completes a goal by calling tools. Think about the goal, choose one tool, "
    "wait for its result, then think again.\nTools:\n- search(query): looks something up\n- read(url): "
    "opens a page\n- write(path, text): stores a file\nReply with one call per turn. When the goal is "
    "reached, reply DONE and a summary. Never call a tool that is not listed.",
    "This assistant runs inside a workflow graph. Each node receives a state and returns a state. Keep "
    "keys that you do not understand. Use the tools lookup, compute and notify only as described in "
    "their schema. Errors are returned under the key error, never as prose.",
    "Crew role: {job}. Work with the other roles of the crew and hand over when your part is done. Your "
    "final message must start with the words Final result. Ask for help at most once. Do not repeat a "
    "tool call with the same arguments.",
    "You are the coding assistant of an editor. You see the open file, the cursor and the last error. "
    "Propose the smallest edit that makes the tests pass. Show edits as search and replace blocks. Do "
    "not touch files that were not opened.",
)
"""System prompts of agent frameworks, with their tool lists."""

WRAPPERS = (
    "Use the passages below to answer the question. If the passages do not hold the answer, say that "
    "you do not know.\n\nPassages:\n{body}\n\nQuestion: {slot}\nAnswer:",
    "Given a conversation and a follow-up, rewrite the follow-up as a question that stands "
    "alone.\n\nConversation: {body}\nFollow-up: {slot}\nStandalone question:",
    "Context information is between the lines.\n-----\n{body}\n-----\nWithout prior knowledge, answer "
    "the query. Query: {slot}",
    "Write a concise summary of the following in at most five sentences.\n\n{body}\n\nFocus on this: {slot}",
)
"""Prompts that retrieval libraries wrap around what their user asks."""

TUTORIALS = (
    "Pretend that you are the captain of a small sailing ship. Explain to your crew, in rhyme, why the "
    "sum of two odd numbers is even.",
    "Here is my first request to the API! Tell me three surprising things about the moon and end with a "
    "question.",
    "Classify the sentiment of this sentence as positive, negative or mixed: The hotel was lovely but "
    "the lift was broken the whole week.",
    "Translate to French, keep the placeholder as it is: Welcome back, NAME! You have 3 unread messages.",
    "Extract name, date and amount as JSON from: On 4 May, Karin Holm paid 89.50 for two concert tickets.",
    "You are a chatbot for the bakery Golden Crumb. Customers may order bread, cakes or pies. A "
    "customer says: do you have anything without gluten for tomorrow morning?",
    "Think step by step. A farmer has 17 sheep, sells 9 and is given 4 lambs by her brother. How many "
    "animals graze on the meadow now, and which sentence could mislead a careless reader?",
    "Write a Python function that returns the n-th Fibonacci number with memoisation, then a version "
    "without recursion, and compare both for n equal to 35.",
    "Act as a text adventure. I wake up in a lighthouse and the lamp is out. Describe the room in four "
    "sentences and wait for my command.",
    "Summarise the chapter I paste after this line in the voice of a weary detective, then list the "
    "five clues a reader may have missed.",
    "Compare two phone plans, A at 12 a month with 5 GB and B at 19 a month with 20 GB, in a table, and "
    "recommend one for a student who watches films on the train.",
    "Generate ten test records with the columns id, city, signup_date and score as CSV. Use realistic "
    "values and make one of them slightly wrong.",
)
"""Prompts that tutorials tell their readers to copy."""

TOOLS = (
    (
        "PocketWriter/3.1 (bring-your-own-key)",
        "Improve the text between the marks. Keep its language, keep its length, return only the "
        "improved text.\n<<<\n{slot}\n>>>",
    ),
    (
        "TabPilot/0.9 extension",
        "You help inside a browser tab. The user selected a passage and typed a wish. Fulfil the wish "
        "with regard to the passage, in at most 120 words.\nPassage: {body}\nWish: {slot}",
    ),
    (
        "NoteFern-desktop/2024.11",
        "Turn the rough note into a tidy one: title in the first line, then short bullet points, open "
        "tasks marked with a box.\nNote: {slot}",
    ),
    (
        "sql-buddy/1.4.2",
        "Tables: orders(id, customer, total, placed_at), customers(id, city, since). Write one SQL "
        "query in the dialect of Postgres for the wish and explain it in one sentence.\nWish: {slot}",
    ),
    (
        "LinguaCard/5.0 android",
        "Make a flash card for a learner: the phrase, its pronunciation, a literal translation, two "
        "example sentences of everyday use.\nPhrase: {slot}",
    ),
)
"""User agent and template of tools to which unrelated people bring their own key."""
