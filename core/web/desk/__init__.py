"""The operators' admin site as a desk: what needs care, what happened today, what belongs to whom, one search.

The ground knows only how; each room registers its own in its `admin/desk.py`.

- `numbers`: the numbers of the start page. Each leads to the list of the rows that it counts.
- `belongings`: what belongs to a row, counted on its page.
- `processes`: which workers, relays and sweeps are silent.
- `search`: one search over all pages.
- `site`: the site itself.
"""
