"""Where a generated page is the bot's, and where it is people's: what stands outside the markers stays."""

BEGIN, END = "<!-- errata:index:begin -->", "<!-- errata:index:end -->"


def within(page: str, words: str, introduction: str) -> str:
    """The page with these words between its markers; without markers they come at its end, and a page that is not there yet begins with `introduction`."""
    marked = f"{BEGIN}\n{words}\n{END}"
    start = page.find(BEGIN)
    end = page.find(END, start) if start >= 0 else -1
    if end >= 0:
        newline = "\r\n" if "\r\n" in page else "\n"
        return page[:start] + marked.replace("\n", newline) + page[end + len(END) :]
    before = page.rstrip("\n") + "\n" if page.strip() else introduction
    return f"{before}\n{marked}\n"


def marked(page: str) -> bool:
    """Whether a part of the page is the bot's."""
    return bool(lines_of(page))


def lines_of(page: str) -> range:
    """The numbers, from 1, of the lines that are the bot's, its markers among them."""
    start = page.find(BEGIN)
    end = page.find(END, start) if start >= 0 else -1
    return range(page.count("\n", 0, start) + 1, page.count("\n", 0, end) + 2) if end >= 0 else range(0)
