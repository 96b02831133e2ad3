"""The guides' example, played over HTTP alone: browsers and phones of a mobility provider and of its new partner.

Nothing here touches the database: all that the story uses was read from pages, mails and the API.
"""
