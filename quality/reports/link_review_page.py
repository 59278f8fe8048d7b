"""The list of uncertain pairs as one static page: no script, nothing fetched, fit for printing.

Belongs here: writing the page. Does not belong here: what is shown (`link_review`).
"""

from pathlib import Path

import jinja2

from quality.reports.link_review import FIELDS, ReviewList
from quality.reports.link_review_words import CAREFUL, HIDDEN, NO_PAIRS, PURPOSE, READER, SIDE_A, SIDE_B, TITLE
from registry.schema.codes import IDENTITY_VERDICTS
from registry.schema.text import Text


def render(review: ReviewList, path: Path) -> Path:
    """Write the page; the bytes depend on the list only."""
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def say(text: Text) -> str:
        return text.show(review.lang)

    texts = {"title": TITLE, "purpose": PURPOSE, "careful": CAREFUL, "hidden": HIDDEN, "none": NO_PAIRS, "reader": READER}
    texts |= {"left": SIDE_A, "right": SIDE_B}
    page = environment.get_template("link_review.html.j2").render(
        review=review,
        language="en" if review.lang == "en" else "zh",
        district=say(review.district_title),
        t={name: say(text) for name, text in texts.items()},
        fields={name: say(text) for name, text in FIELDS.items()},
        verdicts=[say(text) for text in IDENTITY_VERDICTS.values()],
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path
