"""One root for every error a person can act on; the door (`__main__`) turns it into three lines and exit code 1."""


class BotError(Exception):
    """What was being done, what came back, and what to do now.

    `doing` is a clause that begins with a verb in -ing ("reading the Slack message"), so that errors chain into one sentence;
    `cause` is what came back; `remedy` is a command or an action. None of the three may hold a secret.
    """

    def __init__(self, doing: str, cause: str, remedy: str) -> None:
        super().__init__(f"{doing}: {cause}")
        self.doing = doing
        self.cause = cause
        self.remedy = remedy


class BadLink(BotError):
    """A link that is not a Slack permalink."""


class BadCommand(BotError):
    """A command line that cannot be carried out."""


class BadConfiguration(BotError):
    """`.github/knowledge-bot.yml` or an environment variable that cannot be used."""


class BadEntry(BotError):
    """A knowledge file that cannot be read as an entry."""


class BadProposal(BotError):
    """A proposal directory that is incomplete, altered or not ours."""


class ChatError(BotError):
    """The chat refused, or the message is not there."""


class MessageRefused(ChatError):
    """The chat refused this one message for a reason of its own: with the others of its channel it may go on."""


class ForgeError(BotError):
    """The forge (GitHub, a git repository) refused."""


class StaleBranch(ForgeError):
    """Somebody moved the branch since it was read: read it again, compose again, try again."""


class ForeignRequest(ForgeError):
    """A pull request that is not the bot's: nothing is said there."""


class TrackerError(BotError):
    """The issue tracker refused."""


class SourceError(BotError):
    """A source of evidence could not answer; becomes a Gap, never the end of a diagnosis."""


class RefusedQuery(BotError):
    """A database query that the guard does not let pass."""


class BadCase(BotError):
    """A case that cannot be read: a folder of the replay evaluation, or a closed case that is to be diagnosed once more."""
