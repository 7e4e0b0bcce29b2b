"""A diagnosis for the one who ran the command: the preview beside the case, the job's summary, the closing lines."""

from bot.core.plain_text.plain_text import cut
from bot.model import Case, Diagnosis
from bot.texts import pull_request
from bot.texts.markdown import inline

# GitHub takes 1 MiB of summary a step, and cuts none of it: one byte more and all is lost.
MAX_SUMMARY = 900_000


def preview(case: Case, diagnosis: Diagnosis) -> str:
    """The report as the pull request will show it, before anything is proposed. A title there is no Markdown; here it is."""
    return f"# {inline(pull_request.title(case, diagnosis))}\n\n{pull_request.report(case, diagnosis)}\n"


def step_summary(previews: tuple[str, ...]) -> str:
    """What the workflow run shows on its page."""
    return cut("\n\n---\n\n".join(previews), MAX_SUMMARY // 4) + "\n"


def written(directory: str, count: int, thread: str = "") -> str:
    """Where the proposal is, and what to do with it; `thread` is the alert that a reviewed entry can answer at once."""
    answer = f"bot answer {directory} --thread {thread}, then " if thread else ""
    cases = f"{count} {'case' if count == 1 else 'cases'}"
    return f"{cases} in {directory}/ (preview.md to read, case.json and diagnosis.json to replay); next: {answer}bot propose {directory}"
