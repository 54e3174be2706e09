"""From rows to facts about accounts: bursts, hours of the day, regular gaps, themes, conversations."""

from linkage.settings.section import Section, setting


class Bursts(Section):
    """When something happens so often in a window that the days around it do not explain it."""

    p_value: float = setting(
        0.01,
        "chance that a scan finds any burst where moments come at the local rate, over all its windows",
        source="customary level, Bonferroni-corrected as in Naus's scan statistic",
        changes="observations of registration_burst, issuing_burst, model_move",
        gt=0,
        lt=1,
    )
    min_events: int = setting(
        5,
        "events in a window from which it can be a burst",
        source="with fewer, a rate estimated from nothing else makes almost any window a burst; "
        "chosen on simulated populations",
        changes="observations of registration_burst, issuing_burst, model_move",
        ge=2,
    )
    registration_hours: int = setting(
        1,
        "width in hours of the short window in which accounts are opened",
        source="for scripts that open accounts within minutes; chosen on simulated populations",
        changes="observations of registration_burst",
        gt=0,
    )
    registration_hours_around_days: int = setting(
        7,
        "days on either side of the short registration window that give its local rate",
        source="a launch is as busy an hour before and after, not a week; chosen on simulated populations",
        changes="observations of registration_burst",
        gt=0,
    )
    registration_days: int = setting(
        3,
        "width in days of the long window in which accounts are opened",
        source="for accounts that are opened by hand over a few days; chosen on simulated populations",
        changes="observations of registration_burst",
        gt=0,
    )
    registration_days_around_days: int = setting(
        21,
        "days on either side of the long registration window that give its local rate",
        source="a launch is as busy a day before and after, not three weeks; chosen on simulated populations",
        changes="observations of registration_burst",
        gt=0,
    )
    issuing_days: int = setting(
        3,
        "width in days of the window in which cards of one issuer number are first used",
        source="chosen on simulated populations",
        changes="observations of issuing_burst",
        gt=0,
    )
    issuing_around_days: int = setting(
        45,
        "days on either side of the card window that give its local rate",
        source="chosen on simulated populations",
        changes="observations of issuing_burst",
        gt=0,
    )
    model_move_hours: int = setting(
        6,
        "width in hours of the window in which accounts first use a new model",
        source="chosen on simulated populations",
        changes="observations of model_move and model_start",
        gt=0,
    )
    model_move_around_days: int = setting(
        7,
        "days on either side of the model window that give its local rate",
        source="as for the short registration window",
        changes="observations of model_move and model_start",
        gt=0,
    )
    new_model_after_days: int = setting(
        1,
        "days after the beginning of the log from which a model seen for the first time is new",
        source="a model of the first day may have been in use before it",
        changes="observations of model_move and model_start",
        ge=0,
    )


class Conversations(Section):
    """When an account carries on a conversation that it never had."""

    max_accounts: int = setting(
        50,
        "accounts that send on one answer, above which it is taken for a public example",
        source="a public example ties nothing together; chosen on simulated populations",
        changes="observations of context; evidence of continued conversation",
        ge=2,
    )
    agreement: float = setting(
        0.3,
        "m: chance that two accounts of one relay carry on the same conversation",
        source="chosen on simulated populations; see benchmarks",
        changes="bits of continued conversation",
        gt=0,
        le=1,
    )
    floor: float = setting(
        0.002,
        "least u: chance that two strangers carry on the same conversation, however rare it is here",
        source="a conversation may be passed round outside these logs too; chosen on simulated populations",
        changes="bits of continued conversation",
        gt=0,
        le=1,
    )
    min_shared: int = setting(
        3,
        "different conversations that two accounts must both carry on",
        source="one is what people do who share a link, two what readers of one author do",
        changes="evidence of continued conversation",
        ge=1,
    )
    min_unknown_turns: int = setting(
        2,
        "answers that nobody here was given, from which sending them on is carrying on a conversation",
        source="one such answer may be an example that a tutorial prints",
        changes="observations of context",
        ge=1,
    )


class HourProfile(Section):
    """How alike the hours of the day are at which two accounts work."""

    min_events: int = setting(
        12,
        "events that an account needs on its even and on its odd days before its hours are compared",
        source="chosen on simulated populations",
        changes="observations of hours; evidence of day–night profile",
        ge=1,
    )
    max_bits: float = setting(
        3.0,
        "most bits that like hours give, and that unlike hours take away",
        source="half of the world sleeps at the same time",
        changes="evidence of day–night profile",
        gt=0,
    )
    classes: int = setting(
        8,
        "classes of likeness, equally full, each of which has its own bits",
        source="chosen on simulated populations",
        changes="evidence of day–night profile",
        ge=2,
    )
    min_accounts: int = setting(
        50,
        "accounts with enough events, from which the population shows what a likeness is worth",
        source="chosen on simulated populations",
        changes="evidence of day–night profile",
        ge=2,
    )


class Regularity(Section):
    """When the gaps between an account's requests are more equal than people's."""

    min_gaps: int = setting(
        8,
        "gaps of one scale that an account needs to be compared there",
        source="of fewer, half would agree by chance too often",
        changes="observations of regularity and rhythm",
        ge=2,
    )
    band_ratio: float = setting(
        1.1,
        "upper end of a band of gaps over its lower end",
        source="timers keep time to a few per cent",
        changes="observations of regularity and rhythm",
        gt=1,
    )
    min_share: float = setting(
        0.5,
        "share of the account's gaps of a scale that the band must hold",
        source="what is done less often than not is no habit",
        changes="observations of regularity and rhythm",
        gt=0,
        le=1,
    )
    p_value: float = setting(
        0.01,
        "chance that any account looks regular in a population that draws its gaps from one law",
        source="customary level, Bonferroni-corrected over bands and accounts",
        changes="observations of regularity and rhythm",
        gt=0,
        lt=1,
    )
    longest_gap_days: int = setting(
        30,
        "days from which a gap is an absence and not compared",
        source="a month ends the scale of days",
        changes="observations of regularity and rhythm",
        gt=1,
    )
    steps_per_octave: int = setting(
        4,
        "steps of the grid on which a regular gap is named, for each doubling of it",
        source="a quarter octave (19 %), so that two machines with one timer fall together",
        changes="values of regularity",
        ge=1,
    )


class Themes(Section):
    """What two accounts come back to day after day, among what is too common to weigh alone."""

    themes: int = setting(
        128,
        "sentences and templates that are compared, the most widely held",
        source="what fewer accounts hold is weighed by its rarity",
        changes="observations of themes; evidence of common themes",
        ge=1,
    )
    min_events: int = setting(
        6,
        "times that an account must have used a theme on its even and on its odd days",
        source="chosen on simulated populations",
        changes="observations of themes; evidence of common themes",
        ge=1,
    )
    min_accounts: int = setting(
        50,
        "accounts with enough uses, from which the population shows what a likeness is worth",
        source="chosen on simulated populations",
        changes="evidence of common themes",
        ge=2,
    )
    prior_events: float = setting(
        5.0,
        "weight of the population's habits in an account's own, in events",
        source="of few events little is known; chosen on simulated populations",
        changes="evidence of common themes",
        gt=0,
    )
    smoothing: float = setting(
        1e-6,
        "added to each theme's share in the population, so that a theme nobody used has a logarithm",
        source="small beside one use among all uses",
        changes="evidence of common themes",
        gt=0,
    )
    max_bits: float = setting(
        3.0,
        "most bits that like themes give",
        source="a popular subject makes strangers alike",
        changes="evidence of common themes",
        gt=0,
    )
    classes: int = setting(
        8,
        "classes of likeness, equally full, each of which has its own bits",
        source="chosen on simulated populations",
        changes="evidence of common themes",
        ge=2,
    )
    named: int = setting(
        3,
        "commonest themes of an account that its observation names",
        source="a short text for a person; nothing is computed from it",
        changes="observations of themes",
        ge=1,
    )


class Observations(Section):
    """From rows to facts about accounts."""

    undeclared_agreement: float = setting(
        0.5,
        "m of a trait that neither the contract nor [traits] knows: chance that one operator's accounts "
        "share it",
        source="the same as for a declared trait that states none",
        changes="evidence of traits that a source brings without declaring them",
        gt=0,
        le=1,
    )
    bursts: Bursts = Bursts()
    conversations: Conversations = Conversations()
    hour_profile: HourProfile = HourProfile()
    regularity: Regularity = Regularity()
    themes: Themes = Themes()
